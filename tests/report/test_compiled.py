"""Compiled templates are kept beside Python's compiled modules, and made again when anything of them has changed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import jinja2
import pytest

from decompose.report.compiled import CompiledTemplates


class Compiling(jinja2.Environment):
    """Counts what it compiles."""

    compiled = 0

    def compile(self, *arguments: Any, **options: Any) -> Any:
        self.compiled += 1
        return super().compile(*arguments, **options)


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The module that makes an environment, run by a Python that keeps what it compiles."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    made = tmp_path / "made.py"
    made.write_text("one = 1\n")
    return made


def rendered(module: Path, text: str = "{{ name }}!") -> tuple[str, int]:
    """What the template gives, and how many were compiled for it."""
    loader = jinja2.DictLoader({"hello": text})
    environment = Compiling(loader=loader, bytecode_cache=CompiledTemplates(str(module)))
    return environment.get_template("hello").render(name="you"), environment.compiled


def test_a_template_is_compiled_once(module: Path) -> None:
    assert [rendered(module), rendered(module)] == [("you!", 1), ("you!", 0)]
    assert {path.parent.name for path in module.parent.rglob("*.template")} == {"__pycache__"}


def test_what_has_changed_is_compiled_again(module: Path) -> None:
    rendered(module)
    assert rendered(module, "{{ name }}?") == ("you?", 1)
    module.write_text("two = 2\n")
    assert rendered(module, "{{ name }}?") == ("you?", 1)


def test_what_is_broken_is_compiled_again(module: Path) -> None:
    rendered(module)
    for kept in module.parent.rglob("*.template"):
        kept.write_bytes(kept.read_bytes()[:-9])
    assert rendered(module) == ("you!", 1)


def test_what_cannot_be_kept_is_compiled_each_time(module: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (module.parent / "__pycache__").write_text("in the way")
    assert [rendered(module), rendered(module)] == [("you!", 1), ("you!", 1)]
    (module.parent / "__pycache__").unlink()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert rendered(module) == ("you!", 1)
    assert list(module.parent.iterdir()) == [module]
