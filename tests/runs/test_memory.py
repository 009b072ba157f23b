"""What was done before is told again, and what stands where it belongs is left alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.applications import TINY, run_cli, write_tree


class Warm:
    """An application that was analysed once, with a cache and a run directory of its own."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.base = write_tree(place / "app", TINY)
        self.cache = place / ".cache"
        self.run = place / "run"
        self.said = self.analyze(self.run)

    def analyze(self, target: Path) -> str:
        """What ``analyze`` prints, without the place of the report."""
        result = run_cli("analyze", self.base, "-o", target, "-q", "--jobs", "1", cwd=self.place)
        assert result.returncode == 0, result.stderr
        return result.stdout.replace(str(target), "RUN")

    def written(self) -> dict[str, tuple[int, bytes]]:
        """Name -> inode and bytes of the run's files."""
        return {path.name: (path.stat().st_ino, path.read_bytes()) for path in self.run.iterdir()}


@pytest.fixture
def warm(tmp_path: Path) -> Warm:
    return Warm(tmp_path)


def test_a_run_that_is_in_place_is_not_written_again(warm: Warm) -> None:
    before = warm.written()
    assert warm.analyze(warm.run) == warm.said
    assert warm.written() == before


def test_a_remembered_run_goes_to_another_place_as_well(warm: Warm, tmp_path: Path) -> None:
    assert warm.analyze(tmp_path / "other") == warm.said
    assert {path.name: path.read_bytes() for path in (tmp_path / "other").iterdir()} == {
        name: content for name, (_, content) in warm.written().items()
    }


def test_a_file_that_was_changed_or_lost_is_written_again(warm: Warm) -> None:
    before = {name: content for name, (_, content) in warm.written().items()}
    (warm.run / "graph.dot").unlink()
    report = warm.run / "report.html"
    report.write_bytes(report.read_bytes().replace(b"<title>", b"<TITLE>"))
    assert warm.analyze(warm.run) == warm.said
    assert {name: content for name, (_, content) in warm.written().items()} == before


def test_changed_code_is_analysed_again(warm: Warm) -> None:
    before = warm.written()
    changed = next(path for path in sorted(warm.base.rglob("*.py")) if path.stat().st_size)
    changed.write_bytes(b"\n" + changed.read_bytes())
    warm.analyze(warm.run)
    assert warm.written()["analysis.json"] != before["analysis.json"]


def test_a_run_of_other_options_takes_the_place(warm: Warm) -> None:
    other = run_cli("analyze", warm.base, "-o", warm.run, "-q", "--exclude", "nothing/", cwd=warm.place)
    assert other.returncode == 0
    assert warm.analyze(warm.run) == warm.said


@pytest.mark.parametrize("kind", ["*.outcome", "*.run", "*.place"])
def test_a_broken_cache_is_no_reason_to_fail(warm: Warm, kind: str) -> None:
    broken = list(warm.cache.rglob(kind))
    assert broken
    for file in broken:
        file.write_bytes(b"\x93broken")
    (warm.run / "graph.dot").unlink()
    assert warm.analyze(warm.run) == warm.said
    assert (warm.run / "graph.dot").is_file()


def test_a_run_that_is_remembered_loads_none_of_the_stages(warm: Warm) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "decompose", "analyze", str(warm.base), "-o", str(warm.run)]
    place = [*command, "-q", "--jobs", "1"]
    environment = {**os.environ, "DECOMPOSE_CACHE_DIR": str(warm.cache)}
    done = subprocess.run(place, capture_output=True, text=True, check=True, cwd=warm.place, env=environment)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert "decompose.workflow" in loaded
    assert not loaded & {
        "decompose.linking",
        "decompose.system.build",
        "decompose.boundaries",
        "decompose.plan",
        "numpy",
    }
