"""How long `decompose analyze` takes, beside the least that reading the same files can take.

    python benchmarks/speed.py PATH --repeat 5

The floor is one fresh Python process that reads the files which the analysis parses and runs `ast.parse` over each,
one after the other. Floor and analyses take turns in one run, so that a busy machine slows both. Everything happens on
a copy of PATH, with a cache folder of its own. Every analysis is a whole process, from start to the written report, with
the tool's own modules compiled before, as an installed package has them.

Memory is measured in a run of its own, so that measuring slows nothing: what the process and all its descendants hold, added
up, read from /proc every 20 ms or more. A page that two processes share counts half for each (the proportional set size); beside it
stand the resident set sizes added up, in which it counts twice. Where there is no /proc, the largest single process is given.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from decompose.sources import discover

FLOOR = """
import ast, sys, warnings
warnings.simplefilter("ignore")
for path in open(sys.argv[1], encoding="utf-8", errors="surrogateescape").read().splitlines():
    try:
        with open(path, "rb") as file:
            ast.parse(file.read())
    except (SyntaxError, ValueError):
        pass
"""

TINY = """
import flask, sqlite3

app = flask.Flask(__name__)
connection = sqlite3.connect("shop.db")

@app.route("/orders")
def orders():
    return rows("SELECT id FROM orders")

def rows(text):
    return connection.execute(text).fetchall()
"""


class Bench(NamedTuple):
    """A copy of the code, its list of files, a folder for caches and runs."""

    code: Path
    listing: Path
    work: Path


def timed(command: list[str]) -> float:
    """Seconds that a whole process takes."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def compile_modules(folder: Path) -> None:
    """Have the modules of the tool and of its libraries compiled into ``folder``, for this process's children."""
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    (folder / "tiny").mkdir()
    (folder / "tiny" / "m.py").write_text(TINY, encoding="utf-8")
    timed(analysis(Bench(folder / "tiny", folder / "tiny", folder / "tiny"), folder / "tiny" / "cache"))


def analysis(bench: Bench, cache: Path) -> list[str]:
    """The command of one analysis."""
    command = [sys.executable, "-m", "decompose", "analyze", str(bench.code), "-q"]
    return [*command, "-o", str(bench.work / "run"), "--cache-dir", str(cache)]


def change_one_file(bench: Bench, number: int) -> None:
    """Add a function to the file in the middle of the list."""
    files = bench.listing.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    with Path(files[len(files) // 2]).open("a", encoding="utf-8") as file:
        file.write(f"\n\ndef changed_by_the_benchmark_{number}():\n    return {number}\n")


def one_round(bench: Bench, number: int) -> dict[str, float]:
    """The floor and the three analyses, once each."""
    cache = bench.work / f"cache{number}"
    taken = {
        "floor: ast.parse, one process": timed([sys.executable, "-c", FLOOR, str(bench.listing)]),
        "analyze, cold": timed(analysis(bench, cache)),
        "analyze, warm, nothing changed": timed(analysis(bench, cache)),
    }
    change_one_file(bench, number)
    taken["analyze, warm, one file changed"] = timed(analysis(bench, cache))
    shutil.rmtree(cache)
    return taken


def peak_memory(command: list[str]) -> tuple[float, str]:
    """Megabytes at the peak, and what was measured."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    shared_once = shared_twice = 0
    while process.poll() is None:
        started = time.perf_counter()
        members = family(process.pid)
        shared_once = max(shared_once, sum(map(proportional, members)))
        shared_twice = max(shared_twice, sum(map(resident, members)))
        # To look stops the process for a moment, the longer the more it holds.
        time.sleep(max(0.02, 20 * (time.perf_counter() - started)))
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
    if shared_once:
        return shared_once / 1e6, f"all processes; {shared_twice / 1e6:,.0f} MB where what they share counts for each"
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / 1e6, "the largest process, RUSAGE_CHILDREN"


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return found


def resident(pid: int) -> int:
    """Bytes of memory that a process holds; 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def proportional(pid: int) -> int:
    """Bytes of memory that a process holds, its part of what it shares with others; 0 when it is gone."""
    try:
        found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0


def main() -> None:
    """Measure, and print a markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, help="the application to analyse")
    parser.add_argument("--repeat", type=int, default=5, help="rounds (default: %(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        compile_modules(work)
        bench = Bench(work / "code" / options.path.resolve().name, work / "files", work)
        shutil.copytree(options.path, bench.code, symlinks=True)
        parsed = [file for file in discover(bench.code).files if file.role in ("application", "migration")]
        listing = "".join(f"{bench.code / file.path}\n" for file in parsed)
        bench.listing.write_text(listing, encoding="utf-8", errors="surrogateescape")
        rounds = [one_round(bench, number) for number in range(options.repeat)]
        memory, how = peak_memory(analysis(bench, work / "cache"))
    lines = sum(file.lines for file in parsed)
    print(
        f"{options.path.resolve().name}: {len(parsed):,} files, {lines:,} lines parsed; {options.repeat} rounds; "
        f"Python {platform.python_version()}, {os.cpu_count()} processors\n"
    )
    floor = statistics.median(taken["floor: ast.parse, one process"] for taken in rounds)
    print("| what | median | fastest | slowest | times the floor |")
    print("|---|---|---|---|---|")
    for what in rounds[0]:
        times = [taken[what] for taken in rounds]
        middle = statistics.median(times)
        print(f"| {what} | {middle:.2f} s | {min(times):.2f} s | {max(times):.2f} s | {middle / floor:.2f} |")
    print(f"\nPeak memory of a cold analysis ({how}): {memory:,.0f} MB")


if __name__ == "__main__":
    main()
