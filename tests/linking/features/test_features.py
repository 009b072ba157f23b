"""The call graph of every snippet, exactly; and the snippets themselves, against what happens when they run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import write_files
from tests.linking.features.gaps import GAPS
from tests.linking.features.snippets import Edge, Snippet, read_snippets

if TYPE_CHECKING:
    from tests.conftest import Draw

SNIPPETS = {snippet.name: snippet for snippet in read_snippets()}
RECORD = Path(__file__).with_name("record.py")


def _lines(edges: set[Edge]) -> list[str]:
    return sorted(f"{caller} -> {callee}" for caller, callee in edges)


def _cases() -> list[object]:
    return [
        pytest.param(
            snippet,
            id=name,
            marks=[pytest.mark.xfail(strict=True, reason=GAPS[name])] if name in GAPS else [],
        )
        for name, snippet in SNIPPETS.items()
    ]


@pytest.mark.parametrize("snippet", _cases())
def test_the_edges_are_exactly_those(draw: Draw, snippet: Snippet) -> None:
    app = draw(snippet.files)
    found = {(d.source, d.target) for d in app.dependencies() if d.resolution != "guessed"} | app.external()
    assert _lines(found) == _lines(set(snippet.edges))


def test_every_gap_names_a_snippet() -> None:
    assert not GAPS.keys() - SNIPPETS.keys()


def _inside(snippet: Snippet, edges: frozenset[Edge]) -> set[Edge]:
    modules = {path.removesuffix(".py").replace("/", ".").removesuffix(".__init__") for path in snippet.files}
    return {edge for edge in edges if edge[1].partition(":")[0] in modules}


Run = Callable[[Path, Snippet], dict[str, list[Any]]]
"""Runs a snippet in a folder; gives what was seen, see `tests.linking.features.record.Recorder`."""


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    with subprocess.Popen(
        [sys.executable, RECORD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        asked, answered = program.stdin, program.stdout
        assert asked is not None
        assert answered is not None

        def run_snippet(place: Path, snippet: Snippet) -> dict[str, list[Any]]:
            folder, outside = place / "app", place / "outside"
            write_files(folder, snippet.files)
            write_files(outside, snippet.outside)
            request = {"folder": str(folder), "outside": str(outside), "driver": snippet.driver}
            asked.write(json.dumps(request) + "\n")
            asked.flush()
            answer = json.loads(answered.readline())
            assert answer["seen"] is not None, answer["said"]
            seen: dict[str, list[Any]] = answer["seen"]
            return seen

        yield run_snippet
        asked.close()


@pytest.mark.parametrize("snippet", [pytest.param(snippet, id=name) for name, snippet in SNIPPETS.items()])
def test_the_expected_edges_are_those_that_happen(tmp_path: Path, run: Run, snippet: Snippet) -> None:
    seen = run(tmp_path, snippet)
    happened = {(caller, callee) for caller, callee in seen["edges"]}
    paused, classes = set(seen["paused"]), set(seen["classes"])
    inside = _inside(snippet, snippet.edges)
    assert _lines(happened - inside) == [], "these happen and are not expected"
    assert paused <= {callee for _, callee in inside}, "these run and are not expected"
    silent = {e for e in inside - happened - snippet.unseen if e[1] not in paused and e[1] not in classes}
    assert _lines(silent) == [], "these are expected and do not happen"
    assert not snippet.unseen & happened, "these happen after all"
    named = {(caller, callee.rpartition(":")[2].rpartition(".")[2]) for caller, callee in snippet.edges - inside}
    assert _lines({(caller, name) for caller, name in seen["built_in"]} - named) == [], "these built-ins are called"
