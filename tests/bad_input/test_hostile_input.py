"""Input that is broken or hostile: one clear message and exit code 2, or a blind spot; never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from tests.applications import TINY, write_tree

Result = subprocess.CompletedProcess[str]
Run = Callable[..., Result]
"""Called with the arguments, and ``stdout`` where it is not to be caught."""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command line as a user does, in a folder of its own."""
    program = Path(sys.executable).with_name("decompose")
    place = tmp_path / "cwd"
    place.mkdir()

    def run(*arguments: str | Path, stdout: IO[str] | int = subprocess.PIPE) -> Result:
        return subprocess.run(
            [program, *map(str, arguments)],
            cwd=place,
            env={**os.environ, "DECOMPOSE_CACHE_DIR": str(tmp_path / "cache")},
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    return run


def refused(result: Result, *words: str) -> None:
    """Check that it ended with one message for people and exit code 2."""
    assert "Traceback" not in result.stderr
    assert result.returncode == 2
    for word in words:
        assert word in result.stderr


def analysed(result: Result) -> None:
    """Check that it went through."""
    assert "Traceback" not in result.stderr
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("files", "words"),
    [
        pytest.param({}, ("no Python file", "right folder"), id="empty folder"),
        pytest.param({"a.js": "x"}, ("no Python file", "1 .js"), id="no Python in it"),
        pytest.param({"a.py": ""}, ("nothing to analyse",), id="nothing defined"),
        pytest.param({"a.py": "def f(): pass\ndef g(): pass\n"}, ("no dependency", "--root"), id="no dependency"),
        pytest.param({"a.py": "def f(:\n"}, ("1 file could not be read, such as a.py",), id="only broken syntax"),
        pytest.param(
            {"a.py": "def f(): pass\ndef g(): pass\n", "b.py": "def f(:\n"},
            ("no dependency", "1 file could not be read, such as b.py"),
            id="what ties it together is broken",
        ),
        pytest.param({"tests/test_a.py": "def test_a(): pass\n"}, ("left out of a split",), id="only tests"),
    ],
)
def test_a_folder_without_anything_to_split_is_refused(
    run: Run, tmp_path: Path, files: dict[str, str], words: tuple[str, ...]
) -> None:
    (tmp_path / "app").mkdir()
    refused(run("analyze", write_tree(tmp_path / "app", files), "-o", tmp_path / "out"), str(tmp_path / "app"), *words)
    assert not (tmp_path / "out").exists()


def test_a_path_that_is_no_folder_is_refused(run: Run, tmp_path: Path) -> None:
    refused(run("analyze", tmp_path / "nowhere", "-o", tmp_path / "out"), str(tmp_path / "nowhere"), "no such folder")
    file = write_tree(tmp_path / "app", TINY) / "app.py"
    refused(run("analyze", file, "-o", tmp_path / "out"), str(file), "this is a file")


def test_an_output_below_a_file_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    refused(
        run("analyze", write_tree(tmp_path / "app", TINY), "-o", tmp_path / "file" / "run"), "cannot be written", "-o"
    )
    assert (tmp_path / "file").read_text() == "mine"


def test_a_refused_run_leaves_nothing_behind(run: Run, tmp_path: Path) -> None:
    refused(run("analyze", tmp_path / "nowhere"))
    assert list((tmp_path / "cwd").iterdir()) == []


# What used to end in a traceback


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            'from app import words\n\nBAD = "\\ud800"\n\n\ndef use():\n    return words(), BAD\n', id="literal"
        ),
        pytest.param(
            "import sqlite3\n\n\ndef use():\n    sqlite3.connect('x').execute('insert into \"t\\ud800\" values (1)')\n",
            id="SQL text",
        ),
        pytest.param(
            "from flask import Flask\n\napp = Flask('x')\n\n\n@app.route('/\\ud800')\ndef use():\n    return 1\n",
            id="route",
        ),
    ],
)
def test_a_lone_surrogate_in_a_literal_is_read(run: Run, tmp_path: Path, source: str) -> None:
    analysed(run("analyze", write_tree(tmp_path / "app", {**TINY, "bad.py": source}), "-o", tmp_path / "out"))


