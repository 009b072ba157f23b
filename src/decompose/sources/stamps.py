"""Whether what was looked at is still the same, told without reading it again."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

Stamp = tuple[int, int, int, int]
"""Of a file or folder what changes as soon as it is written to: size, times of modification and change (nanoseconds), inode."""

CAN_BE_TRUSTED = sys.platform != "win32"
"""Elsewhere the time of change is kept by the system alone; on Windows there is none, and a copy may keep the time of modification."""

_TICK = 100_000_000
_COARSE_TICK = 2_000_000_000
"""Nanoseconds in which two changes may have the same time: of usual file systems, and of those that keep whole seconds."""
_SECOND = 1_000_000_000


def stamp(status: os.stat_result) -> Stamp:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def stamp_of(path: str | bytes) -> Stamp | None:
    """The stamp of what ``path`` leads to; None where there is nothing, or nothing that may be looked at."""
    try:
        return stamp(os.stat(path))
    except (OSError, ValueError):
        return None


class Seen:
    """The stamps of everything that was looked at, each taken before what it is of was read."""

    def __init__(self) -> None:
        self.stamps: dict[str, Stamp | None] = {}

    def note(self, path: str, status: os.stat_result | None = None) -> None:
        """To be called before ``path`` is read; what was noted of it first stays."""
        if path not in self.stamps:
            self.stamps[path] = stamp(status) if status is not None else stamp_of(path)

    def settled_before(self, moment: int) -> bool:
        """Whether nothing was written so shortly before ``moment`` (nanoseconds) that a change after it could have the same stamp."""
        return all(
            max(found[1], found[2]) < moment - (_COARSE_TICK if found[2] % _SECOND == 0 else _TICK)
            for found in self.stamps.values()
            if found is not None
        )


def still_so(stamps: Mapping[str, Stamp | None] | Mapping[bytes, Stamp | None]) -> bool:
    """Whether everything is as it was when these stamps were taken."""
    return all(stamp_of(path) == taken for path, taken in stamps.items())
