"""Trees that are odd or broken: what can be read is analysed, the rest is a blind spot with its reason."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from decompose import api
from decompose.cli.summary import summary
from decompose.facts import collect_facts
from decompose.sources import discover
from decompose.sources.stamps import Seen
from decompose.workflow import Request, run_outcome
from tests.applications import TINY, Result, run_cli, shop_with_a_web, write_tree

GOOD = "from app import words\n\n\ndef use():\n    return words()\n"


def analysed(tmp_path: Path, base: Path) -> Result:
    """Analyse, which must go through."""
    result = run_cli("analyze", base, "-o", tmp_path / "run", "--jobs", "1", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    return result


def blind_spots(tmp_path: Path) -> dict[str, tuple[str, str]]:
    """File -> kind and reason of what could not be read."""
    result = run_cli("export", tmp_path / "run", "blind_spots", cwd=tmp_path)
    return {row["file"]: (row["kind"], row["reason"]) for row in csv.DictReader(io.StringIO(result.stdout))}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"def f(:\n", id="broken syntax"),
        pytest.param(b"class A:\ndef f(self):\n  pass\n", id="wrong indent"),
        pytest.param(b"# coding: nonsense\nx = 1\n", id="unknown encoding"),
        pytest.param(b"# coding: utf-8\nx = '\xff\xfe'\n", id="wrong encoding"),
        pytest.param(b"x = 1\0\n", id="a zero byte"),
        pytest.param(b"x = " + b"(" * 5000 + b")" * 5000, id="nested deeply"),
    ],
)
def test_a_file_that_cannot_be_parsed_is_a_blind_spot(tmp_path: Path, content: bytes) -> None:
    base = write_tree(tmp_path / "app", {**TINY, "use.py": GOOD, "bad.py": content})
    assert "Not read: bad.py (" in analysed(tmp_path, base).stdout
    assert blind_spots(tmp_path)["bad.py"][0] == "unparsed file"


def test_python_2_is_read_or_a_blind_spot(tmp_path: Path) -> None:
    source = b"import app\n\n\ndef old():\n    print 'hello'\n    raise ValueError, 'no'\n"
    base = write_tree(tmp_path / "app", {**TINY, "use.py": GOOD, "old.py": source})
    analysed(tmp_path, base)
    assert blind_spots(tmp_path)["old.py"][0] == "unparsed file"


@pytest.mark.parametrize(
    ("encoding", "text"), [("latin-1", "# coding: latin-1\n# caf\xe9\n"), ("utf-8-sig", ""), ("utf-8", "# 漢字\r\n")]
)
def test_declared_encodings_are_read(tmp_path: Path, encoding: str, text: str) -> None:
    base = write_tree(tmp_path / "app", {**TINY, "use.py": (text + GOOD).encode(encoding)})
    analysed(tmp_path, base)
    assert "use.py" not in blind_spots(tmp_path)
    result = run_cli("explain", tmp_path / "run", "use:use", "app:words", cwd=tmp_path)
    assert "use:use -[call]-> app:words (exact" in result.stdout


def test_what_is_no_regular_file_is_not_waited_for(tmp_path: Path) -> None:
    base = write_tree(tmp_path / "app", {**TINY, "use.py": GOOD, "folder.py/inner.py": GOOD})
    os.mkfifo(base / "pipe.py")
    (base / "dangling.py").symlink_to(base / "nowhere.py")
    (base / "outside.py").symlink_to("/etc/hostname")
    (base / "itself").symlink_to(base)
    (base / "loop.py").symlink_to(base / "loop.py")
    analysed(tmp_path, base)
    spots = blind_spots(tmp_path)
    assert {"pipe.py", "dangling.py", "outside.py", "itself", "loop.py"} <= set(spots)
    assert spots["pipe.py"] == ("unparsed file", "is not a regular file") or "regular" in spots["pipe.py"][1]
    assert spots["itself"][1].endswith("already read")


def test_a_huge_generated_file_is_left_out_and_said(tmp_path: Path) -> None:
    base = write_tree(tmp_path / "app", {**TINY, "use.py": GOOD, "data.py": b"x = 1\n" * 3_400_000})
    assert "Not read: data.py (has 20 MB" in analysed(tmp_path, base).stdout
    assert "20 MB" in blind_spots(tmp_path)["data.py"][1]


def test_python_without_any_dependency_is_refused(tmp_path: Path) -> None:
    base = write_tree(tmp_path / "app", {"a.py": "def f(): pass\n", "b.py": "def g(): pass\n"})
    result = run_cli("analyze", base, "-o", tmp_path / "run", cwd=tmp_path)
    assert result.returncode == 2
    assert "--root" in result.stderr


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("pyproject.toml", "[tool.decompose]\nservices = 3\n[broken\n", ("pyproject.toml", "line 3")),
        ("decompose.toml", "services = \n", ("decompose.toml", "line 1")),
        ("decompose.toml", "services = '9-1'\nweights = {calls = 1e300, x = 1}\nexclude = ['!']\nroots = 3\n",
         ("services", "weights.calls", "weights.x", "exclude", "roots")),
    ],
)  # fmt: skip
def test_a_broken_configuration_is_refused_with_every_error(
    tmp_path: Path, name: str, text: str, words: tuple[str, ...]
) -> None:
    base = write_tree(tmp_path / "app", {**TINY, name: text})
    result = run_cli("analyze", base, "-o", tmp_path / "run", cwd=tmp_path)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert [word for word in words if word not in result.stderr] == []


def test_another_tools_broken_pyproject_is_its_own_business(tmp_path: Path) -> None:
    analysed(tmp_path, write_tree(tmp_path / "app", {**TINY, "use.py": GOOD, "pyproject.toml": "[tool.x\n"}))


_INTERRUPTED = """
import os, signal, sys
from pathlib import Path

