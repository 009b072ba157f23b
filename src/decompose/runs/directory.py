"""The run directory: written beside its place and moved there whole, so that it is never half there."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from decompose.errors import OutputError, RunError
from decompose.runs.analysis import FORMAT_VERSION, Analysis

ANALYSIS_FILE = "analysis.json"


class _Header(msgspec.Struct):
    format_version: int = 0
    decompose_version: str = "?"


def check_output(target: Path) -> None:
    """Find out before the work whether the run directory can be written; raises `OutputError`."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise OutputError(f"{target}: this is not a folder. Choose another place with -o.")
    if target.is_dir():
        try:
            content = os.listdir(target)
        except OSError as problem:
            raise OutputError(
                f"{target}: cannot be read ({problem.strerror}). Choose another place with -o."
            ) from problem
        if content and ANALYSIS_FILE not in content:
            raise OutputError(
                f"{target}: this folder holds something else than a run of decompose, and would be replaced. "
                "Choose another place with -o."
            )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent):
            pass
    except OSError as problem:
        raise OutputError(
            f"{target}: cannot be written ({problem.strerror or problem}). Choose another place with -o."
        ) from problem


def save(analysis: Analysis, target: Path, files: Mapping[str, bytes]) -> None:
    """Write ``analysis.json`` and ``files`` as the run directory ``target``, replacing a previous run whole.

    An interruption at any moment leaves the previous run as it was. Raises `OutputError`.
    """
    check_output(target)
    staged = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        (staged / ANALYSIS_FILE).write_bytes(encode(analysis))
        for name, content in files.items():
            (staged / name).write_bytes(content)
        staged.chmod(0o755)
        _move_into_place(staged, target)
    except OSError as problem:
        raise OutputError(f"{target}: cannot be written ({problem.strerror or problem}).") from problem
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _move_into_place(staged: Path, target: Path) -> None:
    if not target.exists():
        staged.rename(target)
        return
    previous = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    previous.rmdir()
    target.rename(previous)
    try:
        staged.rename(target)
    except BaseException:
        with contextlib.suppress(OSError):
            previous.rename(target)
        raise
    shutil.rmtree(previous, ignore_errors=True)


def encode(analysis: Analysis) -> bytes:
    """The bytes of ``analysis.json``: one line, keys in the order of the fields."""
    return msgspec.json.encode(analysis) + b"\n"


def load(run: Path) -> Analysis:
    """The analysis of a run directory; raises `RunError`."""
    file = run / ANALYSIS_FILE
    try:
        data = file.read_bytes()
    except FileNotFoundError as problem:
        raise RunError(
            f"{run}: this is no run directory (it has no {ANALYSIS_FILE}). Make one with: decompose analyze PATH -o {run}"
        ) from problem
    except OSError as problem:
        raise RunError(f"{file}: cannot be read ({problem.strerror or problem}).") from problem
    try:
        header = msgspec.json.decode(data, type=_Header)
        if header.format_version != FORMAT_VERSION:
            raise RunError(
                f"{file}: has format {header.format_version} (written by decompose {header.decompose_version}), "
                f"and this version reads format {FORMAT_VERSION}. Analyse again: decompose analyze PATH -o {run}"
            )
        return msgspec.json.decode(data, type=Analysis)
    except msgspec.DecodeError as problem:
        raise RunError(f"{file}: is broken ({problem}). Analyse again: decompose analyze PATH -o {run}") from problem


def schema() -> dict[str, Any]:
    """The JSON Schema of ``analysis.json``."""
    return msgspec.json.schema(Analysis)
