"""Of a large application the model is copied when all else is gone: nothing is lost or changed by it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from decompose.standing_together import standing_together
from tests.system.test_memory_given_back import FORMS

if TYPE_CHECKING:
    from tests.conftest import Draw


def test_the_copy_of_a_model_says_what_the_model_says(draw: Draw) -> None:
    system = draw(FORMS).system
    copy = standing_together(lambda: system, worth_it=lambda made: bool(made.accesses))
    assert copy is not system
    assert copy == system


def test_what_is_small_is_not_copied() -> None:
    made = os.urandom(4)
    assert standing_together(lambda: made, worth_it=lambda _: False) is made
