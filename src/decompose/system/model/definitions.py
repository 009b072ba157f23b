"""The code: definitions, the units they move in, where the outside world enters, and what depends on what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from decompose.system.model.record import Record, Resolution
from decompose.system.model.rules import CALL_KINDS, THROUGH_DECORATOR, TIES_NOBODY

DefinitionKind = Literal["module", "class", "function"]
EntryPointKind = Literal["http", "command", "task", "schedule", "signal", "consumer", "admin"]


class Definition(Record, frozen=True):
    """A function, method or class of the application, or a module's top-level code."""

    id: str
    kind: DefinitionKind
    file: str
    line: int
    end_line: int
    unit: str

    def __str__(self) -> str:
        return f"{self.kind} {self.id} ({self.file}:{self.line})"


class Unit(Record, frozen=True):
    """What moves as a whole. ``lines`` counts its source lines; ``model_of`` is the table it maps, or empty.

    ``terms`` are words from its names and docstrings, for naming services and for semantic likeness.
    """

    id: str
    kind: DefinitionKind
    file: str
    line: int
    end_line: int
    lines: int
    model_of: str = ""
    terms: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        """The dotted module that the unit is in."""
        return self.id.partition(":")[0]


class Dependency(Record, frozen=True):
    """A directed edge between two definitions, with its evidence. ``rule`` names how it was resolved.

    ``source_unit`` and ``target_unit`` are the units that act: for an inherited method the concrete class on whose
    behalf it runs, else the unit of the definition.
    """

    source: str
    target: str
    kind: str
    resolution: Resolution
    rule: str
    file: str
    line: int
    source_unit: str = ""
    target_unit: str = ""

    @property
    def runs(self) -> bool:
        """Whether the source makes the target run in operation, so that the two are tied together."""
        return self.kind == THROUGH_DECORATOR or (self.kind in CALL_KINDS and self.rule not in TIES_NOBODY)

    def __str__(self) -> str:
        return f"{self.source} -[{self.kind}]-> {self.target} ({self.resolution}, {self.file}:{self.line})"


def acting(definition: str, unit: str) -> str:
    """The name of a definition under the class on whose behalf it runs: an inherited method is the subclass's."""
    module, _, name = definition.partition(":")
    if not unit or unit in (f"{module}:{name.partition('.')[0]}", f"{module}:"):
        return definition
    return f"{unit}.{name.partition('.')[2] or name}"


def answered(name: str, answering: Sequence[str]) -> str:
    """The name of a class of views with the inherited methods by which it answers, if only some are meant."""
    return f"{name}, answering by {', '.join(answering)}" if answering else name


class HandedOver(Record, frozen=True):
    """A call of what a function is given: it belongs to those who give it, for callers that give something else do not come to it.

    ``givers`` are definition, unit, file and line of the calls that give it; none where a decorator gives what it decorates, so
    that who calls that comes to it anyhow.
    """

    call: Dependency
    givers: tuple[tuple[str, str, str, int], ...]


class EntryPoint(Record, frozen=True):
    """Where the outside world enters; an HTTP name is ``METHOD /path``.

    ``method``: where a class handles it, the method that it inherits and answers with, if that is known; it may be a library's.
    """

    kind: EntryPointKind
    name: str
    handler: str
    file: str
    line: int
    method: str = ""
