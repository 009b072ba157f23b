"""Values that the code writes down: kept as they are while they are small."""

from __future__ import annotations

from typing import Any

from decompose.facts.records import Ref

MAX_CONSTANT_ELEMENTS = 200
_MAX_ELEMENTS_IN_ALL = 20_000
_MAX_NESTED = 30
"""Of constants put together of constants: what doubles line by line is soon larger than any memory."""


def constants(refs: list[Ref]) -> list[Any] | None:
    """The plain values of ``refs`` if all of them are constants."""
    values = []
    for ref in refs:
        if isinstance(ref, str):
            values.append(ref)
        elif isinstance(ref, list) and ref[0] == "c":
            values.append(ref[1])
        else:
            return None
    return values if is_small(values) else None


def is_small(values: list[Any]) -> bool:
    """Whether constants within constants are few and not deep, each counted as often as it would be written down."""
    count, layer = len(values), values
    for _ in range(_MAX_NESTED):
        inner: list[Any] = []
        for value in layer:
            if isinstance(value, list | dict):
                inner += value.values() if isinstance(value, dict) else value
                if count + len(inner) > _MAX_ELEMENTS_IN_ALL:
                    return False
        if not inner:
            return True
        count += len(inner)
        layer = inner
    return False
