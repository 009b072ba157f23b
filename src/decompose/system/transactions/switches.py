"""Lines of a function that run only for some values of an argument, and what its callers give for it.

``def save(self, commit=True): ...; if commit: session.commit()`` commits for those who say nothing, and not for who gives
``commit=False``. So who is given a constant for such an argument is told apart by it, where the lines touch a table, end a
transaction or lead to what does. A listener to rows is told whether the row is new by who writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from decompose.facts.switches import ALONE
from decompose.linking import Linked
from decompose.linking.libraries import NEW_ROWS
from decompose.linking.program import Scope
from decompose.system.calls.arguments import Given, parameter_of
from decompose.system.calls.given_constants import given_for, handed_on, leaves_out, otherwise, spelled
from decompose.system.model import Access, Dependency
from decompose.system.transactions.loaded import saves_loaded
from decompose.system.transactions.wrapped import yields_beside_blocks

Lines = tuple[tuple[int, int, str], ...]
"""First and last line, and the first letters of the constants for which they do not run, see `facts.switches`."""

_MARK = "?"


def key_of(name: str) -> str:
    """Under which an argument stands in what is given: its tables stand under its name."""
    return name + _MARK


def is_key(name: str) -> bool:
    """Whether something that is given is the constant of an argument."""
    return name.endswith(_MARK)


class _Source(NamedTuple):
    """The constant that a call gives, or the argument of the caller that it hands on; both empty where nothing is known."""

    constant: str = ""
    handed_on: str = ""

    def told(self, before: Mapping[str, frozenset[str]]) -> str:
        """The constant, by what the caller was given ``before``; empty where that is not known."""
        return _one(before.get(key_of(self.handed_on))) if self.handed_on else self.constant


_NOTHING = _Source()


class Switches:
    """Answers for one linked program. ``ending``: the definitions that open or end transactions, with the lines."""

    def __init__(
        self,
        linked: Linked,
        accesses: Iterable[Access],
        dependencies: Collection[Dependency],
        ending: Mapping[str, set[int]],
    ) -> None:
        self._written: dict[tuple[str, int], set[str]] = {}
        lines: dict[str, set[int]] = {definition: set(at) for definition, at in ending.items()}
        for access in accesses:
            lines.setdefault(access.definition, set()).add(access.line)
            if access.resolution != "guessed":
                self._written.setdefault((access.definition, access.line), set()).add(access.operation)
        leading = _leading(lines, dependencies)
        for d in dependencies:
            if d.runs and d.target in leading:
                lines.setdefault(d.source, set()).add(d.line)
        self.of: dict[str, dict[str, Lines]] = {}
        """Definition -> its arguments by whose constants lines are left out."""
        for scope in linked.program.scopes:
            if scope.facts.switches and not scope.library and scope.definition in leading:
                own = lines[scope.definition]
                self._add(scope, own.union(yields_beside_blocks(scope, own)))
        self._new_row = _told_if_new(dependencies, self.of)
        self.names = {definition: {key_of(name) for name in names} for definition, names in self.of.items()}
        self._existing: dict[str, set[str]] = {}
        """Definition that saves a row -> the arguments that say of it that it is there."""
        for (source, line, _), rows in self._new_row.items():
            if {"insert", "update"} <= self._written.get((source, line), set()):
                self._existing.setdefault(source, set()).update(key_of(name) for name in rows[1])
        for source, keys in self._existing.items():
            self.names.setdefault(source, set()).update(keys)
        self._loaded: dict[tuple[str, int], bool] = {}
        self._sources: dict[tuple[tuple[int, int, int], int, int, int, str], _Source] = {}
        self._functions: dict[str, list[Scope]] = {}
        for scope in linked.program.scopes if self._new_row else ():
            if scope.is_function and not scope.library:
                self._functions.setdefault(scope.definition, []).append(scope)

    def spread(self, calls: Callable[[str], Iterable[tuple[Given, Scope]]]) -> None:
        """Who only hands on what says which lines run, of which ``calls`` are known, is told apart by it as well."""
        waiting = sorted(self.names)
        while waiting:
            definition = waiting.pop()
            handed: dict[str, set[str]] = {}
            for given, function in calls(definition):
                for key in self.names[definition]:
                    name = handed_on(given, function, key.removesuffix(_MARK))
                    if name:
                        handed.setdefault(given.site.frame.scope.definition, set()).add(key_of(name))
            for caller, keys in sorted(handed.items()):
                if not keys <= self.names.get(caller, set()):
                    self.names.setdefault(caller, set()).update(keys)
                    waiting.append(caller)

    def _add(self, scope: Scope, lines: Collection[int]) -> None:
        for first, last, name, without in scope.facts.switches:
            if any(first <= line <= last for line in lines):
                found = self.of.setdefault(scope.definition, {})
                found[name] = (*found.get(name, ()), (first, last, without))

    def leaves_out(self, definition: str, line: int, given: Iterable[tuple[str, frozenset[str]]]) -> bool:
        """Whether a line does not run with what is given."""
        switches = self.of.get(definition)
        if not switches:
            return False
        return any(
            constant[0] in without and first <= line <= last
            for name, constants in given
            if is_key(name)
            for constant in constants
            for first, last, without in switches.get(name.removesuffix(_MARK), ())
        )

    def let_run(self, definition: str, given: Iterable[tuple[str, frozenset[str]]]) -> set[tuple[int, int]]:
        """The branches that do run with what is given, first and last line of each."""
        switches = self.of.get(definition, {})
        return {
            (first, last)
            for name, constants in given
            if is_key(name) and constants
            for first, last, without in switches.get(name.removesuffix(_MARK), ())
            if without.endswith(ALONE) and not any(constant[0] in without for constant in constants)
        }

    def given(
        self, caller: str, line: int, target: str, key: str,
        sites: Sequence[tuple[Given, Scope]], before: Mapping[str, frozenset[str]],
    ) -> str:  # fmt: skip
        """The constant that a call gives for an argument, if it is one and the same for all that the call may be; else empty."""
        rows = self._new_row.get((caller, line, target))
        if rows is not None:
            return self._is_new(caller, line, rows[1], before) if key == key_of(rows[0]) else ""
        name = key.removesuffix(_MARK)
        sources = {self._source(given, function, name) for given, function in sites}
        found = {source.told(before) for source in sources}
        constant = found.pop() if len(found) == 1 else ""
        if constant in ("", "None") and key in self._existing.get(target, ()) and self._saves_loaded(caller, line):
            return "True"
        return constant

    def _source(self, given: Given, function: Scope, name: str) -> _Source:
        # The frames of the function that calls have the arguments in common.
        site = given.site
        arguments = site.frame.scope.index, id(site.arguments), id(site.keywords)
        key = (arguments, function.index, given.shift, given.first, name)
        known = self._sources.get(key)
        if known is None:
            known = self._sources[key] = _source(given, function, name)
        return known

    def _is_new(self, caller: str, line: int, existing: Iterable[str], before: Mapping[str, frozenset[str]]) -> str:
        written = self._written.get((caller, line), set())
        if "insert" not in written:
            return "False" if "update" in written else ""
        if "update" not in written:
            return "True"
        is_there = any(before.get(key_of(name)) == frozenset({"True"}) for name in existing)
        return "False" if is_there or self._saves_loaded(caller, line) else ""

    def _saves_loaded(self, definition: str, line: int) -> bool:
        known = self._loaded.get((definition, line))
        if known is None:
            functions = self._functions.get(definition, ())
            known = self._loaded[definition, line] = bool(functions) and all(saves_loaded(f, line) for f in functions)
        return known


def _leading(lines: Iterable[str], dependencies: Iterable[Dependency]) -> set[str]:
    """The definitions that do something, and all that lead to them."""
    before: dict[str, set[str]] = {}
    for d in dependencies:
        if d.runs:
            before.setdefault(d.target, set()).add(d.source)
    found = set(lines)
    waiting = list(found)
    while waiting:
        further = before.get(waiting.pop(), set()) - found
        found |= further
        waiting += further
    return found


def _told_if_new(
    dependencies: Iterable[Dependency], switches: Mapping[str, Mapping[str, Lines]]
) -> dict[tuple[str, int, str], tuple[str, tuple[str, ...]]]:
    """Caller, line and listener -> the argument that tells whether the row is new, and what says to the caller that it is not."""
    return {
        (d.source, d.line, d.target): (rows.told, rows.existing)
        for d in dependencies
        for rows in NEW_ROWS
        if d.rule == rows.rule and rows.told in switches.get(d.target, {})
    }


def _source(given: Given, function: Scope, name: str) -> _Source:
    """What a call gives for an argument."""
    scope, ref = given.site.frame.scope, given_for(given, function, name)
    if ref != -1:
        constant = spelled(scope, ref)
        return _Source(constant, "" if constant else parameter_of(scope, ref))
    handed = handed_on(given, function, name)
    if handed:
        return _Source("", handed)
    return _Source(otherwise(function, name)) if leaves_out(given, function, name) else _NOTHING


def _one(constants: frozenset[str] | None) -> str:
    return next(iter(constants)) if constants is not None and len(constants) == 1 else ""
