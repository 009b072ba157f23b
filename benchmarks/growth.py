"""How time and memory of `decompose analyze` grow with the size of the code.

    python benchmarks/growth.py PATH/PACKAGE --copies 1 2 4 8

PACKAGE is the folder of a real application's package. Each tree holds copies of it under different names: the folder is
renamed, and so is the word wherever it stands in the code, so that no copy imports another. Every analysis is a whole cold
process. Beside each stands the floor: one process that runs `ast.parse` over the same files, right before.

Growth is the exponent of the power law through the points: the slope of a least-squares line through the logarithms of
lines and seconds. It is given for the time on the clock and for the processors' time of all processes, which other work
on the machine disturbs less. Memory is that of the whole process tree at its peak, sampled from /proc in the same run.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import re
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from speed import FLOOR, Bench, analysis, compile_modules, peak_memory, timed

from decompose.sources import discover


class Point(NamedTuple):
    """One size with what it took; seconds, and megabytes at the peak."""

    copies: int
    lines: int
    floor: float
    clock: float
    processors: float
    memory: float


def copy_renamed(package: Path, target: Path, number: int) -> None:
    """Copy a package under its name with a number, and rename it in its code."""
    name = f"{package.name}_{number}"
    shutil.copytree(package, target / name, symlinks=True)
    word = re.compile(rf"\b{re.escape(package.name)}\b".encode())
    for file in (target / name).rglob("*.py"):
        if file.is_file() and not file.is_symlink():
            file.write_bytes(word.sub(name.encode(), file.read_bytes()))


def used() -> float:
    """Seconds of the processors' time that ended children took."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(package: Path, copies: int) -> Point:
    """Analyse a tree of so many copies."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        compile_modules(work)
        bench = Bench(work / "code", work / "files", work)
        for number in range(copies):
            copy_renamed(package, bench.code, number)
        parsed = [file for file in discover(bench.code).files if file.role in ("application", "migration")]
        listing = "".join(f"{bench.code / file.path}\n" for file in parsed)
        bench.listing.write_text(listing, encoding="utf-8", errors="surrogateescape")
        floor = timed([sys.executable, "-c", FLOOR, str(bench.listing)])
        started, before = time.perf_counter(), used()
        memory, _ = peak_memory(analysis(bench, work / "cache"))
        clock = time.perf_counter() - started
        return Point(copies, sum(file.lines for file in parsed), floor, clock, used() - before, memory)


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """The slope of the least-squares line through the points on logarithmic scales."""
    across, up = [math.log(size) for size in sizes], [math.log(taken) for taken in seconds]
    middle, height = sum(across) / len(across), sum(up) / len(up)
    spread = sum((x - middle) ** 2 for x in across)
    return sum((x - middle) * (y - height) for x, y in zip(across, up, strict=True)) / spread


def main() -> None:
    """Measure, and print a markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path, help="the folder of the package to copy")
    parser.add_argument("--copies", type=int, nargs="+", default=[1, 2, 4, 8], help="sizes (default: 1 2 4 8)")
    options = parser.parse_args()
    print(f"{options.package.name}; Python {platform.python_version()}, {os.cpu_count()} processors\n")
    print("| copies | lines | floor | clock | times the floor | processors | peak memory |")
    print("|---|---|---|---|---|---|---|")
    points = []
    for copies in sorted(options.copies):
        point = measure(options.package.resolve(), copies)
        points.append(point)
        print(
            f"| {point.copies} | {point.lines:,} | {point.floor:.1f} s | {point.clock:.1f} s | "
            f"{point.clock / point.floor:.1f} | {point.processors:.1f} s | {point.memory:,.0f} MB |",
            flush=True,
        )
    if len(points) > 1:
        sizes = [point.lines for point in points]
        print(
            f"\nGrowth with the lines to the power of {exponent(sizes, [p.clock for p in points]):.2f} on the clock, "
            f"{exponent(sizes, [p.processors for p in points]):.2f} in processors' time, "
            f"{exponent(sizes, [p.floor for p in points]):.2f} for the floor."
        )


if __name__ == "__main__":
    main()
