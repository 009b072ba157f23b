"""What `decompose analyze` finds in well-known applications that nobody here wrote, as a markdown table.

    python benchmarks/applications.py                        # fetches the pinned versions with pip
    python benchmarks/applications.py --sources DIR          # DIR/weblate, DIR/apache-superset, ...: unpacked copies

The counts beside "tables" and "routes" do not come from the tool. "models counted" is a crude and separate count with
`ast`: classes that set `__tablename__`, and classes that inherit, directly or through classes of the same application
(matched by their last name only), from something called `Model`, and are not declared abstract. It misses tables of
libraries and many-to-many tables, and it counts test and proxy models, so it says whether the number of tables is
plausible, and no more. An analysis that ends with anything but exit code 0 counts as a crash.
"""

from __future__ import annotations

import argparse
import ast
import csv
import io
import json
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

APPLICATIONS = {"weblate": "5.14.3", "apache-superset": "6.1.0", "django-oscar": "4.2.1", "mayan-edms": "4.12.2"}
"""Distribution -> pinned version."""

DEFAULT_CACHE = Path.home() / ".cache" / "decompose-benchmarks"
COLUMNS = (
    "application", "files", "lines", "tables found", "models counted", "routes", "entry points", "foreign keys",
    "units", "services", "largest service", "exact", "inferred", "guessed", "external", "unresolved", "seconds", "crash",
)  # fmt: skip


def fetched(name: str, version: str, cache: Path) -> Path:
    """The folder with the unpacked distribution; pip puts it there when it is not yet."""
    folder = cache / f"{name}-{version}"
    if not folder.is_dir():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"]
        partial = cache / f"{name}-{version}.partial"
        subprocess.run(
            [*command, "--ignore-requires-python", "--target", str(partial), f"{name}=={version}"], check=True
        )
        partial.rename(folder)
    return folder


def counted_models(folder: Path) -> int:
    """Classes that look like models; see the text at the top of this file."""
    classes: list[tuple[str, set[str], bool, bool]] = []
    for file in folder.rglob("*.py"):
        if {"tests", "test", "migrations"} & set(file.relative_to(folder).parts[:-1]):
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(file.read_bytes())
        except (SyntaxError, ValueError):
            continue
        classes += [described(node) for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    model_names = {"Model"}
    while True:
        more = {name for name, bases, _, _ in classes if bases & model_names} - model_names
        if not more:
            break
        model_names |= more
    return sum(1 for _, bases, table, abstract in classes if table or (bases & model_names and not abstract))


def described(node: ast.ClassDef) -> tuple[str, set[str], bool, bool]:
    """A class: its name, the last names of its bases, whether it names a table, whether it is abstract."""
    bases = {base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in node.bases}
    names_table = abstract = False
    for statement in node.body:
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            names = {target.id for target in targets if isinstance(target, ast.Name)}
            names_table = names_table or "__tablename__" in names
            abstract = abstract or "__abstract__" in names
        elif isinstance(statement, ast.ClassDef) and statement.name == "Meta":
            text = ast.unparse(statement)
            abstract = abstract or "abstract = True" in text or "proxy = True" in text
    return node.name, bases - {""}, names_table, abstract


def exported(run: Path, what: str) -> list[dict[str, str]]:
    """The rows of one export."""
    done = subprocess.run(
        [sys.executable, "-m", "decompose", "export", str(run), what], capture_output=True, text=True, check=True
    )
    return list(csv.DictReader(io.StringIO(done.stdout)))


def measured(name: str, folder: Path, work: Path) -> dict[str, str]:
    """One row of the table."""
    run = work / name
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "decompose", "analyze", str(folder), "-o", str(run), "--no-cache", "-q"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    seconds = time.perf_counter() - started
    row = {"application": name, "models counted": str(counted_models(folder)), "seconds": f"{seconds:.1f}"}
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        return {**row, "crash": "yes"}
    analysis = json.loads((run / "analysis.json").read_bytes())
    system = analysis["system"]
    entries = [row["kind"] for row in exported(run, "entry_points")]
    chosen = analysis["recommendation"]["split"]
    split = next((s for s in analysis["splits"] if s["name"] == chosen), None)
    largest = next((s["value"] for s in split["scores"] if s["name"] == "largest_share"), None) if split else None
    counts = system["call_counts"]
    total = sum(counts.values()) or 1
    return {
        **row,
        "files": f"{system['files']:,}",
        "lines": f"{system['lines']:,}",
        "tables found": str(len(exported(run, "tables"))),
        "routes": str(entries.count("http")),
        "entry points": str(len(entries)),
        "foreign keys": str(len(exported(run, "foreign_keys"))),
        "units": f"{len(system['units']):,}",
        "services": str(len(split["services"])) if split else "do not split",
        "largest service": f"{largest:.0%}" if largest is not None else "-",
        **{
            kind: f"{counts.get(kind, 0) / total:.1%}"
            for kind in ("exact", "inferred", "guessed", "external", "unresolved")
        },
        "crash": "no",
    }


def main() -> None:
    """Run all applications, or those that are named, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(APPLICATIONS)} (default: all)")
    parser.add_argument("--sources", type=Path, help="a folder with unpacked copies, one folder for each name")
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE, help="where fetched copies are kept (%(default)s)")
    options = parser.parse_args()
    unknown = set(options.names) - APPLICATIONS.keys()
    if unknown:
        parser.error(f"no such application: {', '.join(sorted(unknown))}")
    rows = []
    with tempfile.TemporaryDirectory() as work:
        for name in options.names or APPLICATIONS:
            version = APPLICATIONS[name]
            folder = options.sources / name if options.sources else fetched(name, version, options.cache)
            if not folder.is_dir():
                parser.error(f"{folder}: there is no such folder")
            rows.append({**measured(name, folder, Path(work)), "application": f"{name} {version}"})
    print("| " + " | ".join(COLUMNS) + " |")
    print("|" + "---|" * len(COLUMNS))
    for row in rows:
        print("| " + " | ".join(row.get(column, "-") for column in COLUMNS) + " |")


if __name__ == "__main__":
    main()
