"""The text of each line that is evidence of something."""

from __future__ import annotations

from pathlib import Path

import msgspec

from decompose.sources import Undecodable, decode
from decompose.sources.reading import read_file
from decompose.system.model import (
    Access,
    Dependency,
    EntryPoint,
    ForeignKey,
    Routine,
    Store,
    StoreAccess,
    System,
    Table,
    Transaction,
)

_EVIDENCE_LENGTH = 160


def with_source_lines(base: str, system: System, known: dict[str, dict[int, str]]) -> System:
    """The system with the text of the lines that it names in files below ``base``; those of some files are ``known``."""
    wanted: dict[str, set[int]] = {}
    claims: tuple[
        Dependency | Access | Transaction | EntryPoint | ForeignKey | Table | Routine | Store | StoreAccess, ...
    ] = (
        *system.dependencies,
        *system.accesses,
        *system.flushes,
        *system.alternatives,
        *system.transactions,
        *system.entry_points,
        *system.foreign_keys,
        *system.tables,
        *system.routines,
        *system.stores,
        *system.store_accesses,
    )
    for item in claims:
        if item.file and item.file not in known:
            wanted.setdefault(item.file, set()).add(item.line)
    lines = dict(sorted(known.items()))
    for file in sorted(wanted):
        try:
            text = decode(read_file(Path(base, file))).split("\n")
        except (OSError, Undecodable):  # it was readable a moment ago; evidence text is an extra
            continue
        lines[file] = {
            number: text[number - 1].strip()[:_EVIDENCE_LENGTH]
            for number in sorted(wanted[file])
            if 0 < number <= len(text)
        }
    return msgspec.structs.replace(system, source_lines=lines)
