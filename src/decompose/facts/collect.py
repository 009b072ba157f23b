"""Facts of many files: from the cache, or made side by side in several processes."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

import msgspec

from decompose.facts.cache import FactsCache
from decompose.facts.extract import extract
from decompose.facts.records import FileFacts
from decompose.sources import SourceFile, Unparsable, parse

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much is done, and how much there is."""

_CHUNK_BYTES = 400_000
_WORTH_PROCESSES = 600_000


class Collected(NamedTuple):
    """The facts of each file, in the order of the files, and how many came from the cache."""

    facts: list[FileFacts]
    from_cache: int


def collect_facts(
    base: str,
    files: Sequence[SourceFile],
    *,
    cache_folder: Path | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    progress: Progress = lambda *_: None,
) -> Collected:
    """The facts of ``files`` (paths relative to ``base``); a file that cannot be read or parsed has its ``error`` set.

    ``executor`` runs the work elsewhere; without it up to ``jobs`` processes are started when there is enough to do.
    """
    with FactsCache(cache_folder) as cache:
        encoded = cache.get(file.digest for file in files)
        from_cache = len(encoded)
        missing = [file for file in files if file.digest not in encoded]
        progress("facts", len(files) - len(missing), len(files))
        done = len(files) - len(missing)
        fresh: list[tuple[str, bytes]] = []
        for part in _extract_all(base, missing, jobs, executor):
            fresh += part
            done += len(part)
            progress("facts", done, len(files))
        cache.put(fresh)
    encoded.update(fresh)
    decode = msgspec.msgpack.Decoder(FileFacts).decode
    with garbage_collection_paused():
        facts = [decode(encoded[file.digest]) for file in files]
    return Collected(facts, from_cache)


def _extract_all(
    base: str, files: Sequence[SourceFile], jobs: int | None, executor: Executor | None
) -> Iterator[list[tuple[str, bytes]]]:
    chunks = list(_chunks(files))
    workers = min(jobs or os.cpu_count() or 1, len(chunks))
    if executor is None and (workers < 2 or sum(file.size for file in files) < _WORTH_PROCESSES):
        for chunk in chunks:
            yield extract_chunk(base, chunk)
        return
    with contextlib.ExitStack() as stack:
        if executor is None:
            executor = stack.enter_context(ProcessPoolExecutor(workers, mp_context=_context()))
        pending = [executor.submit(extract_chunk, base, chunk) for chunk in chunks]
        try:
            for future in as_completed(pending):
                yield future.result()
        except BaseException:
            for future in pending:
                future.cancel()
            raise


def _context() -> multiprocessing.context.BaseContext:
    # Forking is by far the fastest start, and safe while this process has a single thread.
    if sys.platform == "linux" and threading.active_count() == 1:
        return multiprocessing.get_context("fork")
    return multiprocessing.get_context("spawn")


def _chunks(files: Sequence[SourceFile]) -> Iterator[list[tuple[str, str]]]:
    chunk: list[tuple[str, str]] = []
    size = 0
    for file in sorted(files, key=lambda file: (-file.size, file.path)):
        chunk.append((file.path, file.digest))
        size += file.size
        if size >= _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def extract_chunk(base: str, chunk: Sequence[tuple[str, str]]) -> list[tuple[str, bytes]]:
    """The digest and the encoded facts of each ``(path, digest)``; runs in a worker process."""
    encode = msgspec.msgpack.Encoder().encode
    results = []
    with garbage_collection_paused():
        for path, digest in chunk:
            results.append((digest, encode(_facts_of(Path(base, path)))))
    return results


def _facts_of(path: Path) -> FileFacts:
    try:
        return extract(parse(path.read_bytes()))
    except Unparsable as problem:
        return FileFacts([], problem.reason, problem.line or 0)
    except OSError as problem:
        return FileFacts([], f"cannot be read: {problem.strerror or problem}")
    except (RecursionError, MemoryError):
        return FileFacts([], "nested too deeply to be read")


@contextlib.contextmanager
def garbage_collection_paused() -> Iterator[None]:
    """No collection while many long-lived objects are made: they are all alive, so looking for garbage is waste."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
