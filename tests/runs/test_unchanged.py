"""Whether anything has changed is told without reading it again, and every change is noticed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from decompose.runs.memory import digest_of
from decompose.sources import discover
from decompose.sources.stamps import Seen, still_so
from tests.applications import Files, write_tree

APPLICATION: Files = {
    "pyproject.toml": '[project]\nname = "shop"\n[project.scripts]\nshop = "shop.cli:main"\n',
    ".gitignore": "scratch/\n",
    "shop/__init__.py": "",
    "shop/cli.py": "from shop.orders import place\n\n\ndef main():\n    return place()\n",
    "shop/orders.py": "def place():\n    return 1\n",
    "shop/templates/shop/page.html": "{{ order }}\n",
    "shop/schema.sql": "CREATE TABLE orders (id INTEGER)\n",
    "scratch/left_out.py": "",
    ".hidden/rule.py": "",
}
Change = Callable[[Path], object]


def _edit_unseen(base: Path) -> None:
    """The same size, and the time of modification put back."""
    file = base / "shop/orders.py"
    before = file.stat()
    file.write_text(file.read_text().replace("1", "2"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def _lead_elsewhere(base: Path) -> None:
    (base / "linked.py").unlink()
    (base / "linked.py").symlink_to(base / "shop/cli.py")


CHANGES: dict[str, Change] = {
    "an edit that keeps size and time": _edit_unseen,
    "a new file": lambda base: (base / "shop/stock.py").write_text("X = 1\n"),
    "a new file in a new folder": lambda base: write_tree(base, {"shop/stock/goods.py": "X = 1\n"}),
    "a lost file": lambda base: (base / "shop/orders.py").unlink(),
    "another name for a file": lambda base: (base / "shop/orders.py").rename(base / "shop/order.py"),
    "what is left out": lambda base: (base / ".gitignore").write_text("shop/orders.py\n"),
    "what is declared": lambda base: (base / "pyproject.toml").write_text('[project]\nname = "store"\n'),
    "a new declaration": lambda base: (base / "setup.cfg").write_text(
        "[options.entry_points]\nconsole_scripts =\n    other = shop.cli:main\n"
    ),
    "a template": lambda base: (base / "shop/templates/shop/page.html").write_text("{{ orders }}\n"),
    "the schema": lambda base: (base / "shop/schema.sql").write_text("CREATE TABLE orders (id TEXT)\n"),
    "what a link leads to": _lead_elsewhere,
    "a hidden file": lambda base: (base / ".hidden/another.py").write_text(""),
}


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = write_tree(tmp_path / "app", APPLICATION)
    (folder / "linked.py").symlink_to(folder / "shop/orders.py")
    time.sleep(0.02)  # two changes in one tick of the file system's clock have the same stamp
    return folder


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_every_change_that_the_analysis_depends_on_is_noticed(base: Path, change: Change) -> None:
    seen = Seen()
    before = digest_of(discover(base, seen=seen))
    assert still_so(seen.stamps)
    change(base)
    assert not still_so(seen.stamps)
    assert digest_of(discover(base)) != before


def test_a_package_around_the_folder_is_noticed(base: Path) -> None:
    seen = Seen()
    inside = base / "shop"
    assert discover(inside, seen=seen).files[0].module == "shop"
    (base / "__init__.py").touch()
    assert not still_so(seen.stamps)
    assert discover(inside).files[0].module == "app.shop"


@pytest.mark.parametrize(
    "change",
    [
        lambda base: (base / "notes.md").write_text("grown"),
        lambda base: (base / "scratch/left_out.py").write_text("X = 1\n"),
    ],
    ids=["another kind of file", "a file that is left out"],
)
def test_what_the_analysis_does_not_read_is_no_change(base: Path, change: Change) -> None:
    (base / "notes.md").touch()
    seen = Seen()
    discover(base, seen=seen)
    change(base)
    assert still_so(seen.stamps)


def test_what_was_written_just_before_is_looked_at_again(base: Path) -> None:
    seen = Seen()
    discover(base, seen=seen)
    newest = max(max(found[1], found[2]) for found in seen.stamps.values() if found)
    assert not seen.settled_before(newest + 50_000_000)
    assert seen.settled_before(newest + 3_000_000_000)


WATCHED = """\
import os, sys
opened = []
base = os.path.realpath(sys.argv[1]) + os.sep
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and os.path.realpath(arguments[0]).startswith(base):
        opened.append(os.path.relpath(arguments[0], base))
sys.addaudithook(hook)
from pathlib import Path
from decompose.workflow import Request, run_outcome
outcome = run_outcome(Request(Path(sys.argv[1]), output=Path(sys.argv[2]), cache_folder=Path(sys.argv[3]), jobs=1))
print("pathspec" in sys.modules, sorted(name for name in opened if name.endswith((".py", ".sql", ".html"))))
"""


def _opened(base: Path, place: Path) -> str:
    command = [sys.executable, "-c", WATCHED, str(base), str(place / "run"), str(place / "cache")]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_an_unchanged_application_is_not_read(base: Path, tmp_path: Path) -> None:
    _opened(base, tmp_path)
    time.sleep(0.2)  # what was written a moment before the first run is read once more
    _opened(base, tmp_path)
    assert _opened(base, tmp_path) == "False []"
    (base / "shop/orders.py").write_text("def place():\n    return 2\n")
    assert "shop/orders.py" in _opened(base, tmp_path)
