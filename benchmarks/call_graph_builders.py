"""How `decompose` compares with the call-graph builders and import-graph tools of the package index, as markdown tables.

    python benchmarks/call_graph_builders.py PATH --limit 60      # speed: the same files, one tool after the other
    python benchmarks/call_graph_builders.py --accuracy           # our snippets, tests/linking/features

Every tool has a virtual environment of its own, made with pip in a temporary folder (or kept in `--venvs FOLDER`). PyCG is 0.0.7: the
wheel of 0.0.8 cannot be imported where upper and lower case differ. jarvis-cg is on no package index.

Speed: the files that the analysis reads are copied, and each tool is a whole process on that copy, with a time limit. The floor is one
process that runs `ast.parse` over the files. `edges` is what each tool counts as such: calls for PyCG, code2flow and decompose
(here with those to code outside), uses of functions and classes for pyan3, imports between modules or files for grimp and tach.

Accuracy: edges by dotted names, see `call_graph.py`; edges to classes are left out, because conventions differ. Only PyCG and decompose
tell of calls that leave the application, so there is a figure for the edges to the application's own functions, and one for all.
code2flow names modules by the last part of their name. A snippet on which a tool fails counts with no edge found.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from call_graph import Result, analysed, dotted, dotted_edges, edges_of, published_edges, write_snippet
from speed import FLOOR

from decompose.sources import discover
from decompose.sources.records import SourceFile
from tests.linking.features.snippets import Edge, Snippet, read_snippets

_INNER_SCOPE = re.compile(r"\.(lambda|listcomp|setcomp|dictcomp|genexpr)\.\d+.*")
"""What pyan3 calls the scope of a comprehension or lambda, which belongs to the function around it."""

_EACH = """
import json, signal, sys
def stop(*_): raise TimeoutError
signal.signal(signal.SIGALRM, stop)
answers = []
for job in json.load(open(sys.argv[1])):
    signal.alarm(job["limit"])
    try:
        answers.append(edges_of(job["root"], job["files"]))
    except Exception as problem:
        if job["only"]: raise
        answers.append([])
    finally:
        signal.alarm(0)
json.dump(answers, open(sys.argv[2], "w"))
"""
"""What all scripts have in common: jobs (a root and its files) in, for each a list of edges out."""

_PYCG = """
from pycg.pycg import CallGraphGenerator
def edges_of(root, files):
    graph = CallGraphGenerator(files, root, -1, "call-graph")
    try:
        graph.analyze()
        return [(caller, callee) for caller, callees in graph.output().items() for callee in callees]
    finally:
        graph.tearDown()
"""

_PYAN = """
import logging
from pyan.analyzer import CallGraphVisitor
logging.disable(logging.CRITICAL)
CODE = {"class", "function", "method", "staticmethod", "classmethod"}
def edges_of(root, files):
    visitor = CallGraphVisitor(files, root=root)
    return [
        (source.get_name(), target.get_name())
        for source, targets in visitor.uses_edges.items() for target in targets
        if target.flavor.value in CODE and target.namespace is not None
    ]
"""

_CODE2FLOW = """
import json, logging, os, tempfile
from code2flow.engine import code2flow
def edges_of(root, files):
    with tempfile.TemporaryDirectory() as folder:
        output = os.path.join(folder, "graph.json")
        code2flow(files, output, language="py", skip_parse_errors=True, level=logging.CRITICAL)
        graph = json.load(open(output))["graph"]
    names = {uid: node["name"] for uid, node in graph["nodes"].items()} if graph["nodes"] else {}
    return [(names[edge["source"]], names[edge["target"]]) for edge in graph["edges"]]
"""

_GRIMP = """
import os, sys, grimp
def edges_of(root, files):
    sys.path.insert(0, root)
    packages = [name for name in sorted(os.listdir(root)) if os.path.exists(os.path.join(root, name, "__init__.py"))]
    graph = grimp.build_graph(*packages, cache_dir=None)
    return [(one, other) for one in sorted(graph.modules) for other in graph.find_modules_directly_imported_by(one)]
"""

_TACH = """
import json, os, subprocess, sys
def edges_of(root, files):
    with open(os.path.join(root, "tach.toml"), "w") as config:
        config.write('modules = []\\nsource_roots = ["."]\\nexclude = []\\n')
    tach = os.path.join(os.path.dirname(sys.executable), "tach")
    found = subprocess.run([tach, "map", "-o", "map.json"], cwd=root, check=True, capture_output=True)
    imports = json.load(open(os.path.join(root, "map.json")))
    return [(one, other) for one, others in imports.items() for other in others]
