"""How long `decompose analyze` takes, beside the least that reading the same files can take.

    python benchmarks/speed.py PATH --repeat 5

The floor is one fresh Python process that reads the files which the analysis parses and runs `ast.parse` over each,
one after the other. Floor and analyses take turns in one run, so that a busy machine slows both. Everything happens on
a copy of PATH, with a cache folder of its own. Every analysis is a whole process, from start to the written report.

Memory is measured in a run of its own, so that measuring slows nothing: the resident set sizes of the process and all its
descendants, added up, read from /proc every 10 ms (a page that two processes share counts twice). Where there is no
/proc, the largest single process is given instead.
"""

from __future__ import annotations

import argparse
import os
import platform
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
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(resident(pid) for pid in family(process.pid)))
        time.sleep(0.01)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
    if peak:
        return peak / 1e6, "all processes, sampled from /proc"
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


def main() -> None:
    """Measure, and print a markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, help="the application to analyse")
    parser.add_argument("--repeat", type=int, default=5, help="rounds (default: %(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
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
