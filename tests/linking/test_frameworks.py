"""Every framework recognises its own examples, and nothing in what only looks like them."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from decompose.linking.libraries.framework import Example, Framework, known_frameworks
from tests.applications import write_tree

if TYPE_CHECKING:
    from tests.conftest import Application, Draw

_CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"

_EXAMPLES = [
    pytest.param(example, id=f"{framework.name} {kind} {number}")
    for framework in known_frameworks()
    for kind, examples in (("example", framework.examples), ("look-alike", framework.look_alikes))
    for number, example in enumerate(examples, 1)
]


def entries(application: Application) -> set[str]:
    """Tell entry points as an example does."""
    return {f"{e.kind} {e.name} -> {e.handler}" for e in application.system.entry_points}


def calls(application: Application) -> set[str]:
    """Tell edges as an example does; what a decorator leads to is told by its own edges."""
    return {f"{d.source} -[{d.kind}]-> {d.target}" for d in application.dependencies()}


@pytest.mark.parametrize("example", _EXAMPLES)
def test_an_example_has_exactly_its_entry_points_and_edges(draw: Draw, example: Example) -> None:
    check(draw, example)


def check(draw: Draw, example: Example) -> None:
    """Find what the example says, and nothing else."""
    application = draw(example.files)
    assert entries(application) == example.entries
    assert calls(application) == example.calls


def test_every_framework_has_both_kinds_of_examples() -> None:
    for framework in known_frameworks():
        assert framework.examples, framework.name
        assert framework.look_alikes, framework.name
        for look_alike in framework.look_alikes:
            assert not look_alike.entries, framework.name


def worked_example() -> str:
    """Take the framework that CONTRIBUTING shows."""
    (code,) = re.findall(r"```python\n(.*?)```", _CONTRIBUTING.read_text(encoding="utf-8"), re.DOTALL)
    return str(code)


def test_the_worked_example_is_added_by_an_entry_point_of_another_package(tmp_path: Path) -> None:
    shown: dict[str, Framework] = {}
    exec(compile(worked_example(), str(_CONTRIBUTING), "exec"), shown)
    example = shown["FRAMEWORK"].examples[0]
    assert isinstance(example.files, str)
    place = write_tree(
        tmp_path / "site",
        {
            "decompose_courier.py": worked_example(),
            "decompose_courier-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: decompose-courier\nVersion: 1.0\n",
            "decompose_courier-1.0.dist-info/entry_points.txt": "[decompose.frameworks]\ncourier = decompose_courier:FRAMEWORK\n",
        },
    )
    base = write_tree(tmp_path / "app", {"m.py": textwrap.dedent(example.files)})

    def run(*arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "decompose", *arguments],
            env={**os.environ, "PYTHONPATH": str(place)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    run("analyze", str(base), "-o", str(tmp_path / "run"), "--no-cache")
    found = csv.DictReader(io.StringIO(run("export", str(tmp_path / "run"), "entry_points")))
    assert {f"{row['kind']} {row['name']} -> {row['handler']}" for row in found} == example.entries
    edges = csv.DictReader(io.StringIO(run("export", str(tmp_path / "run"), "calls")))
    assert {f"{row['caller']} -[{row['kind']}]-> {row['callee']}" for row in edges} == example.calls
