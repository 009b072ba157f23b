"""Finished runs, remembered in the cache folder: what was done before need not be done again."""

from __future__ import annotations

import functools
import hashlib
import os
import sys
import zlib
from importlib import resources
from pathlib import Path

import msgspec

from decompose.runs.outcome import Outcome
from decompose.sources import SourceTree
from decompose.sources.reading import read_file
from decompose.sources.stamps import CAN_BE_TRUSTED, Seen, Stamp, stamp, still_so

_LEVEL = 1
_UNREADABLE = (OSError, zlib.error, msgspec.DecodeError, ValueError)
_FILES = msgspec.msgpack.Decoder(tuple[bytes, dict[str, bytes]])
_PLACE = msgspec.msgpack.Decoder(tuple[str, dict[str, Stamp]])
_SOURCES = msgspec.msgpack.Decoder(tuple[bytes, dict[bytes, Stamp | None]])


class Memo(msgspec.Struct):
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


def why_not_kept(folder: Path) -> str:
    """Why nothing can be kept in a cache folder, or in the one above in which it would be made; empty where it can. Makes nothing."""
    try:
        there = next(place for place in (folder, *folder.absolute().parents) if os.path.lexists(place))
        if not there.is_dir():
            return f"{there} is no folder"
        return "" if os.access(there, os.W_OK | os.X_OK) else f"{there} may not be changed"
    except OSError as problem:
        return problem.strerror or str(problem)


def digest_of(tree: SourceTree) -> bytes:
    """A digest of everything in ``tree`` that its analysis depends on."""
    digest = hashlib.blake2b(digest_size=16)
    found = (tree.name, tree.roots, tree.unread, tree.declared, tree.unfitted_excludes)
    digest.update(repr(found).encode(errors="surrogateescape"))
    for file in tree.files:
        digest.update(repr((file.path, file.module, file.role, file.digest)).encode(errors="surrogateescape"))
    for path in (*tree.sql_files, *tree.template_files, *tree.stub_files):
        digest.update(path.encode(errors="surrogateescape"))
        try:
            digest.update(read_file(Path(tree.base, path)))
        except OSError:
            digest.update(b"?")
    return digest.digest()


def memo_key(sources: bytes, *options: object) -> str:
    """A digest of everything that an analysis depends on: the digest of its sources, this program and the Python that runs it, and options.

    ``options`` are told apart by how they are written (``repr``).
    """
    own = hashlib.blake2b(digest_size=16)
    own.update(own_code())
    own.update(sources)
    own.update(repr((options, sys.version_info[:2])).encode(errors="surrogateescape"))
    return own.hexdigest()


@functools.cache
def own_code() -> bytes:
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


def _file(folder: Path, key: str, suffix: str) -> Path:
    return folder / "runs" / key[:2] / f"{key}{suffix}"


def remembered(folder: Path | None, key: str) -> Memo | None:
    """The run that was remembered under ``key``; None where there is none, or it cannot be read."""
    outcome = remembered_outcome(folder, key)
    if folder is None or outcome is None:
        return None
    try:
        document, files = _FILES.decode(_file(folder, key, ".run").read_bytes())
        return Memo(
            zlib.decompress(document), {name: zlib.decompress(packed) for name, packed in files.items()}, outcome
        )
    except _UNREADABLE:
        return None


def remembered_outcome(folder: Path | None, key: str) -> Outcome | None:
    """What is told on the terminal of the run that was remembered under ``key``, without reading the run itself."""
    if folder is None:
        return None
    try:
        return msgspec.msgpack.decode(_file(folder, key, ".outcome").read_bytes(), type=Outcome)
    except _UNREADABLE:
        return None


def packed(content: bytes) -> bytes:
    """What the cache folder keeps of a file of a run."""
    return zlib.compress(content, _LEVEL)


def remember(folder: Path | None, key: str, document: bytes, memo: Memo) -> None:
    """Keep a finished run in the cache folder, if there is one; ``document``: that of the run, as `packed`."""
    if folder is None:
        return
    # Each for itself: of a large program the document is hundreds of megabytes, which are not copied to be compressed.
    files = {name: packed(content) for name, content in memo.files.items()}
    _keep(_file(folder, key, ".run"), msgspec.msgpack.encode((document, files)))
    _keep(_file(folder, key, ".outcome"), msgspec.msgpack.encode(memo.outcome))


def remember_sources(folder: Path | None, asked: tuple[object, ...], digest: bytes, seen: Seen, began: int) -> None:
    """Keep in the cache folder the digest of the sources that were ``asked`` for, and what was looked at, ``began`` being when (nanoseconds).

    What was written so shortly before that it could change again without a trace is looked at again.
    """
    if folder is not None and CAN_BE_TRUSTED and seen.settled_before(began):
        # As bytes: the name of a file may be no text.
        stamps = {os.fsencode(path): taken for path, taken in seen.stamps.items()}
        _keep(_sources(folder, asked), msgspec.msgpack.encode((digest, stamps)))


def remembered_sources(folder: Path | None, asked: tuple[object, ...]) -> bytes | None:
    """The digest of the sources that are ``asked`` for, if nothing that it depends on has been written to since; without reading them."""
    if folder is None or not CAN_BE_TRUSTED:
        return None
    try:
        digest, stamps = _SOURCES.decode(_sources(folder, asked).read_bytes())
    except _UNREADABLE:
        return None
    return digest if still_so(stamps) else None


def _sources(folder: Path, asked: tuple[object, ...]) -> Path:
    # How sources are found is part of this program: another version looks for itself.
    name = hashlib.blake2b(repr(asked).encode(errors="surrogateescape"), key=own_code(), digest_size=16).hexdigest()
    return folder / "sources" / name[:2] / f"{name}.sources"


def remember_place(folder: Path | None, key: str, target: Path) -> None:
    """Keep in the cache folder that ``target`` holds the run of ``key``."""
    if folder is not None and (files := _stamps(target)) is not None:
        _keep(_place(folder, target), msgspec.msgpack.encode((key, files)))


def is_in_place(folder: Path | None, key: str, target: Path) -> bool:
    """Whether ``target`` holds the run of ``key``, and nobody has touched a file of it since it was written."""
    if folder is None:
        return False
    try:
        written, files = _PLACE.decode(_place(folder, target).read_bytes())
    except _UNREADABLE:
        return False
    return written == key and files == _stamps(target)


def _place(folder: Path, target: Path) -> Path:
    name = hashlib.blake2b(os.fsencode(target.resolve()), digest_size=16).hexdigest()
    return folder / "places" / name[:2] / f"{name}.place"


def _stamps(target: Path) -> dict[str, Stamp] | None:
    """What changes of each file of a folder as soon as it is written to; None where the folder cannot be read."""
    try:
        return {file.name: stamp(file.stat()) for file in sorted(target.iterdir())}
    except OSError:
        return None


def _keep(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
        try:
            partial.write_bytes(content)
            partial.replace(file)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
    except OSError:
        return  # a cache that cannot be written is no reason to fail
