"""The call graph of every snippet, exactly; and the snippets themselves, against what happens when they run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

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


@pytest.mark.parametrize("snippet", [pytest.param(snippet, id=name) for name, snippet in SNIPPETS.items()])
def test_the_expected_edges_are_those_that_happen(tmp_path: Path, snippet: Snippet) -> None:
    write_files(tmp_path / "app", snippet.files)
    write_files(tmp_path / "outside", snippet.outside)
    done = subprocess.run(
        [sys.executable, RECORD, tmp_path / "app", tmp_path / "outside", snippet.driver],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
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