from decompose.facts import collect_facts
from decompose.sources import discover

tree = discover(Path(sys.argv[1]))
send = lambda *_: os.killpg(0, signal.SIGINT)
moment = {"before they have begun": {"meanwhile": send}, "while they work": {"progress": lambda _, done, all: done and send()}}
try:
    collect_facts(tree.base, tree.files, jobs=2, **moment[sys.argv[2]])
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.parametrize("moment", ["before they have begun", "while they work"])
def test_processes_that_help_end_without_a_word(tmp_path: Path, moment: str) -> None:
    """As a terminal sends Ctrl-C to all of them."""
    long = "".join(f"def f{number}(): return g({number})\n" for number in range(15_000))
    base = write_tree(tmp_path, {f"m{number}.py": f"x = {number}\n{long}" for number in range(8)})
    ended = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED, base, moment],
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )
    assert (ended.stdout, ended.stderr, ended.returncode) == ("interrupted\n", "", 0)


_LEFT_ALONE = """
import os, sys
from pathlib import Path

from decompose.facts import collect_facts
from decompose.sources import discover

def end():
    print(flush=True)
    os.kill(os.getpid(), 9)

tree = discover(Path(sys.argv[1]))
collect_facts(tree.base, tree.files, jobs=2, meanwhile=end)
"""


