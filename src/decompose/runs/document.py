"""``analysis.json``: how a run is written down and read again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from decompose.errors import RunError
from decompose.runs.analysis import FORMAT_VERSION, Analysis
from decompose.runs.directory import ANALYSIS_FILE

_ENCODER = msgspec.json.Encoder()


class _Header(msgspec.Struct):
    format_version: int = 0
    decompose_version: str = "?"


def encode(analysis: Analysis) -> bytes:
    """The bytes of ``analysis.json``: one line, keys in the order of the fields."""
    return _ENCODER.encode_lines((analysis,))  # the end of the line put on later would copy hundreds of megabytes


def encodable(analysis: Analysis) -> Analysis:
    """The analysis with the bytes of names that are no UTF-8, which Python keeps as surrogates, spelled out."""
    return msgspec.convert(_encodable(msgspec.to_builtins(analysis)), Analysis, strict=False)


def _encodable(value: Any) -> Any:  # Any: plain data of any shape
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()
    if isinstance(value, dict):
        return {_encodable(key): _encodable(inner) for key, inner in value.items()}
    return [_encodable(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def decode(data: bytes) -> Analysis:
    """The analysis in the bytes of ``analysis.json``; raises ``ValueError`` for anything else."""
    try:
        return msgspec.json.decode(data, type=Analysis)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise ValueError(str(problem)) from problem


def load(run: Path | str) -> Analysis:
    """The analysis of a run directory; raises `RunError`."""
    file = Path(run) / ANALYSIS_FILE
    try:
        data = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as problem:
        if Path(run).is_file():
            raise RunError(
                f"{run}: this is a file. Give the folder of the run, which holds its {ANALYSIS_FILE}."
            ) from None
        # A folder that is there and is no run may be the application itself, into which no run is to be written.
        make = "analyze PATH" if Path(run).exists() else f"analyze PATH -o {run}"
        raise RunError(
            f"{run}: this is no run directory (it has no {ANALYSIS_FILE}). "
            f"Make one with: decompose {make}, and give the folder that it names."
        ) from problem
    except OSError as problem:
        raise RunError(f"{file}: cannot be read ({problem.strerror or problem}).") from problem
    again = f"Analyse again: decompose analyze PATH -o {run}"
    try:
        header = msgspec.json.decode(data, type=_Header)
        if header.format_version != FORMAT_VERSION:
            raise RunError(
                f"{file}: has format {header.format_version} (written by decompose {header.decompose_version}), "
                f"and this version reads format {FORMAT_VERSION}. {again}"
            )
        return decode(data)
    except (ValueError, msgspec.DecodeError, RecursionError) as problem:
        raise RunError(f"{file}: is broken ({problem}). {again}") from problem


def schema() -> dict[str, Any]:
    """The JSON Schema of ``analysis.json``."""
    return msgspec.json.schema(Analysis)
