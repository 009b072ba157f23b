"""Facts are a pure function of a file's bytes, and the cache gives the same ones back."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from decompose.facts import FileFacts, Op, collect_facts, extract
from decompose.sources import Unparsable, discover, parse

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Draw

SOURCE = """
import os
from .models import Order as O

class Service(Base, flag=True):
    table: str = "orders"

    @property
    def total(self) -> int:
        return compute(
            self.lines,
        )

def main(x: O, *rest, key=None):
    for order in x:
        order.pay(
            f"SELECT {key} FROM orders",
        )

def counting():
    hits = misses = full = rounds = 0
    def one():
        nonlocal hits, misses, full, rounds
        hits, misses, full, rounds = build(), build(), build(), build()
    return one
"""


def _facts(text: str) -> FileFacts:
    return extract(parse(text.encode()))


def _encoded(facts: list[FileFacts]) -> bytes:
    return msgspec.msgpack.encode(facts)


def test_facts_survive_being_written_down() -> None:
    facts = _facts(SOURCE)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(facts), type=FileFacts) == facts


def test_equal_bytes_give_equal_facts_in_another_process() -> None:
    program = (
        "import sys, msgspec; from decompose.facts import extract; from decompose.sources import parse; "
        "sys.stdout.buffer.write(msgspec.msgpack.encode(extract(parse(sys.stdin.buffer.read()))))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            input=SOURCE.encode(),
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert found == {msgspec.msgpack.encode(_facts(SOURCE))}


def test_scopes_and_their_lines() -> None:
    scopes = [(s.qualname, s.line, s.end_line) for s in _facts(SOURCE).scopes]
    assert scopes == [
        ("", 1, 25),
        ("Service", 5, 12),
        ("Service.total", 9, 12),
        ("main", 14, 18),
        ("counting", 20, 25),
        ("counting.one", 22, 24),
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("f()\ng()\n\nh()", [1, 2, 4], id="one on each line"),
        pytest.param("x = f(\n    g(),\n    h(),\n)", [1, 2, 3], id="arguments"),
        pytest.param("(\n    a\n    .f()\n    .g()\n)", [3, 4], id="chain"),
        pytest.param("'''\n\n'''\nf()", [4], id="after a long string"),
        pytest.param("x = 1 + \\\n    f()", [2], id="continued line"),
        pytest.param("x = [\n    f(y)\n    for y in g()\n]", [2, 3], id="comprehension"),
        pytest.param("x = f'''\n{f()}\n{a}{g()}'''", [2, 3], id="f-string over lines"),
        pytest.param("x = f'{f('a')}'\ny = f'{\n    g('b')  # why\n}'\nh()", [1, 3, 5], id="f-string of newer syntax"),
        pytest.param("x = t'{f()}'\ng()", [1, 2], id="template string"),
    ],
)
def test_lines_of_calls(text: str, lines: list[int]) -> None:
    (module,) = _facts(text).scopes
    assert sorted(operation[-1] for operation in module.ops if operation[0] == Op.CALL) == lines


def test_what_python_would_warn_of_in_evaluated_text_is_not_shown() -> None:
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        _facts("eval('1if x else y()')\nz: '0or T'\n")
    assert not shown


def test_lines_of_decorated_definitions() -> None:
    facts = _facts("@one\n@two(\n    3)\ndef f():\n    pass\n")
    assert (facts.scopes[1].line, facts.scopes[1].end_line) == (4, 5)


def test_lines_are_those_of_the_bytes_whatever_ends_them() -> None:
    unix = _facts(SOURCE)
    assert _facts(SOURCE.replace("\n", "\r\n")) == unix
    assert _facts("\ufeff" + SOURCE) == unix


@pytest.mark.parametrize("text", ["x = 1\n", "X = {'a': [1, (2, 3)]}\n", "'''Only words.'''\n", ""])
def test_data_leaves_no_operations(text: str) -> None:
    (module,) = _facts(text).scopes
    assert module.ops == []


@given(st.sampled_from(SOURCE.split("\n")), st.integers(0, 17))
@settings(max_examples=60)
def test_every_ref_is_a_node_of_its_scope(line: str, position: int) -> None:
    lines = SOURCE.split("\n")
    lines.insert(position, line)
    try:
        facts = _facts("\n".join(lines))
    except Unparsable:
        reject()  # the shuffled text need not be Python
    for index, scope in enumerate(facts.scopes):
        assert -1 <= scope.parent < max(index, 1)
        numbers = [ref for ref in (*scope.names.values(), *scope.returns, *scope.yields) if type(ref) is int]
        numbers += [operation[1] for operation in scope.ops if operation[0] in (Op.CALL, Op.ATTRIBUTE, Op.COPY)]
        assert all(-1 <= number < scope.nodes for number in numbers)


def _tree(draw: Draw) -> Path:
    return draw({"a.py": SOURCE, "b.py": "def f(): pass", "broken.py": "def f(:", "empty.py": ""}).base


def test_the_cache_gives_equal_facts(draw: Draw, tmp_path: Path) -> None:
    tree = discover(_tree(draw))
    plain = collect_facts(tree.base, tree.files)
    cold = collect_facts(tree.base, tree.files, cache_folder=tmp_path / "cache")
    warm = collect_facts(tree.base, tree.files, cache_folder=tmp_path / "cache")
    assert (plain.from_cache, cold.from_cache, warm.from_cache) == (0, 0, 4)
    assert _encoded(plain.facts) == _encoded(cold.facts) == _encoded(warm.facts)


def test_only_what_changed_is_read_again(draw: Draw, tmp_path: Path) -> None:
    base = _tree(draw)
    tree = discover(base)
    collect_facts(tree.base, tree.files, cache_folder=tmp_path / "cache")
    (base / "b.py").write_text("def g(): pass")
    changed = discover(base)
    collected = collect_facts(changed.base, changed.files, cache_folder=tmp_path / "cache")
    assert collected.from_cache == 3
    assert [scope.name for scope in collected.facts[1].scopes] == ["", "g"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"this is no database", id="other content"),
        pytest.param(b"SQLite format 3\0" + b"\xff" * 4000, id="broken database"),
    ],
)
def test_a_broken_cache_is_an_empty_cache(draw: Draw, tmp_path: Path, content: bytes) -> None:
    tree = discover(_tree(draw))
    expected = collect_facts(tree.base, tree.files, cache_folder=tmp_path / "cache")
    for file in (tmp_path / "cache").iterdir():
        file.unlink() if file.name.endswith(("-wal", "-shm")) else file.write_bytes(content)
    again = collect_facts(tree.base, tree.files, cache_folder=tmp_path / "cache")
    assert again.from_cache == 0
    assert _encoded(again.facts) == _encoded(expected.facts)


def test_a_broken_row_of_the_cache_is_made_again(draw: Draw, tmp_path: Path) -> None:
    tree = discover(_tree(draw))
    expected = collect_facts(tree.base, tree.files, cache_folder=tmp_path / "cache")
    (file,) = (tmp_path / "cache").glob("*.sqlite")
    connection = sqlite3.connect(file)
    with connection:
        connection.execute("UPDATE facts SET content = x'c1ff00'")
    connection.close()
    again = collect_facts(tree.base, tree.files, cache_folder=tmp_path / "cache")
    assert _encoded(again.facts) == _encoded(expected.facts)


def test_a_cache_that_cannot_be_made(draw: Draw, tmp_path: Path) -> None:
    tree = discover(_tree(draw))
    (tmp_path / "file").write_text("in the way")
    collected = collect_facts(tree.base, tree.files, cache_folder=tmp_path / "file")
    assert [bool(facts.error) for facts in collected.facts] == [False, False, True, False]


def test_an_executor_may_do_the_work(draw: Draw) -> None:
    tree = discover(_tree(draw))
    with ThreadPoolExecutor(2) as executor:
        found = collect_facts(tree.base, tree.files, executor=executor)
    assert _encoded(found.facts) == _encoded(collect_facts(tree.base, tree.files).facts)


def test_several_processes_find_the_same(draw: Draw) -> None:
    body = "".join(f"def f{number}(x): return g{number}(x.attribute)\n" for number in range(6000))
    tree = discover(draw({f"m{number}.py": f"# {number}\n{body}" for number in range(4)}).base)
    one = collect_facts(tree.base, tree.files, jobs=1)
    assert _encoded(collect_facts(tree.base, tree.files, jobs=3).facts) == _encoded(one.facts)


def test_progress_ends_with_everything(draw: Draw) -> None:
    tree = discover(_tree(draw))
    seen: list[tuple[str, int, int]] = []
    collect_facts(tree.base, tree.files, progress=lambda *step: seen.append(step))
    assert seen[0] == ("facts", 0, 4)
    assert seen[-1] == ("facts", 4, 4)


def test_a_file_that_cannot_be_parsed_is_a_blind_spot(draw: Draw) -> None:
    app = draw({"m.py": "def f(): pass", "broken.py": "x = 1\ndef f(:\n", "old.py": "print 'x'\n"})
    assert {(s.file, s.line) for s in app.blind_spots("unparsed file")} == {("broken.py", 2), ("old.py", 1)}
    assert {d.file for d in app.system.definitions} == {"m.py"}


def test_a_file_that_goes_away_is_a_blind_spot(draw: Draw) -> None:
    app = draw({"m.py": "def f(): pass", "gone.py": "def g(): pass"})
    (app.base / "gone.py").unlink()
    assert [s.file for s in app.blind_spots("unparsed file")] == ["gone.py"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("f('\\ud800')", id="argument"),
        pytest.param("X = '\\udcff'", id="constant"),
        pytest.param("X = {'\\ud800': g}", id="key"),
        pytest.param("def f(): '\\ud800'", id="docstring"),
        pytest.param("f(b'\\xff', '\\0', 1e999, 10 ** 400, 1j, ...)", id="odd constants"),
        pytest.param("f(" + "9" * 4000 + ")", id="long number"),
    ],
)
def test_any_constant_can_be_written_down(draw: Draw, text: str) -> None:
    app = draw({"m.py": text, "other.py": "def f(): pass"})
    assert {d.file for d in app.system.definitions} == {"m.py", "other.py"}
