"""`Analysis` <-> the bytes of ``analysis.json``: equal analyses give equal bytes."""

from __future__ import annotations

import msgspec

from decompose.errors import RunError
from decompose.runs.analysis import FORMAT_VERSION, Analysis


class _Header(msgspec.Struct):
    """The part of the document that every format version has."""

    format_version: int
    decompose_version: str = "an unknown version"


_SIGNATURE = b'{"format_version":'
"""How every encoded analysis begins: enough to tell a run's file from another program's ``analysis.json``."""


def encode_analysis(analysis: Analysis) -> bytes:
    """Encode ``analysis`` as one line of JSON, keys of mappings sorted."""
    return msgspec.json.encode(analysis, order="deterministic") + b"\n"


def decode_analysis(content: bytes, *, where: str) -> Analysis:
    """Read back what `encode_analysis` wrote. ``where`` names the file in the message of a `RunError`."""
    try:
        header = msgspec.json.decode(content, type=_Header)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RunError(
            f"{where} is not an analysis that decompose wrote, or it is cut off ({error}).\n"
            "Run `decompose analyze` again to replace it."
        ) from error
    if header.format_version != FORMAT_VERSION:
        raise RunError(
            f"{where} has format version {header.format_version}, written by decompose {header.decompose_version}; "
            f"this decompose reads format version {FORMAT_VERSION}.\n"
            "Run `decompose analyze` again, or use the version that wrote it."
        )
    try:
        return msgspec.json.decode(content, type=Analysis)
    except msgspec.DecodeError as error:
        raise RunError(
            f"{where} says that it has format version {FORMAT_VERSION}, but its content does not follow it ({error}).\n"
            "Run `decompose analyze` again to replace it."
        ) from error


def begins_like_an_analysis(beginning: bytes) -> bool:
    """Whether the first bytes of a file are those of an encoded analysis."""
    return beginning.startswith(_SIGNATURE)


def json_schema() -> bytes:
    """The JSON Schema of ``analysis.json``, indented."""
    schema = msgspec.json.schema(Analysis)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "decompose analysis", **schema}
    return msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n"
