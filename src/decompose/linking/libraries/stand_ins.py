"""Classes of packages that are not in view, by which a firm derives a library's: ``from ours.celery import OurCelery``.

Where the module is named like a library whose summary is known, and the class like one of that library's, it is taken for a subclass.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from decompose.facts import FileFacts, Op, ScopeKind
from decompose.linking.engine import Engine
from decompose.linking.libraries.summaries import facts_of_summary, summarised_modules
from decompose.linking.program import Program

_LAST_WORD = re.compile(r"(?:^|[._])([a-z0-9]+)$")


def stand_ins(files: Sequence[FileFacts], in_view: frozenset[str]) -> dict[str, str]:
    """Module -> the text of its summary, for those that are imported and whose package is not ``in_view``."""
    found: dict[str, dict[str, str]] = {}
    summarised = summarised_modules()
    for facts in files:
        for module, name in _imported(facts):
            last = _LAST_WORD.search(module)
            known = last is not None and last[1] in summarised and module not in summarised
            if last is not None and known and module.partition(".")[0] not in in_view:
                base = next((cls for cls in _classes(last[1]) if name != cls and name.endswith(cls)), "")
                if base:
                    line = f"from {last[1]} import {base}\nclass {name}({base}): ...\n"
                    found.setdefault(module, {})[name] = line
    return {module: "".join(classes[name] for name in sorted(classes)) for module, classes in sorted(found.items())}


def suppose_classes(program: Program, engine: Engine, modules: Iterable[str]) -> None:
    """What a class out of view is derived from is told by its name alone."""
    for name in modules:
        for cls in program.by_name[name].scopes:
            if cls.facts.kind == ScopeKind.CLASS:
                library = name.rpartition(".")[2].rpartition("_")[2]
                engine.supposed[cls.index] = f"taken for a class of {library} by the name of {name}.{cls.facts.name}"


def _imported(facts: FileFacts) -> Iterator[tuple[str, str]]:
    """The names that a file's top level imports from modules, absolutely."""
    for operation in facts.scopes[0].ops if facts.scopes else ():
        if operation[0] == Op.FROM and not operation[2]:
            yield operation[3], operation[4]


def _classes(library: str) -> list[str]:
    """The classes that a summary tells of for others to use, the longest names first."""
    names = (
        scope.name
        for scope in facts_of_summary(library).scopes
        if scope.kind == ScopeKind.CLASS and scope.parent == 0 and not scope.name.startswith("_")
    )
    return sorted(names, key=lambda name: (-len(name), name))