"""


class Tool(NamedTuple):
    """A tool of the package index: what to install, and the script that calls it."""

    name: str
    requirement: str
    script: str


TOOLS = (
    Tool("pycg", "pycg==0.0.7", _PYCG),
    Tool("pyan3", "pyan3==2.9.0", _PYAN),
    Tool("code2flow", "code2flow==2.5.1", _CODE2FLOW),
    Tool("grimp", "grimp==3.20", _GRIMP),
    Tool("tach", "tach==0.35.3", _TACH),
)
BUILDERS = TOOLS[:3]


class Ending(NamedTuple):
    """How a process ended: `done`, `timeout` or what it said when it crashed."""

    seconds: float
    how: str


def interpreter(tool: Tool, venvs: Path) -> Path:
    """The Python of a tool's virtual environment, which is made when it is not there."""
    folder = venvs / tool.requirement
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "-q", tool.requirement, "setuptools<80"],
            check=True,
            capture_output=True,
        )
    return python


def ended(command: list[str], limit: int) -> Ending:
    """Run a process and all that it starts, for at most ``limit`` seconds."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True)
        try:
            code = process.wait(limit)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return Ending(time.perf_counter() - started, "timeout")
        seconds = time.perf_counter() - started
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip().splitlines()
    return Ending(seconds, "done" if code == 0 else f"crash: {said[-1][:90] if said else code}")


def asked(tool: Tool, venvs: Path, jobs: list[dict[str, object]], limit: int) -> tuple[Ending, list[list[Edge]]]:
    """What a tool answers to each job."""
    with tempfile.TemporaryDirectory() as folder:
        script, questions, answers = (Path(folder) / name for name in ("script.py", "jobs.json", "edges.json"))
        script.write_text(tool.script + _EACH, encoding="utf-8")
        questions.write_text(json.dumps(jobs), encoding="utf-8")
        command = [str(interpreter(tool, venvs)), str(script), str(questions), str(answers)]
        ending = ended(command, limit)
        edges = json.loads(answers.read_text(encoding="utf-8")) if ending.how == "done" else []
    return ending, [[(caller, callee) for caller, callee in some] for some in edges]


def speeds(path: Path, venvs: Path, limit: int) -> Iterator[str]:
    """The table of speeds on one application."""
    files = [file for file in discover(path).files if file.role in ("application", "migration")]
    lines = sum(file.lines for file in files)
    with tempfile.TemporaryDirectory() as folder:
        code = Path(folder) / path.resolve().name
        paths = [str(copied(file, path, code)) for file in files]
        listing = Path(folder) / "files"
        listing.write_text("".join(f"{name}\n" for name in paths), encoding="utf-8")
        floor = ended([sys.executable, "-c", FLOOR, str(listing)], limit)
        yield f"{path.resolve().name}: {len(files):,} files, {lines:,} lines; limit {limit} s\n"
        yield "| tool | seconds | lines a second | times the floor | edges | ended |"
        yield "|---|---|---|---|---|---|"
        yield _speed("ast.parse", floor, floor, lines, "-")
        run = Path(folder) / "run"
        analyze = [sys.executable, "-m", "decompose", "analyze", str(code), "-o", str(run), "--no-cache", "-q"]
        ending = ended(analyze, limit)
        yield _speed("decompose analyze", ending, floor, lines, f"{_exported(run):,}" if ending.how == "done" else "-")
        for tool in TOOLS:
            interpreter(tool, venvs)
            job = {"root": str(code), "files": paths, "limit": limit, "only": True}
            ending, answers = asked(tool, venvs, [job], limit)
            yield _speed(tool.requirement, ending, floor, lines, f"{len(set(answers[0])):,}" if answers else "-")


def copied(file: SourceFile, source: Path, target: Path) -> Path:
    """Copy one file of an application."""
    path = target / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(source / file.path, path))


def _speed(name: str, ending: Ending, floor: Ending, lines: int, edges: str) -> str:
    rate = f"{lines / ending.seconds:,.0f}" if ending.how == "done" else "-"
    times = (
        f"{ending.seconds / floor.seconds:.1f}" if ending.how == "done" else f"> {ending.seconds / floor.seconds:.0f}"
    )
    return f"| {name} | {ending.seconds:.2f} | {rate} | {times} | {edges} | {ending.how} |"


def _exported(run: Path) -> int:
    command = [sys.executable, "-m", "decompose", "export", str(run), "calls", "--external", "--format", "json"]
    rows = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return len({(row["caller"], row["callee"]) for row in rows})


def accuracy(venvs: Path, limit: int) -> Iterator[str]:
    """The table of accuracies on our snippets."""
    snippets = read_snippets()
    with tempfile.TemporaryDirectory() as folder:
        roots = [Path(folder) / str(number) for number in range(len(snippets))]
        for snippet, root in zip(snippets, roots, strict=True):
            write_snippet(snippet, root)
        systems = [analysed(root) for root in roots]
        classes = [{d.id for d in system.definitions if d.kind == "class"} for system in systems]
        expected = [dotted_edges(s.edges, own) for s, own in zip(snippets, classes, strict=True)]
        found = {"decompose": [dotted_edges(edges_of(s), own) for s, own in zip(systems, classes, strict=True)]}
        for tool in BUILDERS:
            jobs: list[dict[str, object]] = [
                {"root": str(root), "files": sorted(map(str, root.rglob("*.py"))), "limit": 20, "only": False}
                for root in roots
            ]
            ending, answers = asked(tool, venvs, jobs, limit)
            if ending.how != "done":
                print(f"{tool.name}: {ending.how}", file=sys.stderr)
                continue
            found[tool.requirement] = [
                _named(edges, snippet, set(map(dotted, own)))
                for edges, snippet, own in zip(answers, snippets, classes, strict=True)
            ]
    yield "| tool | application edges: precision | recall | exact snippets | all edges: precision | recall | exact snippets |"
    yield "|" + "---|" * 7
    for name, edges in found.items():
        results = [Result(s.name, e, f) for s, e, f in zip(snippets, expected, edges, strict=True)]
        inside = [_inside(result, snippet) for result, snippet in zip(results, snippets, strict=True)]
        yield f"| {name} | {_figures(inside)} | {_figures(results) if name.startswith(('decompose', 'pycg')) else '- | - | -'} |"


def _named(edges: list[Edge], snippet: Snippet, dropped: set[str]) -> frozenset[Edge]:
    """The edges of another tool by dotted names, less those to ``dropped``."""
    by_last_part = {name.rpartition(".")[2]: name for name in sorted(map(_module, snippet.files))}

    def full(name: str) -> str:
        module, mark, rest = name.partition("::")
        name = f"{by_last_part.get(module, module)}.{rest}".removesuffix(".(global)") if mark else name
        return _INNER_SCOPE.sub("", name)

    graph: dict[str, list[str]] = defaultdict(list)
    for caller, callee in edges:
        if full(callee) not in dropped:
            graph[full(caller)].append(full(callee))
    return published_edges(graph)


def _module(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def _inside(result: Result, snippet: Snippet) -> Result:
    """Only the edges to definitions of the snippet's own modules."""
    starts = tuple(f"{_module(path)}." for path in snippet.files)
    modules = {_module(path) for path in snippet.files}

    def own(edges: frozenset[Edge]) -> frozenset[Edge]:
        return frozenset(edge for edge in edges if edge[1].startswith(starts) or edge[1] in modules)

    return Result(result.name, own(result.expected), own(result.found))


def _figures(results: list[Result]) -> str:
    right = sum(len(r.expected & r.found) for r in results)
    of_found, of_expected = sum(len(r.found) for r in results), sum(len(r.expected) for r in results)
    exact = sum(r.expected == r.found for r in results)
    return f"{right / max(of_found, 1):.3f} | {right / max(of_expected, 1):.3f} | {exact} of {len(results)}"


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", nargs="?", type=Path, help="the application on which speed is measured")
    parser.add_argument("--limit", type=int, default=60, help="seconds for each tool (default: %(default)s)")
    parser.add_argument("--accuracy", action="store_true", help="also measure accuracy on our snippets")
    parser.add_argument("--venvs", type=Path, help="a folder in which the virtual environments are kept")
    options = parser.parse_args()
    if options.path is None and not options.accuracy:
        parser.error("give a PATH, --accuracy, or both")
    with tempfile.TemporaryDirectory() as folder:
        venvs = options.venvs.resolve() if options.venvs else Path(folder)
        if options.path is not None:
            for row in speeds(options.path, venvs, options.limit):
                print(row, flush=True)
        if options.accuracy:
            for row in accuracy(venvs, max(options.limit, 600)):
                print(row, flush=True)


if __name__ == "__main__":
    main()
