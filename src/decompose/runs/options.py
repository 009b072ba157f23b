"""What a run is told to do, from the configuration and from the command line."""

from __future__ import annotations

import re

from decompose.system.model import Record


class RunOptions(Record):
    """Options of one run. An empty field means: decided by the tool.

    ``roots`` are folders relative to the analysed path; ``services`` is the least and the greatest number of services.
    """

    roots: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    services: tuple[int, int] | None = None
    output: str = ""


def parse_services(text: str) -> tuple[int, int]:
    """``"5"`` -> (5, 5), ``"4-8"`` -> (4, 8). Raises `ValueError` with a message for people."""
    match = re.fullmatch(r"\s*(\d{1,4})\s*(?:-\s*(\d{1,4})\s*)?", text)
    if match is None:
        raise ValueError(f"{text!r} is neither a number of services such as 5 nor a range such as 4-8")
    least = int(match[1])
    most = int(match[2] or match[1])
    if least < 1:
        raise ValueError(f"{text!r} asks for no service at all; the least is 1")
    if most < least:
        raise ValueError(f"{text!r} ends before it begins; write {most}-{least}")
    return least, most
