"""What a framework means, in one record: its summaries, what they cannot say, and examples of both.

Each module of the package `frameworks` defines one ``FRAMEWORK``. Packages of third parties add theirs with an entry point of
the group ``decompose.frameworks``, which names such a record.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from importlib import metadata
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from decompose.errors import ConfigurationError

if TYPE_CHECKING:
    from decompose.linking.found import FoundEntry
    from decompose.linking.libraries.mounts import Made
    from decompose.linking.linked import Linked
    from decompose.linking.wiring import Given, Result, Wire

ENTRY_POINT_GROUP = "decompose.frameworks"


class Example(NamedTuple):
    """A small application, all entry points that it has, and all edges between its definitions.

    ``files``: path -> text, or just the text of the module ``m``. ``entries``: ``kind name -> handler``. ``calls``:
    ``caller -[kind]-> callee``.
    """

    files: Mapping[str, str] | str
    entries: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()


class Framework(NamedTuple):
    """One framework.

    ``summaries``: dotted module -> text of its stub (see `decompose.linking.libraries.summaries`). ``entry_points`` and
    ``wires`` are functions of the linked program, for what no summary can say; they are asked only where the application
    imports the package of a summary, or one of ``packages``. ``fixed_wires`` are told by classes and names, whatever flows,
    so they are asked once. ``requests_in_transactions`` says whether a transaction is opened around each request.
    ``mounted`` tells the paths below which things that hold routes are found, where no summary can (see `mounts`).
    ``on_in_tests``: the names of settings that are on in tests only. ``named_parameters``: the name of a parameter -> the class
    (``module:Class``) of what the framework gives under it, assumed of functions of which nothing else tells who calls them;
    ``name in module:Class`` says so of the methods of classes that inherit from that one alone.
    ``examples`` are what it recognises; ``look_alikes`` are something else in the same dress, of
    which nothing but ordinary calls may be found.
    """

    name: str
    summaries: Mapping[str, str]
    examples: tuple[Example, ...]
    look_alikes: tuple[Example, ...]
    entry_points: tuple[Callable[[Linked], Iterator[FoundEntry]], ...] = ()
    wires: tuple[Callable[[Linked], Iterator[Wire | Given | Result]], ...] = ()
    packages: tuple[str, ...] = ()
    fixed_wires: tuple[Callable[[Linked], Iterator[Wire | Given | Result]], ...] = ()
    requests_in_transactions: Callable[[Linked], bool] | None = None
    on_in_tests: tuple[str, ...] = ()
    mounted: tuple[Callable[[Linked], Iterator[tuple[Made, str]]], ...] = ()
    named_parameters: Mapping[str, str] = MappingProxyType({})

    def is_used_by(self, imported: frozenset[str]) -> bool:
        """Whether an application that imports these packages can use it."""
        return any(name.partition(".")[0] in imported for name in (*self.summaries, *self.packages))


def always(_: Linked) -> bool:
    """What a framework does in every application."""
    return True


@lru_cache(maxsize=1)
def known_frameworks() -> tuple[Framework, ...]:
    """Every framework that is known, ours first, by name."""
    package = importlib.import_module("decompose.linking.libraries.frameworks")
    modules = sorted(found.name for found in pkgutil.iter_modules(package.__path__))
    ours = [importlib.import_module(f"{package.__name__}.{name}").FRAMEWORK for name in modules]
    others = [_loaded(point) for point in sorted(metadata.entry_points(group=ENTRY_POINT_GROUP), key=lambda p: p.name)]
    return (*ours, *others)


def _loaded(point: metadata.EntryPoint) -> Framework:
    """A framework that another package brings. Raises `ConfigurationError`."""
    package = f" of {point.dist.name}" if point.dist is not None else ""
    what = f"the framework {point.name!r}{package} ({point.value})"
    try:
        found = point.load()
    except Exception as problem:
        raise ConfigurationError(
            f"{what} cannot be loaded: {type(problem).__name__}: {problem}. Repair or uninstall it."
        ) from problem
    if not isinstance(found, Framework):
        raise ConfigurationError(f"{what} is no `Framework` but a {type(found).__name__}. Repair or uninstall it.")
    return found
