"""What a user names together with one of its splits: a run, ``RUN`` or ``RUN:SPLIT``, and a file likewise."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Named(NamedTuple):
    """A folder, and the name of a split; empty for the recommended one."""

    folder: Path
    split: str


def run_named(given: Path) -> Named | None:
    """The run that is meant; None for a file, or for what is not there."""
    if given.is_dir():
        return Named(given, "")
    folder, _, split = str(given).rpartition(":")
    return Named(Path(folder), split) if folder and Path(folder).is_dir() and not given.exists() else None


def partition_file(given: Path) -> tuple[Path, str]:
    """The file, and the name of a split in it (empty for none), that ``FILE`` or ``FILE:SPLIT`` means."""
    file, _, split = str(given).rpartition(":")
    return (Path(file), split) if file and not given.exists() and Path(file).is_file() else (given, "")
