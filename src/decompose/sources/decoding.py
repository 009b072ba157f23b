"""Bytes -> text, as PEP 263 says."""

from __future__ import annotations

import codecs
import io
import tokenize


class Undecodable(Exception):  # noqa: N818 - it is a finding about the input, not a failure of ours
    """The bytes are no text in the encoding that they claim."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def decode(data: bytes) -> str:
    """The text of a Python file, with line ends unified; raises `Undecodable` with the line."""
    for mark, name in (
        (codecs.BOM_UTF32_LE, "UTF-32"),  # begins with the mark of UTF-16
        (codecs.BOM_UTF32_BE, "UTF-32"),
        (codecs.BOM_UTF16_LE, "UTF-16"),
        (codecs.BOM_UTF16_BE, "UTF-16"),
    ):
        if data.startswith(mark):
            raise Undecodable(f"is {name}, which Python does not read; save it as UTF-8", 1)
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except (SyntaxError, LookupError) as problem:
        raise Undecodable(_detection_problem(data, problem), 1) from problem
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        byte = data[problem.start]
        raise Undecodable(f"byte 0x{byte:02x} in line {line} is not {encoding}", line) from problem
    except LookupError as problem:
        raise Undecodable(f"unknown encoding {encoding}", 1) from problem
    except UnicodeError as problem:  # codecs that are not for text files, such as punycode, have reasons of their own
        raise Undecodable(f"is not {encoding}: {problem}", 1) from problem
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Undecodable(f"null byte in line {line}", line)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _detection_problem(data: bytes, problem: Exception) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        return f"byte 0x{data[wrong.start]:02x} in line {line} is not utf-8, and no encoding is declared"
    return str(problem)
