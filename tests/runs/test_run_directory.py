"""The run directory: written whole, the same bytes every time, and read back."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import jsonschema
import msgspec
import pytest

from decompose.errors import OutputError, RunError
from decompose.runs.analysis import FORMAT_VERSION
from decompose.runs.directory import RUN_FILES, check_output, replace_files, save, write_file
from decompose.runs.document import encodable, encode, load, schema
from tests.applications import TINY, analysed_shop, run_cli, shop_with_a_web, write_tree

SAMPLE = Path(__file__).parents[2] / "sample_monolith"


def content(folder: Path) -> dict[str, bytes]:
    """Name -> bytes of everything in a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


class Full(Mapping[str, bytes]):
    """Two files, the second of which ends in an exception, as a full disk or Ctrl-C does."""

    def __init__(self, problem: BaseException) -> None:
        self.problem = problem

    def __len__(self) -> int:
        return 2

    def __iter__(self) -> Iterator[str]:
        return iter(("report.html", "graph.dot"))

    def __getitem__(self, name: str) -> bytes:
        if name == "graph.dot":
            raise self.problem
        return b"half"


_FULL = OSError(28, "No space left on device")


def test_a_run_holds_exactly_its_files() -> None:
    assert set(content(analysed_shop().run)) == RUN_FILES


def test_what_was_written_is_read_back() -> None:
    shop = analysed_shop()
    assert load(shop.run) == shop.analysis


def test_the_document_is_as_its_schema_says() -> None:
    document = json.loads((analysed_shop().run / "analysis.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(document, schema())
    assert document["format_version"] == FORMAT_VERSION
    del document["system"]["tables"][0]["name"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema())


@pytest.mark.parametrize("problem", [_FULL, KeyboardInterrupt()])
def test_a_failure_while_writing_leaves_the_previous_run(tmp_path: Path, problem: BaseException) -> None:
    target = tmp_path / "run"
    document = encode(analysed_shop().analysis)
    save(document, target, {"report.html": b"first"})
    with pytest.raises((OutputError, KeyboardInterrupt)):
        save(document, target, Full(problem))
    assert content(target) == {"analysis.json": document, "report.html": b"first"}
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_failure_while_writing_leaves_no_new_folders(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        save(b"{}", tmp_path / "a" / "b" / "run", Full(_FULL))
    assert list(tmp_path.iterdir()) == []


def test_a_run_is_replaced_whole(tmp_path: Path) -> None:
    document = encode(analysed_shop().analysis)
    save(document, tmp_path / "run", {"report.html": b"first", "graph.dot": b"first"})
    save(document, tmp_path / "run", {"report.html": b"second"})
    assert content(tmp_path / "run") == {"analysis.json": document, "report.html": b"second"}
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"analysis.json": b'{"mine": 1}'}, id="another analysis.json"),
        pytest.param({"report.html": b"<p>mine"}, id="no analysis.json"),
        pytest.param({"notes.txt": b"mine"}, id="something else"),
        pytest.param(
            {"analysis.json": b'{"format_version":1,"decompose_version":"0', "notes.txt": b"mine"}, id="notes"
        ),
        pytest.param({"report.html/inner": b"mine"}, id="a folder called like a file of ours"),
    ],
)
def test_a_folder_that_is_not_ours_is_refused(tmp_path: Path, files: dict[str, bytes]) -> None:
    target = write_tree(tmp_path / "mine", files)
    with pytest.raises(OutputError, match="did not write"):
        check_output(target)
    with pytest.raises(OutputError, match="did not write"):
        save(b"{}", target, {})
    assert all((target / name).read_bytes() == data for name, data in files.items())


def test_an_empty_folder_and_a_broken_run_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write_tree(tmp_path / "broken", {"analysis.json": encode(analysed_shop().analysis)[:200]})
    for name in ("empty", "broken"):
        save(b"{}", tmp_path / name, {})
        assert content(tmp_path / name) == {"analysis.json": b"{}"}