def test_a_file_name_that_is_no_utf8_is_read(run: Run, tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    files = {**TINY, name: "from app import words\n\n\ndef use():\n    return words()\n"}
    analysed(run("analyze", write_tree(tmp_path / "app", files), "-o", tmp_path / "out"))


@pytest.mark.parametrize(
    ("name", "text", "key"),
    [
        pytest.param("decompose.toml", "nonsense = 1\nservices = 'x'\n", "nonsense", id="unknown key"),
        pytest.param(
            "pyproject.toml", "[tool]\ndecompose = 5\n", "tool.decompose", id="no table",
        ),
        pytest.param(
            "decompose.toml", "weights = {calls = inf}\n", "weights.calls", id="infinite weight",
        ),
        pytest.param(
            "decompose.toml", "weights = {calls = nan}\n", "weights.calls", id="weight that is no number",
        ),
    ],
)  # fmt: skip
def test_a_wrong_configuration_is_refused_with_file_and_key(
    run: Run, tmp_path: Path, name: str, text: str, key: str
) -> None:
    base = write_tree(tmp_path / "app", {**TINY, name: text})
    refused(run("analyze", base, "-o", tmp_path / "out"), str(base / name), key)


def test_an_exclude_pattern_that_means_nothing_is_refused(run: Run, tmp_path: Path) -> None:
    refused(
        run("analyze", write_tree(tmp_path / "app", TINY), "-o", tmp_path / "out", "--exclude", "!"), "--exclude", "!"
    )


@pytest.mark.parametrize("services", ["0", "5-2", "many", "-1"])
def test_a_number_of_services_that_is_none_is_refused(run: Run, tmp_path: Path, services: str) -> None:
    base = write_tree(tmp_path / "app", TINY)
    refused(run("analyze", base, "-o", tmp_path / "out", "--services", services), "--services", services)


def test_a_path_that_is_too_long_is_refused(run: Run) -> None:
    refused(run("analyze", "a" * 5000))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"[]", id="another document"),
        pytest.param(b'{"format_version": 99}', id="another version"),
        pytest.param(b'{"format_version": 1', id="cut off"),
        pytest.param(
            b'{"format_version": 1, "decompose_version": "\xff"}', id="no UTF-8",
        ),
        pytest.param(
            b'{"format_version": 1, "x": ' + b"[" * 200_000, id="nested deeply",
        ),
    ],
)  # fmt: skip
def test_a_broken_run_directory_is_refused(run: Run, tmp_path: Path, content: bytes) -> None:
    base = write_tree(tmp_path / "run", {"analysis.json": content})
    refused(run("export", base, "tables"), str(base / "analysis.json"), "decompose analyze")


def test_a_full_stdout_is_told(run: Run) -> None:
    with Path("/dev/full").open("w") as full:
        refused(run("schema", stdout=full), "No space left")


# What used to be lost or faked


def test_a_folder_of_something_else_is_not_replaced(run: Run, tmp_path: Path) -> None:
    other = write_tree(tmp_path / "thesis", {"analysis.json": '{"mine": 1}', "thesis.tex": "years of work"})
    run("analyze", write_tree(tmp_path / "app", TINY), "-o", other)
    assert (other / "thesis.tex").exists()


def test_source_text_does_not_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    source = 'def use():\n    return show("\x1b]0;pwned\x07")\n\n\ndef show(text):\n    return text\n'
    analysed(run("analyze", write_tree(tmp_path / "app", {"app.py": source}), "-o", tmp_path / "out"))
    result = run("explain", tmp_path / "out", "app:show")
    assert "pwned" in result.stdout
    assert "\x1b" not in result.stdout


def test_control_characters_in_the_names_of_tables_do_not_reach_the_page(run: Run, tmp_path: Path) -> None:
    source = """
import sqlite3

def show(connection: sqlite3.Connection):
    connection.execute('INSERT INTO "orders\\x1b[31m\\x00" (total) VALUES (1)')
"""
    analysed(run("analyze", write_tree(tmp_path / "app", {"app.py": source}), "-o", tmp_path / "out"))
    page = (tmp_path / "out" / "report.html").read_text()
    assert r"\x1b[31m\x00" in page
    assert not {"\x1b", "\x00"} & set(page)
