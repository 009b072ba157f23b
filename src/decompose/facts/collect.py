"""Facts of many files: from the cache, or made side by side in several processes."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from decompose.defects import told_defect
from decompose.facts.cache import FactsCache
from decompose.facts.extract import extract
from decompose.facts.records import FileFacts
from decompose.facts.shared_names import share_names
from decompose.facts.type_parameters import has_type_parameters
from decompose.interrupts import help_until, interrupts_held_back, is_stopped
from decompose.sources import SourceFile, Unparsable, parse
from decompose.sources.parsing import TOO_DEEP
from decompose.sources.reading import digest_of, read_file

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much is done, and how much there is."""

_CHUNK_BYTES = 400_000
_WORTH_PROCESSES = 600_000
_KILLED = "cannot be read: the process that read it was killed, as when the memory is used up"
_DEEP_STACK = 256 * 1024 * 1024
_DEEP_RECURSION = 20_000
"""For a file that is nested too deeply for the usual stack; the parser takes three levels of the stack for each."""


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
    meanwhile: Callable[[], None] = lambda: None,
) -> Collected:
    """The facts of ``files`` (paths relative to ``base``); a file that cannot be read or parsed has its ``error`` set.

    ``executor`` runs the work elsewhere; without it up to ``jobs`` processes are started when there is enough to do.
    While they work, if they do, this one calls ``meanwhile``.
    """
    with FactsCache(cache_folder) as cache:
        known = _decoded(cache.get(file.digest for file in files))
        from_cache = len(known)
        missing = [file for file in files if file.digest not in known]
        progress("facts", len(files) - len(missing), len(files))
        done = len(files) - len(missing)
        fresh: list[tuple[str, bytes, bool]] = []
        for part in _extract_all(base, missing, jobs, executor, meanwhile):
            fresh += part
            done += len(part)
            progress("facts", done, len(files))
        cache.put((digest, content) for digest, content, keep in fresh if keep)
    known.update(_decoded({digest: content for digest, content, _ in fresh}))
    return Collected([known.get(file.path) or known[file.digest] for file in files], from_cache)


def _decoded(encoded: Mapping[str, bytes]) -> dict[str, FileFacts]:
    """What can be decoded; a damaged row of the cache is as good as none."""
    decode = msgspec.msgpack.Decoder(FileFacts).decode
    found = {}
    with garbage_collection_paused():
        for digest, content in encoded.items():
            with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, LookupError, TypeError):
                found[digest] = share_names(decode(content))
    return found


def _extract_all(
    base: str,
    files: Sequence[SourceFile],
    jobs: int | None,
    executor: Executor | None,
    meanwhile: Callable[[], None],
) -> Iterator[list[tuple[str, bytes, bool]]]:
    chunks = list(_chunks(files))
    workers = min(jobs or os.cpu_count() or 1, len(chunks))
    if executor is None and (workers < 2 or sum(file.size for file in files) < _WORTH_PROCESSES):
        for chunk in chunks:
            yield extract_chunk(base, chunk)
        return
    if executor is not None:
        yield from _extract_elsewhere(base, chunks, executor, meanwhile)
        return
    left: list[tuple[str, str]] = []
    with _own_processes(workers) as running:
        pending = {}
        with interrupts_held_back():  # the processes are started by what they are given to do
            for chunk in chunks:
                try:
                    pending[running.submit(extract_chunk, base, chunk)] = chunk
                except (BrokenExecutor, OSError):
                    left += chunk
        meanwhile()
        for future in as_completed(pending):
            try:
                yield future.result()
            except BrokenExecutor:
                left += pending[future]
    yield from _extract_apart(base, left)


def _extract_elsewhere(
    base: str, chunks: Sequence[list[tuple[str, str]]], executor: Executor, meanwhile: Callable[[], None]
) -> Iterator[list[tuple[str, bytes, bool]]]:
    pending = [executor.submit(extract_chunk, base, chunk) for chunk in chunks]
    try:
        meanwhile()
        for future in as_completed(pending):
            yield future.result()
    except BaseException:
        for future in pending:
            future.cancel()
        raise


def _extract_apart(base: str, files: Sequence[tuple[str, str]]) -> Iterator[list[tuple[str, bytes, bool]]]:
    """What is left when a process was killed, one file at a time: which one it was that took the memory is seen then."""
    left = sorted(files)
    while left:
        with _own_processes(1) as running:
            try:
                while left:
                    with interrupts_held_back():
                        asked = running.submit(extract_chunk, base, left[:1])
                    yield asked.result()
                    del left[0]
            except BrokenExecutor:
                path, _ = left.pop(0)
                yield [(path, msgspec.msgpack.encode(FileFacts([], _KILLED)), False)]
            except OSError:  # no process can be started any more
                yield extract_chunk(base, left)
                left.clear()


@contextlib.contextmanager
def _own_processes(workers: int) -> Iterator[Executor]:
    """Processes that are gone when the block is left. What they have not done by then is left undone."""
    context = _context()
    stop = context.Event()
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=help_until, initargs=(stop,))
    try:
        yield pool
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


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


def extract_chunk(base: str, chunk: Sequence[tuple[str, str]]) -> list[tuple[str, bytes, bool]]:
    """The digest and the encoded facts of each ``(path, digest)``, and whether to keep them; runs in a worker process.

    Instead of the digest stands the path of a file that is no longer what was found: what is read there now is told of it alone.
    """
    encode = msgspec.msgpack.Encoder().encode
    results = []
    with garbage_collection_paused():
        for path, digest in chunk:
            if is_stopped():
                break
            keep, known_by = True, digest
            try:
                content = read_file(Path(base, path))
                if digest_of(content) != digest:
                    keep, known_by = False, path
                facts = _facts_of(content)
            except OSError as problem:
                facts = FileFacts([], f"cannot be read: {problem.strerror or problem}")
                keep, known_by = False, path
            except Exception as problem:  # noqa: BLE001 - one file that fails must not end the run
                facts, keep = FileFacts([], told_defect(problem)), False
            try:
                results.append((known_by, encode(facts), keep))
            except UnicodeEncodeError:
                results.append((known_by, encode(_printable(msgspec.to_builtins(facts))), keep))
    return results


def _printable(value: Any) -> Any:
    """Lone surrogates, which Python's strings may hold and no encoding can, as escapes."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_printable(key): _printable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(inner) for inner in value]
    return value


def _facts_of(content: bytes) -> FileFacts:
    facts = _extracted(content)
    return facts if facts is not None else _extracted_deeply(content)


def _extracted(content: bytes) -> FileFacts | None:
    """The facts of a file; None if it is nested more deeply than the stack is."""
    try:
        return extract(
            parse(content),
            has_nonlocal=b"nonlocal" in content,
            has_type_parameters=has_type_parameters(content),
        )
    except Unparsable as problem:
        return FileFacts([], problem.reason, problem.line or 0) if problem.reason != TOO_DEEP else None
    except (RecursionError, MemoryError):
        return None


def _extracted_deeply(content: bytes) -> FileFacts:
    """The same with a larger stack, for long chains of ``elif``, calls or attributes, such as programs write them."""
    found: list[FileFacts | None] = []
    limit, size = sys.getrecursionlimit(), threading.stack_size(_DEEP_STACK)
    sys.setrecursionlimit(_DEEP_RECURSION)
    try:
        thread = threading.Thread(target=lambda: found.append(_extracted(content)))
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(size)
    return next((facts for facts in found if facts is not None), FileFacts([], TOO_DEEP))


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
