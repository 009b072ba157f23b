"""Texts that ``"...".format(...)`` fills in with what is known while nothing runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import Formatter
from typing import Any

from decompose.facts import HOLE, Op

LONGEST = 4_000
"""A text that is put together of others is no longer than this: one that holds itself many times would have no end."""


def is_format(operation: list[Any]) -> bool:
    """Whether an operation reads the method that fills in a text."""
    return bool(operation[0] == Op.ATTRIBUTE and operation[3] == "format")


def formatted(pattern: str, values: Sequence[Any], named: Mapping[str | None, Any]) -> str | None:
    """A text with its fields filled in, and a `HOLE` for what is not constant; None where it is no such text."""
    found = ""
    try:
        for position, (text, field, detail, _) in enumerate(Formatter().parse(pattern)):
            index = field or str(position)
            value = values[int(index)] if index.isdecimal() and int(index) < len(values) else named.get(field)
            known = isinstance(value, str | int) and not detail
            found += text if field is None else text + (str(value) if known else HOLE)
            if len(found) > LONGEST:
                return None
    except ValueError:
        return None
    return found
