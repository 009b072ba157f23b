"""What all records of the model have in common."""

from __future__ import annotations

from typing import Literal

import msgspec

Resolution = Literal["exact", "inferred", "guessed"]
"""``exact``: names and types prove it; ``inferred``: one likely target, the rule is named; ``guessed``: matched
by name alone, or some of more targets than are followed; shown but never steering a split."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all records: immutable, serialised by field name."""
