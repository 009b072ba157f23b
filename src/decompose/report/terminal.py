"""Results as plain text that fits a terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from decompose.boundaries.split import SHARED
from decompose.report.cuts import amounts
from decompose.report.exports import ExportTable
from decompose.report.formats import as_csv
from decompose.report.page import render_page
from decompose.report.scene import Scene, shown_split

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from decompose.report.comparison import SideBySide, SplitDifference
    from decompose.report.explanation import Connection, Explanation, Tie
    from decompose.runs import Analysis

_MOST_TIES = 5
_MOST_SERVICES = 5
_MOST_MOVES = 15
_NAME_WIDTH = 44


def summary_text(analysis: Analysis) -> str:
    """How a run ends: what was read, what was found, the verdict."""
    system = analysis.system
    split = shown_split(analysis)
    roots = ", ".join(f"{root.path} ({', '.join(root.packages[:4])})" for root in system.roots)
    excluded = ", ".join(f"{count:,} {reason}" for reason, count in sorted(system.excluded_files.items()))
    rows = [
        ("Roots", roots),
        ("Read", f"{system.files:,} files, {system.lines:,} lines" + (f"; left out: {excluded}" if excluded else "")),
        (
            "Found",
            f"{len(system.units):,} units, {len(system.tables):,} tables, {len(system.entry_points):,} entry points, "
            f"{len(system.blind_spots):,} blind spots",
        ),
    ]
    if split is not None:
        scene = Scene(analysis, split)
        proven = [cut for cut in scene.cuts if cut.resolution != "guessed"]
        counts = amounts(Counter(cut.family for cut in proven)) or "none"
        spanning = len(scene.database.spanning_transactions) if scene.database else 0
        sizes = ", ".join(f"{service.name} ({len(service.units):,})" for service in split.services[:12])
        more = f" and {len(split.services) - 12} more" if len(split.services) > 12 else ""
        rows += [
            ("Split", f"{split.name}: {len(split.services)} services, {len(split.shared):,} units shared"),
            ("Services", sizes + more),
            ("Cuts", f"{counts}; {spanning} transactions would span services"),
        ]
    rows.append(("Verdict", analysis.recommendation.sentence))
    return "\n".join(f"{name + ':':<10}{text}" for name, text in rows)


def explanation_text(explanation: Explanation | Connection) -> str:
    """An explanation that fits a screen."""
    # The two kinds of answer are told apart by what they have, so that this module need not import them to run.
    return _explained(explanation) if hasattr(explanation, "services") else _connected(explanation)


def comparison_text(comparison: SideBySide) -> str:
    """A score table, then what each further split does differently."""
    names = list(dict.fromkeys(score.name for split in comparison.splits for score in split.scores))
    arrows = {1: "↑", -1: "↓"}
    head = ["", *(_short(split.name, 22) for split in comparison.splits)]
    rows: list[Sequence[str]] = [
        ["made by", *(_short(split.generator, 22) for split in comparison.splits)],
        ["services", *(str(split.services) for split in comparison.splits)],
        ["shared units", *(str(split.shared) for split in comparison.splits)],
    ]
    for name in names:
        if name == "services":
            continue
        cells = []
        for split in comparison.splits:
            score = next((score for score in split.scores if score.name == name), None)
            z = "" if score is None or score.z is None else f" (z {score.z:+.1f})"
            cells.append("–" if score is None else f"{score.value:.3f}{z}")
        rows.append([f"{name.replace('_', ' ')} {arrows.get(comparison.directions.get(name, 0), '')}".rstrip(), *cells])
    parts = [_aligned([head, *rows])]
    parts += [
        _difference_text(difference, brief=len(comparison.differences) > 1) for difference in comparison.differences
    ]
    return (
        "\n\n".join(parts)
        + "\n\n↑ higher is better, ↓ lower is better; z: distance from shuffled splits of the same sizes"
    )


def render_explanation(explanation: Explanation | Connection, file_format: str) -> bytes:
    """The explanation as ``text`` or ``json``."""
    if file_format == "json":
        return msgspec.json.format(msgspec.json.encode(explanation, order="deterministic"), indent=2) + b"\n"
    return explanation_text(explanation).encode() + b"\n"


def render_comparison(comparison: SideBySide, file_format: str) -> bytes:
    """The comparison as ``table``, ``json``, ``csv`` (one line for each thing that moved) or ``html``."""
    writers: dict[str, Callable[[], bytes]] = {
        "table": lambda: comparison_text(comparison).encode() + b"\n",
        "json": lambda: msgspec.json.format(msgspec.json.encode(comparison, order="deterministic"), indent=2) + b"\n",
        "csv": lambda: as_csv(moves_table(comparison)),
        "html": lambda: render_page("comparison.html.j2", comparison=comparison),
    }
    return writers[file_format]()


def moves_table(comparison: SideBySide) -> ExportTable:
    """One row for each thing that is elsewhere in another split."""
    columns = ("first_split", "second_split", "id", "first_service", "second_service", "ties_first", "ties_second")
    rows = [
        (difference.first, difference.second, move.id, move.first, move.second, move.ties_first, move.ties_second)
        for difference in comparison.differences
        for move in difference.moved
    ]
    return ExportTable(columns, rows)


def _explained(explanation: Explanation) -> str:
    where = explanation.service or "no service"
    sure = "" if explanation.confidence is None else f", confidence {explanation.confidence:.0%}"
    lines = [
        f"{explanation.thing}  ({explanation.kind}, {explanation.file}:{explanation.line})",
        f"is in {_service(where)} of the split {explanation.split}{sure}.",
        f"Runner-up: {explanation.runner_up}." if explanation.runner_up else "No other service has a tie to it.",
    ]
    for group in explanation.services[:_MOST_SERVICES]:
        name = _service(group.service or "no service")
        guessed = len(group.ties) - group.weight
        note = f", and {guessed} guessed" if guessed else ""
        lines += ["", f"{group.weight} {'tie' if group.weight == 1 else 'ties'} to {name}{note}"]
        proven_first = sorted(group.ties, key=lambda tie: tie.resolution == "guessed")
        lines += [_tie_text(tie) for tie in proven_first[:_MOST_TIES]]
        if len(group.ties) > _MOST_TIES:
            lines.append(f"  ... and {len(group.ties) - _MOST_TIES} more (--format json has all)")
    if len(explanation.services) > _MOST_SERVICES:
        lines += ["", f"... and ties to {len(explanation.services) - _MOST_SERVICES} more services"]
    if not explanation.services:
        lines += ["", "Nothing that was found depends on it, and it depends on nothing."]
    return "\n".join(lines)


def _connected(connection: Connection) -> str:
    same = connection.first_service == connection.second_service
    lines = [
        f"{connection.first}  in {_service(connection.first_service or 'no service')}",
        f"{connection.second}  in {_service(connection.second_service or 'no service')}",
        f"{len(connection.ties)} {'dependency' if len(connection.ties) == 1 else 'dependencies'} between them, "
        + ("inside one service" if same else "each of them a cut")
        + f" of the split {connection.split}.",
        "",
    ]
    lines += [_tie_text(tie) for tie in connection.ties]
    lines += [f"  both written in one transaction by {text}" for text in connection.transactions]
    return "\n".join(lines)


def _tie_text(tie: Tie) -> str:
    arrow = "->" if tie.outgoing else "<-"
    other = tie.target if tie.outgoing else tie.source
    doubt = "" if tie.resolution == "exact" else f" [{tie.resolution}: {tie.rule}]"
    text = f"\n      {tie.text}" if tie.text else ""
    return f"  {tie.kind} {arrow} {other}{doubt}  {tie.file}:{tie.line}{text}"


def _difference_text(difference: SplitDifference, *, brief: bool) -> str:
    lines = [
        f"{difference.second} against {difference.first}: agreement {difference.agreement_units:.2f} on units, "
        f"{difference.agreement_tables:.2f} on tables; {len(difference.moved):,} moved"
    ]
    pairs = [
        f"{match.first or '(new)'} = {match.second or '(gone)'} ({match.common} in common)"
        for match in difference.matches
    ]
    if brief:
        return lines[0] + "\n  " + "; ".join(pairs[:6]) + ("; ..." if len(pairs) > 6 else "")
    lines += [f"  {pair}" for pair in pairs]
    if difference.moved:
        rows = [["moved", "from", "to", "ties there", "ties here"]]
        rows += [
            [
                *(_short(move.id, _NAME_WIDTH), _short(move.first, 20), _short(move.second, 20)),
                *(str(move.ties_first), str(move.ties_second)),
            ]
            for move in difference.moved[:_MOST_MOVES]
        ]
        lines += ["", _aligned(rows)]
        if len(difference.moved) > _MOST_MOVES:
            lines.append(f"... and {len(difference.moved) - _MOST_MOVES:,} more (--format csv has all)")
    return "\n".join(lines)


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else "…" + text[1 - most :]


def _service(name: str) -> str:
    return "the shared library" if name == SHARED else name
