"""The run directory: written beside its place and moved there whole, so that it is never half there."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from decompose.errors import OutputError
from decompose.interrupts import interrupts_held_back

ANALYSIS_FILE = "analysis.json"
RUN_FILES = frozenset({ANALYSIS_FILE, "report.html", "graph.dot", "graph.graphml"})
"""Everything that a run directory holds; a folder with anything else in it is not ours to replace."""

_READABLE = 0o644
_OWN_HEADER = re.compile(rb'\{"format_version":\d+,"decompose_version":"')


def check_output(target: Path) -> None:
    """Find out before the work whether the run directory can be written; raises `OutputError`. Creates nothing."""
    try:
        place = target.resolve()
        if place in (Path.cwd(), *Path.cwd().parents):
            raise OutputError(
                f"{target}: this folder is in use, and a run replaces its folder. Give a new one with -o."
            )
        if target.is_symlink() or (target.exists() and not target.is_dir()):
            raise OutputError(f"{target}: this is not a folder. Choose another place with -o.")
        if target.is_dir():
            _check_replaceable(target)
            if not os.access(target, os.W_OK | os.X_OK):  # it could be moved away, but not taken away
                raise OutputError(f"{target}: this run may not be changed. Choose another place with -o.")
        above = next(parent for parent in place.parents if parent.exists())
        if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
            raise OutputError(
                f"{target}: cannot be written ({above} is no folder, or may not be changed). Choose another place with -o."
            )
    except OSError as problem:
        raise _not_written(target, problem) from problem


def _check_replaceable(target: Path) -> None:
    foreign = sorted(entry.name for entry in os.scandir(target) if entry.name not in RUN_FILES or not entry.is_file())
    if not foreign and (target / ANALYSIS_FILE).is_file():
        with (target / ANALYSIS_FILE).open("rb") as file:
            if not _OWN_HEADER.match(file.read(100)):
                foreign = [ANALYSIS_FILE]
    elif not foreign:
        foreign = sorted(entry.name for entry in os.scandir(target))
    if foreign:
        shown = ", ".join(foreign[:3]) + (", …" if len(foreign) > 3 else "")
        raise OutputError(
            f"{target}: this folder holds what decompose did not write ({shown}), and would be replaced. "
            "Move that away, or choose another place with -o."
        )


def save(document: bytes, target: Path, files: Mapping[str, bytes]) -> None:
    """Write ``document`` as ``analysis.json``, and ``files``, as the run directory ``target``, replacing a run whole.

    An interruption at any moment leaves the previous run as it was. Raises `OutputError`.
    """
    check_output(target)
    missing = [parent for parent in target.parents if not parent.exists()]
    staged: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(prefix=f".{target.name[:100]}.", dir=target.parent))
        (staged / ANALYSIS_FILE).write_bytes(document)
        for name, content in files.items():
            (staged / name).write_bytes(content)
        staged.chmod(0o755)
        with interrupts_held_back():
            _move_into_place(staged, target)
    except OSError as problem:
        raise _not_written(target, problem) from problem
    finally:
        if staged is not None:
            shutil.rmtree(staged, ignore_errors=True)
        for parent in missing:
            with contextlib.suppress(OSError):
                parent.rmdir()  # only if it is empty: what was made for a run that did not come


def _move_into_place(staged: Path, target: Path) -> None:
    if not target.exists():
        staged.rename(target)
        return
    previous = Path(tempfile.mkdtemp(prefix=f".{target.name[:100]}.", dir=target.parent))
    previous.rmdir()
    target.rename(previous)
    try:
        staged.rename(target)
    except BaseException:
        previous.rename(target)
        raise
    shutil.rmtree(previous, ignore_errors=True)


def replace_files(run: Path, files: Mapping[str, bytes]) -> None:
    """Replace single files of a run directory, each whole. Raises `OutputError`."""
    try:
        for name, content in files.items():
            _replace(run / name, content)
    except OSError as problem:
        raise _not_written(run, problem) from problem


def write_file(content: bytes, target: Path) -> None:
    """Write a file whole, so that a failure leaves the one that was there; a pipe or a device is written to. Raises `OutputError`."""
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(content)
        else:
            _replace(target.resolve(), content)  # a link goes on leading to its file
    except OSError as problem:
        raise _not_written(target, problem) from problem


def _replace(file: Path, content: bytes) -> None:
    mode = stat.S_IMODE(file.stat().st_mode) if file.exists() else _READABLE
    with tempfile.NamedTemporaryFile(prefix=f".{file.name[:100]}.", dir=file.parent, delete=False) as partial:
        try:
            partial.write(content)
            partial.close()
            Path(partial.name).chmod(mode)
            Path(partial.name).replace(file)
        except BaseException:
            Path(partial.name).unlink(missing_ok=True)
            raise


def _not_written(target: Path, problem: OSError) -> OutputError:
    return OutputError(f"{target}: cannot be written ({problem.strerror or problem}). Choose another place with -o.")