def test_processes_that_help_end_with_the_one_that_is_killed(tmp_path: Path) -> None:
    """They hold its output open as long as they live: reading it to the end waits for them."""
    long = f"# {'x' * 70}\n" * 4_000
    base = write_tree(tmp_path, {f"m{number}.py": f"x = {number}\n{long}" for number in range(3)})
    with subprocess.Popen(
        [sys.executable, "-c", _LEFT_ALONE, base], stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            output, _ = process.communicate(timeout=300)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    assert (output, process.returncode) == (b"\n", -signal.SIGKILL)


@pytest.mark.parametrize(
    ("stage", "sent", "expected"),
    [
        ("Reading files", signal.SIGINT, 130),
        ("Reading files", signal.SIGTERM, 143),
        ("Proposing boundaries", signal.SIGINT, 130),
        ("Writing the report", signal.SIGINT, 130),
        ("Writing the report", signal.SIGTERM, 143),
    ],
)
def test_ctrl_c_leaves_the_previous_run(tmp_path: Path, stage: str, sent: int, expected: int) -> None:
    """As a terminal sends it: to the command and the processes that it started, at the start of a stage."""
    base = write_tree(tmp_path / "app", shop_with_a_web())
    run = tmp_path / "run"
    analysed(tmp_path, base)
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    write_tree(base, {f"shop/more{number}.py": GOOD.replace("app", "shop.web") for number in range(300)})
    with subprocess.Popen(
        [Path(sys.executable).with_name("decompose"), "analyze", base, "-o", run, "--no-cache"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith(stage):
                os.killpg(process.pid, sent)
                break
        rest = process.stderr.read()
        code = process.wait()
    assert (code, rest.splitlines()[-1:]) == (expected, ["Interrupted; nothing was left half-written."])
    assert "Traceback" not in rest
    assert {path.name: path.read_bytes() for path in run.iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [".cache", "app", "run"]


@pytest.mark.parametrize("name", ["decompose.toml", "pyproject.toml"])
def test_a_configuration_that_is_a_pipe_or_has_no_end_is_refused(tmp_path: Path, name: str) -> None:
    base = write_tree(tmp_path / "app", {**TINY, "use.py": GOOD})
    os.mkfifo(base / name)
    result = run_cli("analyze", base, "-o", tmp_path / "run", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (
        2,
        f"decompose: {base / name}: cannot be read (is not a regular file).\n",
    )


def test_what_stands_beside_the_code_may_be_no_file(tmp_path: Path) -> None:
    base = write_tree(tmp_path / "app", {**TINY, "use.py": GOOD, ".git/packed-refs": ""})
    for name in ("setup.py", "setup.cfg", ".gitignore", ".git/HEAD"):
        (base / name).symlink_to("/dev/zero")
    os.mkfifo(base / "use.pyi")
    os.mkfifo(base / "more.sql")
    analysed(tmp_path, base)
    assert blind_spots(tmp_path)["setup.py"] == ("symlink", "leads out of the analysed folder, or nowhere")


def test_a_pyproject_that_is_nested_beyond_all_bounds_says_nothing(tmp_path: Path) -> None:
    nested = "a = " + "[" * 5000 + "]" * 5000 + "\n"
    analysed(tmp_path, write_tree(tmp_path / "app", {**TINY, "use.py": GOOD, "pyproject.toml": nested}))


def test_a_root_that_is_configured_and_not_there_is_told_as_one(tmp_path: Path) -> None:
    base = write_tree(tmp_path / "app", {**TINY, "decompose.toml": 'roots = ["gone"]\n'})
    result = run_cli("analyze", base, "-o", tmp_path / "run", cwd=tmp_path)
    assert result.returncode == 2
    assert "root gone (--root, or roots in the configuration): there is no such folder" in result.stderr


# What changes while it is read


def collected(base: Path, cache: Path, change: Callable[[], object] = lambda: None) -> list[str | None]:
    """What is wrong with each file, when ``change`` comes after the files were found and before they are read."""
    tree = discover(base)
    change()
    return [facts.error for facts in collect_facts(tree.base, tree.files, cache_folder=cache, jobs=1).facts]


def become_a_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(lambda file: file.unlink(), "cannot be read", id="gone"),
        pytest.param(lambda file: file.write_text("def f(:\n"), "is not valid Python", id="another"),
        pytest.param(become_a_pipe, "is not a regular file", id="a pipe"),
    ],
)
def test_what_a_file_has_become_is_told_of_it_alone_and_not_remembered(
    tmp_path: Path, change: Callable[[Path], object], told: str
) -> None:
    base = write_tree(tmp_path / "app", {**TINY, "one.py": GOOD, "same.py": GOOD})
    before = collected(base, tmp_path / "unused")
    errors = collected(base, tmp_path / "cache", lambda: change(base / "one.py"))
    assert [told in (error or "") for error in errors] == [False, True, False]
    (base / "one.py").unlink(missing_ok=True)
    (base / "one.py").write_text(GOOD)
    assert collected(base, tmp_path / "cache") == before


def test_a_run_of_files_that_were_written_to_meanwhile_is_not_remembered(tmp_path: Path) -> None:
    base = write_tree(tmp_path / "app", {**TINY, "use.py": GOOD})

    def meddle(stage: str, *_: int) -> None:
        if stage == "linking":
            (base / "use.py").write_text("raise SystemExit\n")

    first = api.analyze(base, cache_folder=tmp_path / "cache", jobs=1, progress=meddle)
    (base / "use.py").write_text(GOOD)
    second = api.analyze(base, cache_folder=tmp_path / "cache", jobs=1)
    assert second.system.source_lines != first.system.source_lines


def test_that_files_were_written_to_meanwhile_is_said_in_front(tmp_path: Path) -> None:
    base = write_tree(tmp_path / "app", {**TINY, "use.py": GOOD})

    def meddle(stage: str, *_: int) -> None:
        if stage == "linking":
            (base / "use.py").write_text("raise SystemExit\n")

    run = tmp_path / "run"
    outcome = run_outcome(Request(base, run, cache_folder=False, jobs=1), meddle)
    assert "Changed while it was read: use.py. The report may mix old and new" in "\n".join(
        summary(outcome, run, (80, 24))
    )
    page = (run / "report.html").read_text(encoding="utf-8")
    assert "1 file changed while it was read, such as <code>use.py</code>: this page may mix" in page
    assert blind_spots(tmp_path)["use.py"][0] == "changed file"


_KILLED = """
import os, signal, sys
from pathlib import Path

from decompose.facts import collect, collect_facts
from decompose.sources import discover

extract = collect.extract

def killed(tree, **options):
    if any(getattr(node, "name", "") == "deadly" for node in tree.body) and os.getpid() != starter:
        os.kill(os.getpid(), signal.SIGKILL)
    return extract(tree, **options)

starter, collect.extract = os.getpid(), killed
tree = discover(Path(sys.argv[1]))
found = collect_facts(tree.base, tree.files, jobs=2).facts
print([file.path for file, facts in zip(tree.files, found, strict=True) if facts.error])
"""


def test_a_file_that_kills_the_process_that_reads_it_is_left_out(tmp_path: Path) -> None:
    files = {f"m{number}.py": "x = 1\n" * 20_000 for number in range(12)}
    base = write_tree(tmp_path / "app", {**files, "bad.py": "def deadly(): pass\n"})
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, str(base)], capture_output=True, text=True, check=False, timeout=300
    )
    assert (done.stdout, done.stderr) == ("['bad.py']\n", "")


class Meddler(Seen):
    """Takes ``gone.py`` away as soon as it was found."""

    def note(self, path: str, status: os.stat_result | None = None) -> None:
        super().note(path, status)
        if path.endswith("gone.py"):
            Path(path).unlink()


def test_a_file_that_is_gone_before_it_is_read_is_no_empty_file(tmp_path: Path) -> None:
    base = write_tree(tmp_path / "shop", {**TINY, "use.py": GOOD, "gone.py": GOOD})
    tree = discover(base, seen=Meddler())
    assert [file.path for file in tree.files] == ["app.py", "use.py"]
    assert [(unread.path, unread.kind) for unread in tree.unread] == [("gone.py", "unreadable file")]
