"""What is asked of functions and classes again and again is found once, and kept with the engine that was asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from decompose.linking.engine import Engine

_About = ParamSpec("_About")
_Found = TypeVar("_Found")


def found_once(
    find: Callable[Concatenate[Engine, _About], _Found],
) -> Callable[Concatenate[Engine, _About], _Found]:
    """Keep each answer of ``find``, which must hang on nothing that propagation changes; arguments are given by position."""

    @wraps(find)
    def answer(engine: Engine, /, *about: _About.args, **named: _About.kwargs) -> _Found:
        answers = engine.answers[find]
        if about not in answers:
            answers[about] = find(engine, *about, **named)
        known: _Found = answers[about]
        return known

    return answer
