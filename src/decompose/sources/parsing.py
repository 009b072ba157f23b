"""Bytes -> syntax tree: by the running interpreter, and for newer syntax with libcst's help."""

from __future__ import annotations

import ast
import re
import warnings

from decompose.sources.decoding import Undecodable, decode

MAX_NESTING = 180
TOO_DEEP = "is nested too deeply to be read"
_PYTHON2 = re.compile(
    r"^\s*(?:(print)\s+[\"'\w]|(exec)\s+[\"'\w]|(raise)\s+\w+\s*,|(except)\s+[\w.]+\s*,\s*\w+\s*:)", re.MULTILINE
)
_PYTHON2_NAMES = ("print statement", "exec statement", "raise with a comma", "except with a comma")


class Unparsable(Exception):  # noqa: N818 - it is a finding about the input, not a failure of ours
    """Not Python that anybody can read; ``reason`` and ``line`` (0: the whole file) become a blind spot."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def parse(data: bytes) -> ast.Module:
    """The syntax tree of a file; raises `Unparsable`."""
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return _parse(data)
        except SyntaxError:
            pass  # The long way tells what is wrong, and reads what is newer than this interpreter.
        except (ValueError, RecursionError, MemoryError):
            pass
    try:
        text = decode(data)
    except Undecodable as problem:
        raise Unparsable(problem.reason, problem.line) from problem
    try:
        return _parse(text)
    except SyntaxError as problem:
        return _parse_newer(text, problem)
    except (RecursionError, MemoryError) as problem:
        raise Unparsable(TOO_DEEP) from problem
    except ValueError as problem:
        raise Unparsable(str(problem)) from problem


def _parse(source: str | bytes) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


def _parse_newer(text: str, original: SyntaxError) -> ast.Module:
    line = original.lineno or 0
    if _nesting(text) <= MAX_NESTING:
        # libcst is only for the few files that the interpreter refuses: it is many times slower.
        from decompose.sources.lowering import parse_newer

        tree = parse_newer(text)
        if tree is not None:
            return tree
    found = _PYTHON2.search(text)
    if found is not None:
        at = text.count("\n", 0, found.start(found.lastindex or 0)) + 1
        if abs(at - line) <= 1:
            raise Unparsable(f"is Python 2 ({_PYTHON2_NAMES[(found.lastindex or 1) - 1]}, line {at})", at) from original
    raise Unparsable(f"is not valid Python: {original.msg} (line {line})", line) from original


def _nesting(text: str) -> int:
    """The deepest nesting of brackets, roughly: parsers written with recursion need a bound."""
    depth = deepest = 0
    for character in re.findall(r"[\[\](){}]", text):
        if character in "[({":
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth = max(depth - 1, 0)
    return deepest