def test_checking_the_output_makes_nothing(tmp_path: Path) -> None:
    check_output(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("output", [".", "..", "./inner/..", "/"])
def test_the_current_folder_is_not_replaced(tmp_path: Path, output: str) -> None:
    base = write_tree(tmp_path / "app", TINY)
    cwd = tmp_path / "cwd" / "here"
    cwd.mkdir(parents=True)
    result = run_cli("analyze", base, "-o", output, "--no-cache", cwd=cwd)
    assert result.returncode == 2
    assert "in use" in result.stderr
    assert "Reading" not in result.stderr
    assert list(cwd.iterdir()) == []


def test_single_files_are_replaced_whole(tmp_path: Path) -> None:
    write_tree(tmp_path, {"report.html": b"old", "calls.csv": b"mine"})
    replace_files(tmp_path, {"report.html": b"new"})
    assert content(tmp_path) == {"report.html": b"new", "calls.csv": b"mine"}


@contextmanager
def largest_file() -> Iterator[int]:
    """As on a full disk: no file can have more bytes than this. Not around a whole test, whose own output may go to a larger file."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        yield 1000
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_file_that_cannot_be_written_whole_is_not_written(tmp_path: Path) -> None:
    write_file(b"old", tmp_path / "calls.csv")
    for name in ("calls.csv", "new.csv"):
        told = rf"{name}: cannot be written .*Choose another place with -o"
        with pytest.raises(OutputError, match=told), largest_file() as largest:
            write_file(bytes(largest + 1), tmp_path / name)
    assert content(tmp_path) == {"calls.csv": b"old"}


def test_a_file_is_replaced_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").touch(0o600)
    (tmp_path / "link.csv").symlink_to("secret.csv")
    write_file(b"new", tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "secret.csv").read_bytes() == b"new"
    assert (tmp_path / "secret.csv").stat().st_mode & 0o777 == 0o600
    write_file(b"gone", Path(os.devnull))
    with pytest.raises(OutputError, match="Is a directory"):
        write_file(b"new", tmp_path)


def test_a_run_that_may_not_be_changed_is_refused(tmp_path: Path) -> None:
    write_tree(tmp_path / "run", {"analysis.json": encode(analysed_shop().analysis), "report.html": b""})
    (tmp_path / "run").chmod(0o555)
    somebody = os.getuid() or 65534
    os.setreuid(somebody, -1)  # may everything be changed by whoever runs the tests, not so by somebody else
    try:
        with pytest.raises(OutputError, match=r"run: this run may not be changed\. Choose another place with -o"):
            check_output(tmp_path / "run")
    finally:
        os.setreuid(os.geteuid(), -1)
        (tmp_path / "run").chmod(0o755)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(None, "no run directory", id="nothing"),
        pytest.param(b"", "is broken", id="empty"),
        pytest.param(b"{", "is broken", id="cut off"),
        pytest.param(b'{"format_version": 1}', "is broken", id="nothing in it"),
        pytest.param(b'{"format_version": 99, "decompose_version": "9.9"}', "format 99.*decompose 9.9", id="version"),
    ],
)
def test_what_is_no_run_is_refused(tmp_path: Path, data: bytes | None, words: str) -> None:
    if data is not None:
        (tmp_path / "analysis.json").write_bytes(data)
    with pytest.raises(RunError, match=words):
        load(tmp_path)
    result = run_cli("report", tmp_path, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert "Traceback" not in result.stderr


def test_names_that_are_no_utf8_are_spelled_out() -> None:
    analysis = analysed_shop().analysis
    system = msgspec.structs.replace(analysis.system, name="caf\udce9")
    changed = encodable(msgspec.structs.replace(analysis, system=system))
    assert changed.system.name == "caf\\udce9"
    assert msgspec.structs.replace(changed, system=analysis.system) == analysis


def test_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    """Whatever the hash seed, the number of processes, the cache, and the order in which files were made."""
    files = shop_with_a_web()
    first = write_tree(tmp_path / "one" / "shop", files)
    second = write_tree(tmp_path / "two" / "shop", dict(reversed(files.items())))
    variants = [
        (first, "0", ("--jobs", "1", "--no-cache")),
        (second, "1", ("--jobs", "3", "--no-cache")),
        (first, "2", ("--jobs", "2")),
        (second, "3", ("--jobs", "2")),
    ]
    found = []
    for number, (base, seed, options) in enumerate(variants):
        run = tmp_path / f"run{number}"
        result = run_cli("analyze", base, "-o", run, *options, cwd=tmp_path, env={"PYTHONHASHSEED": seed})
        assert result.returncode == 0, result.stderr
        found.append(content(run))
    assert found[1:] == found[:1] * 3


SUMS = """
import builtins, math, sys
plain = builtins.sum
def precise(values, start=0):
    values = list(values)
    return math.fsum(values) + start if float in map(type, values) else plain(values, start)
builtins.sum = {sum}
from decompose import api
api.analyze(sys.argv[1], sys.argv[2], cache_folder=None, jobs=1)
"""


def test_how_a_python_adds_changes_nothing(tmp_path: Path) -> None:
    """From 3.12 on `sum` rounds once and not after each number; the committed report is the same with every Python."""
    for how in ("plain", "precise"):
        subprocess.run([sys.executable, "-c", SUMS.format(sum=how), SAMPLE, tmp_path / how], check=True)
    assert content(tmp_path / "plain") == content(tmp_path / "precise")


def test_a_run_does_not_depend_on_the_folder_it_is_called_from(tmp_path: Path) -> None:
    base = write_tree(tmp_path / "shop", shop_with_a_web())
    here = run_cli("analyze", base, "-o", tmp_path / "here", "--no-cache", cwd=tmp_path)
    there = run_cli("analyze", ".", "-o", tmp_path / "there", "--no-cache", cwd=base)
    assert (here.returncode, there.returncode) == (0, 0), here.stderr + there.stderr
    assert content(tmp_path / "here") == content(tmp_path / "there")


def test_python_finds_the_same_as_the_command(tmp_path: Path) -> None:
    """Through the public door, in a process of its own."""
    code = (
        "import sys; from decompose import api\n"
        "a = api.analyze(sys.argv[1], sys.argv[2], cache_folder=None, jobs=1)\n"
        "assert api.load(__import__('pathlib').Path(sys.argv[2])) == a"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    shop = analysed_shop()
    subprocess.run([sys.executable, "-c", code, shop.base, tmp_path / "run"], env=environment, check=True)
    assert content(tmp_path / "run") == content(shop.run)
