"""Finished runs, remembered in the cache folder: what was done before need not be done again."""

from __future__ import annotations

import hashlib
import os
import sys
import zlib
from importlib import resources
from pathlib import Path

import msgspec

from decompose.runs.outcome import Outcome
from decompose.sources import SourceTree

_LEVEL = 1


class Memo(msgspec.Struct, array_like=True):
    """A finished run: ``analysis.json``, the other files of its directory, and what is told of it on the terminal."""

    document: bytes
    files: dict[str, bytes]
    outcome: Outcome


def default_cache_folder() -> Path:
    """Where caches go on this system: ``DECOMPOSE_CACHE_DIR``, else the user's cache folder."""
    chosen = os.environ.get("DECOMPOSE_CACHE_DIR")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "decompose"


def memo_key(tree: SourceTree, *options: object) -> str:
    """A digest of everything that the analysis of ``tree`` depends on, this program included.

    ``options`` are told apart by how they are written (``repr``).
    """
    own = hashlib.blake2b(digest_size=16)
    own.update(_own_code())
    own.update(repr((tree.name, tree.roots, tree.unread, options)).encode(errors="surrogateescape"))
    for file in tree.files:
        own.update(repr((file.path, file.module, file.role, file.digest)).encode())
    for path in tree.sql_files:
        own.update(path.encode(errors="surrogateescape"))
        try:
            own.update(Path(tree.base, path).read_bytes())
        except OSError:
            own.update(b"?")
    return own.hexdigest()


def _own_code() -> bytes:
    """A digest of this program: another version, or an edited one, remembers for itself."""
    digest = hashlib.blake2b(digest_size=16)
    folders = [resources.files("decompose")]
    while folders:
        for entry in sorted(folders.pop().iterdir(), key=lambda entry: entry.name):
            if entry.is_dir():
                folders.append(entry)
            elif not entry.name.endswith((".pyc", ".pyo")):
                digest.update(entry.read_bytes())
    return digest.digest()


def _file(folder: Path, key: str) -> Path:
    return folder / "runs" / key[:2] / f"{key}.run"


def remembered(folder: Path | None, key: str) -> Memo | None:
    """The run that was remembered under ``key``; None where there is none, or it cannot be read."""
    if folder is None:
        return None
    try:
        return msgspec.msgpack.decode(zlib.decompress(_file(folder, key).read_bytes()), type=Memo)
    except (OSError, zlib.error, msgspec.DecodeError, ValueError):
        return None


def remember(folder: Path | None, key: str, memo: Memo) -> None:
    """Keep a finished run in the cache folder, if there is one."""
    if folder is None:
        return
    file = _file(folder, key)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(".partial")
        partial.write_bytes(zlib.compress(msgspec.msgpack.encode(memo), _LEVEL))
        partial.replace(file)
    except OSError:
        return  # a cache that cannot be written is no reason to fail
