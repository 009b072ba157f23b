"""What changed together: the git history of the analysed folder, if it has one of its own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from decompose.sources.reading import read_lenient_text

MAX_COMMITS = 1000
MAX_FILES = 50
"""A commit that changes more files than this is a mass edit, such as formatting, and says nothing of what belongs together."""

_SECONDS = 30
_MAX_REFERENCES = 50_000_000
_CONFIGURED = (
    "core.fsmonitor=false", f"core.hooksPath={os.devnull}", "log.showSignature=false", "protocol.allow=never",
    "core.attributesFile=", "log.mailmap=false", "core.commitGraph=false",
)  # fmt: skip
"""The history of a stranger's folder comes with a stranger's configuration: nothing in it may start a program."""


def head_of(base: Path) -> str:
    """The id of the newest commit, read from the files of ``base/.git`` without running anything; empty where there is none."""
    folder = base / ".git"
    try:
        head = read_lenient_text(folder / "HEAD").strip()
        if not head.startswith("ref: "):
            return head
        name = head.removeprefix("ref: ").strip()
        loose = folder / name
        if loose.is_file():
            return read_lenient_text(loose).strip()
        packed = read_lenient_text(folder / "packed-refs", _MAX_REFERENCES)
    except (OSError, ValueError):
        return ""
    return next((line.partition(" ")[0] for line in packed.splitlines() if line.endswith(f" {name}")), "")


def commits_of(base: Path) -> tuple[tuple[str, ...], ...]:
    """For each of the newest commits the Python files that it changed, newest first; empty without a history, or without git.

    Merges and mass edits are left out. Only ``git log`` is run, and only where ``base`` itself is a repository.
    """
    if not head_of(base):
        return ()
    options = [part for setting in _CONFIGURED for part in ("-c", setting)]
    command = [
        "git", f"--git-dir={base / '.git'}", "--no-pager", *options, "log", f"--max-count={MAX_COMMITS}", "--no-merges",
        "--no-renames", "--no-ext-diff", "--no-textconv", "--no-show-signature", "--name-only", "-z", "--format=%x01",
    ]  # fmt: skip
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("GIT_")
    } | {"GIT_CONFIG_NOSYSTEM": "1", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=_SECONDS, env=environment)  # noqa: S603 - fixed arguments
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return ()
    if done.returncode:
        return ()
    found = []
    for record in done.stdout.split(b"\x01")[1:]:
        files = sorted({name.strip() for name in record.decode(errors="surrogateescape").split("\0")} - {""})
        changed = tuple(file for file in files if file.endswith(".py"))
        if changed and len(files) <= MAX_FILES:
            found.append(changed)
    return tuple(found)
