"""Every framework recognises its own examples, and nothing in what only looks like them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from decompose.linking.libraries.framework import Example, known_frameworks

if TYPE_CHECKING:
    from tests.conftest import Application, Draw

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
    application = draw(example.files)
    assert entries(application) == example.entries
    assert calls(application) == example.calls


def test_every_framework_has_both_kinds_of_examples() -> None:
    for framework in known_frameworks():
        assert framework.examples, framework.name
        assert framework.look_alikes, framework.name
        for look_alike in framework.look_alikes:
            assert not look_alike.entries, framework.name
