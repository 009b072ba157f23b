"""Bytes to syntax trees: encodings, old and new Python, and what is no Python at all."""

from __future__ import annotations

import ast
import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decompose.sources import Unparsable, decode, parse


def _lines_of_functions(tree: ast.Module) -> dict[str, int]:
    return {node.name: node.lineno for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


READABLE = [
    pytest.param(b"", id="empty"),
    pytest.param(b"x = 'caf\xc3\xa9'\n", id="utf-8"),
    pytest.param(b"\xef\xbb\xbfx = 1\n", id="byte order mark"),
    pytest.param(b"# -*- coding: latin-1 -*-\nx = 'caf\xe9'\n", id="latin-1"),
    pytest.param(b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n", id="cp1252 in the second line"),
    pytest.param(b"\xef\xbb\xbf# coding: utf-8\nx = 1\n", id="byte order mark and declaration"),
    pytest.param(b"x = 1\r\ny = 2\r\n", id="crlf"),
    pytest.param(b"x = 1\ry = 2\r", id="cr"),
    pytest.param(b"if x:\n\ty = 1\n", id="tabs"),
    pytest.param(b"x = '\\d'\n", id="invalid escape, which only warns"),
    pytest.param(b"x = 1\n\x0c\ny = 2", id="form feed"),
]


@pytest.mark.parametrize("data", READABLE)
def test_readable(data: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the interpreter's own, of the line below
        expected = ast.parse(decode(data))
    assert ast.dump(parse(data)) == ast.dump(expected)


def test_the_text_of_an_encoded_file() -> None:
    assert decode(b"# coding: latin-1\r\nx = 'caf\xe9'\r\n") == "# coding: latin-1\nx = 'café'\n"


UNREADABLE = [
    pytest.param(b"x = 1\ny = '\xe9'\n", 2, "0xe9", id="latin-1 without saying so"),
    pytest.param(b"# coding: ascii\n\nx = '\xe9'\n", 3, "0xe9", id="declared as ascii"),
    pytest.param(b"# coding: martian\nx = 1\n", 1, "martian", id="unknown encoding"),
    pytest.param(b"# coding: punycode\nx = 1\n", 1, "is not punycode", id="encoding that is not for files"),
    pytest.param(b"\xef\xbb\xbf# coding: latin-1\nx = 1\n", 1, "", id="mark and another declaration"),
    pytest.param("x = 1".encode("utf-16"), 1, "UTF-16", id="utf-16"),
    pytest.param("x = 1".encode("utf-32"), 1, "UTF-32", id="utf-32"),
    pytest.param(b"\x00\x00\xfe\xff" + "x = 1".encode("utf-32-be"), 1, "UTF-32", id="utf-32, most significant first"),
    pytest.param(b"x = 1\ny = 2\0\n", 2, "null byte", id="null byte"),
    pytest.param(b"def f(:\n    pass\n", 1, "not valid Python", id="broken"),
    pytest.param(b"x = 1\n\ndef f():\nreturn 1\n", 4, "not valid Python", id="indentation"),
    pytest.param(b"x = 1\nprint 'hello'\n", 2, "Python 2", id="print statement"),
    pytest.param(b"try:\n    pass\nexcept ValueError, e:\n    print 'x'\n", 3, "Python 2", id="except with a comma"),
    pytest.param(b"def f():\n    exec 'x' in y\n", 2, "Python 2", id="exec statement"),
    pytest.param(b"raise ValueError, 'x'\n", 1, "Python 2", id="raise with a comma"),
    pytest.param(b"<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other\n", 1, "not valid Python", id="merge conflict"),
    pytest.param(b"x = " + b"(" * 5000 + b")" * 5000, 0, "", id="nested too deeply"),
    pytest.param(b"x = 'unfinished\n", 1, "not valid Python", id="unfinished string"),
]


@pytest.mark.parametrize(("data", "line", "reason"), UNREADABLE)
def test_unreadable(data: bytes, line: int, reason: str) -> None:
    with pytest.raises(Unparsable) as caught:
        parse(data)
    assert reason in caught.value.reason
    if line:
        assert caught.value.line == line


NEWER = [
    pytest.param("type X = int\ndef after(): pass\n", 2, id="type alias"),
    pytest.param("type X = (\n    int\n    | str\n)\ndef after(): pass\n", 5, id="type alias in parentheses"),
    pytest.param("type X[T = int] \\\n    = (list[T])\ndef after(): pass\n", 3, id="type alias over a backslash"),
    pytest.param("type X[T: int] = list[\n    T\n]\ndef after(): pass\n", 4, id="type alias over lines"),
    pytest.param("def f[T](x: T) -> T:\n    return x\ndef after(): pass\n", 3, id="generic function"),
    pytest.param(
        "def f[\n    T: (int, str),\n    *Ts,\n    **P,\n](x): pass\ndef after(): pass\n", 6, id="generic over lines"
    ),
    pytest.param("class A[T]:\n    def f(self): pass\ndef after(): pass\n", 3, id="generic class"),
    pytest.param("class A[T](B, metaclass=M): pass\ndef after(): pass\n", 2, id="generic class with bases"),
    pytest.param("class A[T](): pass\ndef after(): pass\n", 2, id="generic class with empty parentheses"),
    pytest.param("class A[T](metaclass=M): pass\ndef after(): pass\n", 2, id="generic class with only a keyword"),
    pytest.param("async def f[T = int](x): pass\ndef after(): pass\n", 2, id="default of a type parameter"),
    pytest.param("x = f'{d['key']}'\ndef after(): pass\n", 2, id="same quotes in an f-string"),
    pytest.param("x = f'{'\\n'.join(y)}'\ndef after(): pass\n", 2, id="backslash in an f-string"),
    pytest.param("x = f'{f'{f'{1}'}'}'\ndef after(): pass\n", 2, id="f-string in an f-string"),
    pytest.param(
        "x = f'{\n    y  # why\n}'\ndef after(): pass\n",
        4,
        id="f-string over lines",
    ),
    pytest.param("x = f'{y['a']:>{w['b']}} {z!r}'\ndef after(): pass\n", 2, id="format specification"),
    pytest.param("x = f'{y['a']} {{literal}}'\ndef after(): pass\n", 2, id="doubled braces"),
    pytest.param(
        "try:\n    pass\nexcept ValueError, TypeError:\n    pass\ndef after(): pass\n",
        5,
        id="except without parentheses",
    ),
    pytest.param(
        "try:\n    pass\nexcept* A, B:\n    pass\ndef after(): pass\n",
        5,
        id="except group without parentheses",
    ),
    pytest.param("x = t'{y} and {z}'\ndef after(): pass\n", 2, id="template string"),
    pytest.param(
        "@d\nclass A[T]:\n    x: T = f'{a['b']}'\n    type Y = T\ndef after(): pass\n", 5, id="several at once"
    ),
    pytest.param("def f[T](x: T = (1)) -> dict[str, T]: pass\ndef after(): pass\n", 2, id="generic with a default"),
]


@pytest.mark.parametrize(("text", "line"), NEWER)
def test_newer_syntax_keeps_its_lines(text: str, line: int) -> None:
    assert _lines_of_functions(parse(text.encode()))["after"] == line


def test_newer_syntax_keeps_what_matters() -> None:
    tree = parse(b"class A[T](Base):\n    def f[U](self, x: U):\n        return helper(f'{x['a'].go()}')\n")
    (cls,) = tree.body
    assert isinstance(cls, ast.ClassDef)
    assert ast.unparse(cls.bases[0]) == "Base"
    calls = {ast.unparse(node.func) for node in ast.walk(cls) if isinstance(node, ast.Call)}
    assert {"helper", "x['a'].go"} <= calls
    (function,) = cls.body
    assert isinstance(function, ast.FunctionDef)
    assert [argument.arg for argument in function.args.args] == ["self", "x"]


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        pytest.param("f'{x['a'].go()!r:>{w['b']}} {{ {y}'", 'f\'{x["a"].go()!r:>{w["b"]}} {{ {y}\'', id="same quotes"),
        pytest.param("f'{f'{f'{f(1)}'}'}'", "f'{f\"{f(1)}\"}'", id="strings inside strings"),
        pytest.param("'a' f'{x['a']}' 'b'", "'a' f'{x[\"a\"]}' 'b'", id="strings side by side"),
        pytest.param("t'{one()} and {two()}'", "f'{one()} and {two()}'", id="template string"),
        pytest.param("f'{x['a'] = }'", "f'{x[\"a\"]!r}'", id="with its own text"),
    ],
)
def test_strings_of_newer_syntax_hold_the_same_expressions(newer: str, older: str) -> None:
    assert _held(parse(newer.encode())) == _held(ast.parse(older))


def _held(tree: ast.Module) -> list[tuple[str, int]]:
    """What stands in the braces of strings, the innermost, and how it is shown."""
    nodes: list[Any] = list(ast.walk(tree))
    fields = [node for node in nodes if type(node).__name__ in ("FormattedValue", "Interpolation")]
    return [(ast.unparse(f.value), f.conversion) for f in fields if not isinstance(f.value, ast.JoinedStr)]


def test_newer_syntax_with_letters_beyond_one_byte() -> None:
    tree = parse("naïve = '日本語 🎉'; x = f'{d['é']}'\ntype Ñ = int\ndef after(): pass\n".encode())
    assert _lines_of_functions(tree) == {"after": 3}


@pytest.mark.parametrize("character", ["\x0c", "\x1c", "\x85", "\u2028"])
def test_newer_syntax_behind_characters_that_only_look_like_line_ends(character: str) -> None:
    tree = parse(f"x = 'a{character}b'\r\ntype X = int\r\nclass A[T]:\r\n    pass\r\ndef after(): pass\r\n".encode())
    assert _lines_of_functions(tree) == {"after": 5}


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    problem: Unparsable | None = None
    tree: ast.Module | None = None
    try:
        tree = parse(data)
    except Unparsable as refusal:
        problem = refusal
    if problem is None:
        assert isinstance(tree, ast.Module)
    else:
        assert problem.reason
        assert 0 <= problem.line <= data.count(b"\n") + data.count(b"\r") + 1
