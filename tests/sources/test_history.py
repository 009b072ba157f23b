"""What changed together is read from git, where the folder has a history, and nothing in it is run."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from decompose import api
from decompose.sources.history import MAX_FILES, commits_of, head_of
from tests.applications import three_domains


def git(base: Path, *arguments: str) -> None:
    """Run git as nobody in particular."""
    person = {f"GIT_{role}_{part}": "x@example.org" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    subprocess.run(
        ["git", "-C", str(base), "-c", "init.defaultBranch=main", *arguments],
        check=True, capture_output=True, env={**os.environ, **person, "GIT_CONFIG_GLOBAL": os.devnull},
    )  # fmt: skip


def committed(base: Path, *files: str) -> None:
    """Change the files in one commit."""
    for file in files:
        (base / file).parent.mkdir(parents=True, exist_ok=True)
        with (base / file).open("a") as stream:
            stream.write("# changed\n")
    git(base, "add", "-A")
    git(base, "commit", "-q", "-m", "change")


def test_commits_are_the_files_that_each_changed(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    committed(tmp_path, "a.py", "b.py", "notes.txt")
    committed(tmp_path, "b.py", "ä b.py")
    committed(tmp_path, *(f"many{number}.py" for number in range(MAX_FILES + 1)))
    assert commits_of(tmp_path) == (("b.py", "ä b.py"), ("a.py", "b.py"))
    assert len(head_of(tmp_path)) == 40
    git(tmp_path, "pack-refs", "--all")
    assert len(head_of(tmp_path)) == 40


def test_a_folder_without_a_history_of_its_own_has_none(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    committed(tmp_path, "inner/a.py")
    assert commits_of(tmp_path / "inner") == ()
    (tmp_path / "broken" / ".git").mkdir(parents=True)
    (tmp_path / "broken" / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    assert commits_of(tmp_path / "broken") == ()


def test_nothing_that_the_repository_configures_is_run(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    committed(tmp_path, "a.py")
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path / 'sprung'}\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "gpg.program", "diff.external", "core.sshCommand", "pager.log"):
        git(tmp_path, "config", key, str(trap))
    git(tmp_path, "config", "log.showSignature", "true")
    assert commits_of(tmp_path) == (("a.py",),)
    assert not (tmp_path / "sprung").exists()


def test_what_changed_together_is_a_score_where_it_is_known(tmp_path: Path) -> None:
    for path, source in three_domains().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(source)
    without = api.analyze(tmp_path, cache_folder=None, jobs=1)
    assert all(score.name != "lockstep" for split in without.splits for score in split.scores)
    assert any("no git history" in reason for reason in without.recommendation.reasons)
    git(tmp_path, "init", "-q")
    for _ in range(3):
        committed(tmp_path, "shop/billing/models.py", "shop/billing/service.py")
    committed(tmp_path, "shop/accounts/models.py", "shop/catalogue/models.py")
    analysis = api.analyze(tmp_path, cache_folder=None, jobs=1)
    split = next(split for split in analysis.splits if split.name == "one-per-package")
    # The first commit, of everything, and the last one.
    assert split.score("lockstep") == 0.5
    assert not any("no git history" in reason for reason in analysis.recommendation.reasons)
