"""How much of what really happened, while an application ran its own tests, the analysis finds.

    python benchmarks/recorded_truth.py PREFIX APPLICATION [--missing]

APPLICATION is the folder with the sources of the version that was recorded. PREFIX names the recording, gzip:

* `PREFIX.calls.jsonl.gz`: `caller`, `callee`, `file`, `line`, `direct`: pairs of the application's functions seen on stacks that end
  in an SQL statement, called directly or through a library.
  Ids are `module:qualname`, as Python writes it.
* `PREFIX.access.jsonl.gz`: `function`, `file`, `line`, `table`, `op` (read, write), `role`, `via`; `PREFIX.tables.jsonl.gz`: which
  tables are the application's `own`; others are not asked for.
* `PREFIX.lines.json.gz`: file -> the lines that ran.

Not compressed is read as well. Recall is exact on what the tests ran; a function's pair with itself is left out where the line does
not name it, since to the recording a comprehension is a call of the function around it. Confirmed is a lower bound, told in two ways,
for the static edges whose call line ran in a body that ran (the default of a parameter runs when the module is imported): those whose
callee ran at all (a line of its body), told apart by what is called there and what is handed over there to be called later; and,
because the recording has only calls that led to SQL, among the edges to functions that ever stood on such a stack, those seen as this
very pair. Guessed edges are left out everywhere.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from decompose import api
from decompose.system.model import CALL_KINDS, RUNS_DECORATED, Definition, Dependency, System

NOISE = ("refresh", "autoflush", "eager")
"""What an ORM reads on its own, with nothing in the code that asks for it."""

HANDED_OVER = frozenset({"callback", "signal", "task", "template"})
"""The kinds of edge to what somebody else calls, later. So is what a wrapper runs: its one line runs all that it was put around."""

Pair = tuple[str, str]
Triple = tuple[str, str, str]
"""(definition, table, operation: read or write)."""


class Recording(NamedTuple):
    """What happened, with ids as the analysis writes them."""

    calls: list[dict[str, Any]]
    accesses: list[dict[str, Any]]
    lines: dict[str, set[int]]


class Missing(NamedTuple):
    """Something that happened and was not found; ``what`` groups, ``reason`` tells why, as far as can be seen."""

    what: str
    reason: str
    text: str


def read_recording(prefix: Path) -> Recording:
    """Read a recording; accesses of tables that are not the application's own are left out."""
    own = {_bare(row["table"]) for row in _rows(prefix, "tables") if row["own"]}
    calls = [{**row, "caller": _id(row["caller"]), "callee": _id(row["callee"])} for row in _rows(prefix, "calls")]
    accesses = [
        {**row, "function": _id(row["function"]), "table": _bare(row["table"])}
        for row in _rows(prefix, "access")
        if _bare(row["table"]) in own
    ]
    lines = {file: set(numbers) for file, numbers in json.loads(_text(Path(f"{prefix}.lines.json"))).items()}
    return Recording(calls, accesses, lines)


def _rows(prefix: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _text(Path(f"{prefix}.{name}.jsonl")).splitlines()]


def _text(path: Path) -> str:
    if path.is_file():
        return path.read_text(encoding="utf-8")
    with gzip.open(f"{path}.gz", "rt", encoding="utf-8") as stream:
        return stream.read()


def _id(function: str) -> str:
    return function.replace(".<locals>", "").replace(":<module>", ":")


def _bare(table: str) -> str:
    return table.lower().rpartition(".")[2]


def _triple(row: dict[str, Any]) -> Triple:
    return row["function"], row["table"], row["op"]


def _share(found: int, of: int) -> str:
    return f"{found} of {of} ({found / of:.3f})" if of else "none"


