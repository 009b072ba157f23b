"""Whether the analysis of each of many source trees ends well, and what stands out.

    python benchmarks/sweep.py FOLDER [--seconds 180] [--memory 4000]

Each folder in FOLDER is analysed as a user would, one worker, no cache, with a limit of processor time and of memory. One row for
each: exit code, processor time and its ratio to `ast.parse` over the same files, memory at the peak, calls unresolved, tables,
routes, services, and places where this program failed itself. Rows that stand out are marked: a failure or a limit reached, half-written
output, a ratio above 60 in an application of more than 10 thousand lines (below that, starting and writing the report is most of it).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from speed import FLOOR

from decompose.errors import DecomposeError
from decompose.sources import discover

_LEAST_LINES, _MOST = 10_000, 60


def timed(command: list[str], seconds: int, megabytes: int) -> tuple[int, float, float]:
    """Exit code, processor time and megabytes at the peak of a process with limits."""
    limited = ["sh", "-c", f'ulimit -t {seconds}; ulimit -v {megabytes << 10}; exec "$@"', "sh", *command]
    process = subprocess.Popen(limited, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def floor_of(tree: Path, work: Path) -> float:
    """Processor time of `ast.parse` over the files that the analysis reads."""
    listing = work / "files"
    listing.write_text("\n".join(str(tree / file.path) for file in discover(tree).files), encoding="utf-8")
    start = timed([sys.executable, "-c", "import ast, sys, warnings"], 60, 4_000)[1]
    return max(0.01, timed([sys.executable, "-c", FLOOR, str(listing)], 600, 4_000)[1] - start)


def found(run: Path) -> dict[str, Any]:
    """What a run says of the application."""
    analysis = json.loads((run / "analysis.json").read_text(encoding="utf-8"))
    system, chosen = analysis["system"], (analysis["recommendation"] or {}).get("split")
    counts = system["call_counts"]
    return {
        "lines": system["lines"],
        "unresolved": f"{counts.get('unresolved', 0) / max(1, sum(counts.values())):.1%}",
        "tables": len(system["tables"]),
        "routes": sum(entry["kind"] == "http" for entry in system["entry_points"]),
        "services": next((len(split["services"]) for split in analysis["splits"] if split["name"] == chosen), "-"),
        "failures": sum(spot["kind"] == "defect" for spot in system["blind_spots"]),
    }


def row_of(tree: Path, work: Path, seconds: int, megabytes: int) -> dict[str, Any]:
    """All columns of one tree."""
    run = work / "run"
    command = [
        sys.executable,
        "-m",
        "decompose",
        "analyze",
        str(tree),
        "--no-cache",
        "--jobs",
        "1",
        "-q",
        "-o",
        str(run),
    ]
    code, spent, memory = timed(command, seconds, megabytes)
    row: dict[str, Any] = {"tree": tree.name, "code": code, "seconds": round(spent, 1), "MB": round(memory)}
    left = [path.name for path in work.iterdir() if path.name not in ("run", "files")]
    try:
        row["ratio"] = round(spent / floor_of(tree, work), 1)
    except DecomposeError as problem:
        return row | {"stands out": str(problem)}
    if code or left:
        return row | {"stands out": f"left behind: {left}" if left else f"exit code {code}"}
    row |= found(run)
    slow = row["ratio"] > _MOST and row["lines"] > _LEAST_LINES
    return row | {"stands out": "failed at places" if row["failures"] else "slow" if slow else ""}


def main() -> None:
    """Print one row for each tree, as soon as it is there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=int, default=180)
    parser.add_argument("--memory", type=int, default=4_000, help="megabytes")
    options = parser.parse_args()
    for tree in sorted(path.resolve() for path in options.folder.iterdir() if path.is_dir()):
        with tempfile.TemporaryDirectory() as work:
            row = row_of(tree, Path(work), options.seconds, options.memory)
        print("  ".join(f"{name}={value}" for name, value in row.items()), flush=True)


if __name__ == "__main__":
    main()
