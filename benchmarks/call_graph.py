"""Precision and recall of the call graph on snippets with known edges, as a markdown table.

    python benchmarks/call_graph.py                       # our own snippets, tests/linking/features
    python benchmarks/call_graph.py --published FOLDER    # the published layout, below FOLDER
    python benchmarks/call_graph.py --gaps                # also list what is missing and extra

The published layout (Salis et al., "PyCG: Practical Call Graph Generation in Python", ICSE 2021, and others after it) is a folder
for each snippet with `main.py` and `callgraph.json`, which maps each caller to its callees by dotted names; the folder above is
the category. It is given by path and is no part of this repository.

Edges count once for each pair, over all snippets (micro-averaged). As in that paper, a snippet is `complete` when no edge is extra,
`sound` when no edge is missing; `exact` is both. Guessed edges are left out.

The published names are translated. Theirs: a lambda is a definition of its own, `main.f.<lambda1>`; ours is part of the function
around it, so a lambda is taken for that function, and its own call of it is dropped. `<**PyStr**>.join` is `<builtin>.str.join`.
Ours: `m:A.f` is `m.A.f`, a module's code `m:` is `m`, `builtins:len` is `<builtin>.len`, `ext:Cls().fun` is `ext.Cls.fun`. An edge to
a class of the application that has no initialiser is dropped: theirs has none.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from decompose.sources import discover
from decompose.system import build_system
from decompose.system.model import CALL_KINDS, System
from tests.linking.features.snippets import Edge, Snippet, read_snippets

_LAMBDA = re.compile(r"\.<lambda\d+>.*")
_PYTHON_TYPE = re.compile(r"<\*\*Py(\w+)\*\*>")


class Result(NamedTuple):
    """What was expected of a snippet and what was found."""

    name: str
    expected: frozenset[Edge]
    found: frozenset[Edge]

    @property
    def category(self) -> str:
        """The first part of the name."""
        return self.name.partition("/")[0]


def analysed(folder: Path) -> System:
    """The model of one snippet, with ``folder`` as its only root."""
    return build_system(discover(folder, roots=(".",)), jobs=1)


def edges_of(system: System) -> frozenset[Edge]:
    """The call edges of a model, those that leave the application as well."""
    inside = {(d.source, d.target) for d in system.dependencies if d.kind in CALL_KINDS and d.resolution != "guessed"}
    return frozenset(inside | {(d.source, d.target) for d in system.external_calls})


def write_snippet(snippet: Snippet, folder: Path) -> None:
    """Write the files of a snippet."""
    for relative, text in snippet.files.items():
        path = folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def own_results() -> Iterator[Result]:
    """Our snippets, with our own ids."""
    for snippet in read_snippets():
        with tempfile.TemporaryDirectory() as folder:
            write_snippet(snippet, Path(folder))
            yield Result(snippet.name, snippet.edges, edges_of(analysed(Path(folder))))


def published_results(folder: Path) -> Iterator[Result]:
    """Snippets in the published layout, with dotted names."""
    for path in sorted(folder.rglob("callgraph.json")):
        system = analysed(path.parent)
        expected = published_edges(json.loads(path.read_text(encoding="utf-8")))
        found = dotted_edges(edges_of(system), {d.id for d in system.definitions if d.kind == "class"})
        yield Result("/".join(path.relative_to(folder).parts[:-1]), expected, found)


def published_edges(graph: dict[str, list[str]]) -> frozenset[Edge]:
    """The edges of a `callgraph.json`, with lambdas as part of what is around them."""
    return frozenset(
        (_published(caller), _published(callee))
        for caller, callees in graph.items()
        for callee in callees
        if not ("<lambda" in caller + callee and _published(caller) == _published(callee))
    )


def _published(name: str) -> str:
    return _PYTHON_TYPE.sub(lambda match: f"<builtin>.{match[1].lower()}", _LAMBDA.sub("", name))


def dotted_edges(edges: Iterable[Edge], classes: Iterable[str]) -> frozenset[Edge]:
    """Our edges by dotted names; those to ``classes`` are dropped."""
    dropped = set(classes)
    return frozenset((dotted(caller), dotted(callee)) for caller, callee in edges if callee not in dropped)


def dotted(definition: str) -> str:
    """``m:A.f`` as ``m.A.f``."""
    module, _, name = definition.replace("()", "").partition(":")
    return f"{'<builtin>' if module == 'builtins' else module}.{name}".rstrip(".")


def table(results: Iterable[Result]) -> Iterator[str]:
    """The rows of the table, one for each category and one for all."""
    by_category: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        by_category[result.category].append(result)
    yield "| category | snippets | complete | sound | exact | edges | missing | extra | precision | recall |"
    yield "|" + "---|" * 10
    for category, some in by_category.items():
        yield _row(category, some)
    yield _row("all", [result for some in by_category.values() for result in some])


def _row(category: str, results: list[Result]) -> str:
    right = sum(len(r.expected & r.found) for r in results)
    missing = sum(len(r.expected - r.found) for r in results)
    extra = sum(len(r.found - r.expected) for r in results)
    complete = sum(r.found <= r.expected for r in results)
    sound = sum(r.found >= r.expected for r in results)
    exact = sum(r.found == r.expected for r in results)
    counts = f"{len(results)} | {complete} | {sound} | {exact} | {right + missing} | {missing} | {extra}"
    return f"| {category} | {counts} | {_ratio(right, right + extra)} | {_ratio(right, right + missing)} |"


def _ratio(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def gaps(results: Iterable[Result]) -> Iterator[str]:
    """What is missing and extra, snippet by snippet."""
    for result in results:
        if result.found != result.expected:
            yield f"\n## {result.name}\n"
            yield from (f"missing: {caller} -> {callee}" for caller, callee in sorted(result.expected - result.found))
            yield from (f"extra:   {caller} -> {callee}" for caller, callee in sorted(result.found - result.expected))


def main() -> None:
    """Analyse the snippets and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--published", type=Path, metavar="FOLDER", help="snippets in the published layout")
    parser.add_argument("--gaps", action="store_true", help="also list what is missing and extra")
    options = parser.parse_args()
    results = list(published_results(options.published) if options.published else own_results())
    print("\n".join(table(results)))
    if options.gaps:
        print("\n".join(gaps(results)))


if __name__ == "__main__":
    main()