class Scores:
    """A recording beside what the analysis says of the same sources."""

    def __init__(self, recording: Recording, system: System, application: Path) -> None:
        self.system = system
        self.application = application
        read = {d.file for d in system.definitions}
        left_out = [row for row in recording.calls + recording.accesses if row["file"] not in read]
        self.left_out = len(left_out)
        self.recording = Recording(
            [row for row in recording.calls if row["file"] in read and not self._only_comprehends(row)],
            [row for row in recording.accesses if row["file"] in read],
            recording.lines,
        )
        self.definitions = {d.id: d for d in system.definitions}
        edges = [d for d in system.dependencies if d.kind in CALL_KINDS]
        self.edges = [d for d in edges if d.resolution != "guessed"]
        self.guesses = {(d.source, d.target) for d in edges if d.resolution == "guessed"}
        self.pairs = {(d.source, d.target) for d in self.edges}
        self.at_line: dict[tuple[str, int], list[Dependency]] = defaultdict(list)
        for edge in self.edges:
            self.at_line[edge.file, edge.line].append(edge)
        self.blind = {(s.file, s.line): s.reason for s in system.blind_spots}
        self.external = {(d.file, d.line) for d in system.external_calls}
        self.executed: set[Triple] = set()
        self.known: set[Triple] = set()
        for access in (*system.accesses, *system.flushes, *system.alternatives):
            operation = "read" if access.operation == "read" else "write"
            triple = access.definition, _bare(access.table), operation
            self.known.add(triple)
            if access.role == "execute":
                self.executed.add(triple)
        self.missing: list[Missing] = []

    def rows(self) -> Iterable[tuple[str, str]]:
        """(what is measured, the figure)."""
        yield "recorded in files that the analysis leaves out, not counted", str(self.left_out)
        yield from self.calls()
        execute = [row for row in self.recording.accesses if row["role"] == "execute"]
        noise = [row for row in execute if set(row["via"]) & set(NOISE)]
        plain = [row for row in execute if row not in noise]
        loud = {_triple(row) for row in plain}
        yield "table accesses executed: found as executed", self._accesses("access executed", plain, self.executed)
        yield "table accesses executed: found as executed or built", self._accesses("", plain, self.known)
        direct = [row for row in plain if not row["via"]]
        yield "of these, by a call in that function: found", self._accesses("", direct, self.known)
        for via in sorted({via for row in plain for via in row["via"]}):
            rows = [row for row in plain if via in row["via"]]
            alone = self._accesses("", rows, self.known, without=map(_triple, direct))
            yield f"of these, only by {via}: found", alone
        yield f"only by {', '.join(NOISE)}: found", self._accesses("", noise, self.known, without=loud)
        origin = [row for row in self.recording.accesses if row["role"] == "origin"]
        yield "table accesses built, executed elsewhere: found", self._accesses("access built", origin, self.known)

    def calls(self) -> Iterable[tuple[str, str]]:
        """The same, of calls only."""
        yield "calls, direct: found", self._calls("call, direct", direct=True)
        yield "calls through a library: found", self._calls("call through a library", direct=False)
        yield from self._confirmed()

    def _only_comprehends(self, row: dict[str, Any]) -> bool:
        name = row["callee"].rpartition(".")[2].rpartition(":")[2]
        return bool(row["caller"] == row["callee"]) and name not in self._source(row)

    def _calls(self, what: str, *, direct: bool) -> str:
        rows = {(row["caller"], row["callee"]): row for row in self.recording.calls if row["direct"] is direct}
        if not direct:
            for row in self.recording.calls:
                if row["direct"]:
                    rows.pop((row["caller"], row["callee"]), None)
        for pair, row in sorted(rows.items()):
            if pair not in self.pairs:
                text = f"{row['caller']} -> {row['callee']}  {row['file']}:{row['line']}"
                self.missing.append(Missing(what, self._why_no_call(row), f"{text}  {self._source(row)}"))
        return _share(len(rows.keys() & self.pairs), len(rows))

    def _why_no_call(self, row: dict[str, Any]) -> str:
        unknown = [name for name in (row["caller"], row["callee"]) if name not in self.definitions]
        if unknown:
            return "not a definition of the analysis"
        if (row["caller"], row["callee"]) in self.guesses:
            return "only guessed"
        place = row["file"], row["line"]
        targets = sorted({edge.target for edge in self.at_line[place]})
        name = row["callee"].rpartition(".")[2].rpartition(":")[2]
        if any(target.rpartition(".")[2] == name for target in targets):
            return "the line leads to another definition of that name"
        if place in self.blind:
            return f"unresolved: {self.blind[place]}" if row["direct"] else "the line has an unresolved call"
        source = self._source(row)
        if name in source and f"{name}(" not in source:
            return "an attribute that is read, or a function that is passed"
        if targets:
            return "the line leads elsewhere"
        return "the line leads outside only" if place in self.external else "nothing is known of the line"

    def _source(self, row: dict[str, Any]) -> str:
        path = self.application / row["file"]
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        return lines[row["line"] - 1].strip() if row["line"] <= len(lines) else ""

    def _confirmed(self) -> Iterable[tuple[str, str]]:
        lines = self.recording.lines
        left: dict[Pair, Dependency] = {}
        for edge in self.edges:
            if edge.line in lines.get(edge.file, ()) and self._ran(self.definitions[edge.source]):
                left.setdefault((edge.source, edge.target), edge)
        ran = {pair for pair in left if self._ran(self.definitions[pair[1]])}
        later = {pair for pair, edge in left.items() if edge.kind in HANDED_OVER or edge.rule == RUNS_DECORATED}
        called = left.keys() - later
        yield "calls from lines that ran: the callee ran", _share(len(ran & called), len(called))
        yield "handed over on lines that ran, to be called later: that ran", _share(len(ran & later), len(later))
        seen: set[Pair] = {(row["caller"], row["callee"]) for row in self.recording.calls}
        on_stacks = {name for row in self.recording.calls for name in (row["caller"], row["callee"])}
        on_stacks |= {row["function"] for row in self.recording.accesses}
        judged = {pair for pair in left if pair[1] in on_stacks and pair[0] in on_stacks}
        yield "of those between functions seen on stacks: this pair was seen", _share(len(judged & seen), len(judged))
        for pair, edge in sorted(left.items()):
            text = (
                f"{edge.source} -> {edge.target}  {edge.file}:{edge.line}  {edge.kind}, {edge.resolution}: {edge.rule}"
            )
            if pair not in ran:
                self.missing.append(Missing("edge not confirmed", "the callee did not run", text))
            elif pair in judged - seen:
                self.missing.append(Missing("edge not confirmed", "both ran into SQL, but not as this pair", text))

    def _ran(self, definition: Definition) -> bool:
        """Whether a line of the body ran: for a class, one below its first; the line of ``def`` runs at the import."""
        if definition.kind != "function":
            return True
        numbers = self.recording.lines.get(definition.file, set())
        if definition.line == definition.end_line:
            return definition.line in numbers
        return any(number in numbers for number in range(self._body(definition), definition.end_line + 1))

    def _body(self, definition: Definition) -> int:
        """The line after the one that ends the head of a function."""
        lines = (self.application / definition.file).read_text(encoding="utf-8").splitlines()
        for number in range(definition.line, definition.end_line):
            if lines[number - 1].split("#")[0].rstrip().endswith(":"):
                return number + 1
        return definition.line + 1

    def _accesses(
        self, what: str, rows: list[dict[str, Any]], found: set[Triple], without: Iterable[Triple] = ()
    ) -> str:
        by_triple = {_triple(row): row for row in rows}
        for triple in without:
            by_triple.pop(triple, None)
        for triple, row in sorted(by_triple.items()) if what else ():
            if triple not in found:
                via = f", by {'+'.join(row['via'])}" if row["via"] else ""
                text = f"{triple[0]} {triple[2]}s {triple[1]}  {row['file']}:{row['line']}  {self._source(row)}"
                self.missing.append(Missing(what, f"{self._why_no_access(triple)}{via}", text))
        return _share(len(by_triple.keys() & found), len(by_triple))

    def _why_no_access(self, triple: Triple) -> str:
        function, table, operation = triple
        if function not in self.definitions:
            return "not a definition of the analysis"
        if triple in self.known:
            return "known as built, not as executed"
        if (function, table, "read" if operation == "write" else "write") in self.known:
            return "only the other operation is known"
        if any(known[0] == function for known in self.known):
            return "other tables are known"
        return "no access is known"


def main() -> None:
    """Analyse, compare, and print a markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prefix", type=Path, help="the recording, up to `.calls.jsonl.gz`")
    parser.add_argument("application", type=Path, help="the sources that were recorded")
    parser.add_argument("--missing", action="store_true", help="also list what was not found, by reason")
    options = parser.parse_args()
    system = api.analyze(options.application, cache_folder=None).system
    scores = Scores(read_recording(options.prefix), system, options.application)
    print(f"| {options.prefix.name} | |\n|---|---|")
    for what, figure in scores.rows():
        print(f"| {what} | {figure} |")
    if options.missing:
        print_missing(scores.missing)


def print_missing(missing: list[Missing]) -> None:
    """The lists, the longest group first."""
    groups: dict[Pair, list[str]] = defaultdict(list)
    for item in missing:
        groups[item.what, item.reason].append(item.text)
    for (what, reason), texts in sorted(groups.items(), key=lambda group: (group[0][0], -len(group[1]), group[0])):
        print(f"\n## {what}: {reason} ({len(texts)})\n")
        print("\n".join(texts))


if __name__ == "__main__":
    main()
