"""The extraction plan as text for a terminal and as Markdown, from the same records as the report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from decompose.database.split import CutKey, DatabaseSplit, Saga
from decompose.errors import UnknownNameError
from decompose.plan.consequences import Consequences
from decompose.plan.effort import assumptions
from decompose.plan.step import Plan, Step
from decompose.plan.step_detail import CrossingCall
from decompose.wording import counted, singular

_SHOWN = 3
_SECTIONS = (
    ("code", "Code that moves"),
    ("routes", "Entry points that move: HTTP ones switch over at the gateway"),
    ("operations", "Operations that its API must offer"),
    ("calls_in", "Calls of others into it"),
    ("calls_out", "Calls that it makes"),
    ("uses", "What it does to tables of others, and what instead"),
    ("data", "Tables that move"),
    ("joins", "Joins that cross"),
    ("identity", "Who is asking: relied on here, and to be sent along"),
    ("hooks", "What runs around its requests and tasks, as in every process"),
    ("settings", "Settings that it reads, or that are read when it starts"),
    ("packages", "Packages that it imports"),
    ("patterns", "Patterns, and what calls for each"),
    ("observe", "What to watch"),
    ("tests", "Tests that cover it and must pass"),
    ("rollback", "The way back"),
    ("done_when", "Done when"),
)


def plan_text(followed: Consequences, service: str = "", verdict: str = "") -> str:
    """A screen of the plan; with ``service`` everything about the step of that service. Raises `UnknownNameError`.

    ``verdict`` is what is said against splitting at all; it comes first.
    """
    said = _said(followed.plan, verdict)
    if service:
        return (
            "\n".join([*said, *_step_lines(followed.plan, _step_of(followed.plan, service), followed.database)]) + "\n"
        )
    return "\n".join([*said, *_overview(followed.plan), *_warnings(followed)]) + "\n"


def against(verdict: str) -> str:
    """What a plan is worth where the verdict is not to split."""
    return f"{verdict.rstrip('.')}. This is how it would be done all the same."


def _said(plan: Plan, verdict: str) -> list[str]:
    return [against(verdict) if plan.steps else verdict] if verdict else []


def plan_markdown(followed: Consequences, service: str = "", verdict: str = "") -> str:
    """All steps with all details, as `plan_text` has them; with ``service`` only that of the service. Raises `UnknownNameError`."""
    plan = followed.plan
    steps = [_step_of(plan, service)] if service else list(plan.steps)
    lines = [f"# Extraction plan for “{_cell(plan.split)}”", ""]
    if verdict:
        lines += [*map(_cell, _said(plan, verdict)), ""]
    if not service:
        lines += [*map(_cell, (*_conclusion(plan), *_warnings(followed))), ""]
    for step in steps:
        lines += [*_markdown_step(plan, step, followed.database), ""]
    if not service:
        lines += _assumptions(plan)
    return "\n".join(lines) + "\n"


def _warnings(followed: Consequences) -> list[str]:
    """What the plan does not cover, such as tables that nobody owns."""
    design = followed.database.design
    return [f"Not covered: {warning}" for warning in design.warnings] if design is not None else []


def _step_of(plan: Plan, service: str) -> Step:
    for step in plan.steps:
        if step.service == service:
            return step
    names = ", ".join(step.service for step in plan.steps if step.service)
    raise UnknownNameError(f"{service}: this plan has no step for a service of that name. It has: {names or 'none'}.")


def _conclusion(plan: Plan) -> Iterator[str]:
    if not plan.steps:
        yield f"There is nothing to extract: {plan.split} has one service."
        return
    yield f"Order by {plan.by}. {_where_to_stop(plan)}"
    if plan.criticality:
        yield plan.criticality
    if plan.about_small:
        yield plan.about_small
    for cycle in plan.cycles:
        yield f"Circle: {cycle}"


def _where_to_stop(plan: Plan) -> str:
    stop = next((step for step in plan.steps if step.order == plan.stop_after), None)
    after = f"Stop after step {stop.order} ({stop.title}): " if stop is not None else ""
    return f"{after}{plan.stop_reason}"


def _overview(plan: Plan) -> Iterator[str]:
    for step in plan.steps:
        effort = f"; {step.effort}, {step.benefit:.0%} of the independence" if step.effort else ""
        yield f"{step.order}. {step.title}{effort}"
        yield from _reasons(plan, step)
        counts = [counted(item.count, singular(item.kind)) for item in step.work]
        if counts:
            yield f"   {', '.join(counts)}"
        if step.needs_first:
            yield f"   calls back into the monolith for {', '.join(step.needs_first)}"
        for pattern in step.detail.patterns[:_SHOWN] if step.detail else ():
            yield f"   {pattern}"
        hidden = len(step.detail.patterns) - _SHOWN if step.detail else 0
        if hidden > 0:
            yield f"   and {counted(hidden, 'more pattern')}: --service {step.service}"
    yield from _conclusion(plan)


def _reasons(plan: Plan, step: Step) -> Iterator[str]:
    yield from (f"   {said}" for said in (step.reason, plan.about(step.service)) if said)


def _step_lines(plan: Plan, step: Step, database: DatabaseSplit) -> Iterator[str]:
    yield f"{step.order}. {step.title}"
    yield from _reasons(plan, step)
    if step.effort:
        yield f"   {step.effort}"
    for title, items in _sections(step, database):
        yield ""
        yield f"{title} ({sum(not item.startswith(' ') for item in items)})"
        yield from (f"  {item}" for item in items)


def _sections(step: Step, database: DatabaseSplit) -> Iterator[tuple[str, Sequence[str]]]:
    if step.detail is None:
        return
    if step.detail.protocol:
        yield "Protocol of its API", [step.detail.protocol]
    if step.detail.messaging:
        yield "Messages and events", [step.detail.messaging]
    for name, title in _SECTIONS:
        items = getattr(step.detail, name)
        if items:
            yield title, [line for item in items for line in _lines(item)]
        if name == "data" and (keys := list(_cut_keys(step, database))):
            yield "Keys that are cut, and what takes their place", [line for key in keys for line in _cut_key(key)]
        if name == "data" and step.detail.sagas:
            yield "Sagas that it takes part in", [line for saga in _sagas(step, database) for line in _saga(saga)]


def _lines(item: object) -> Iterator[str]:
    yield str(item)
    if isinstance(item, CrossingCall) and item.resilience:
        yield f"  needs {item.resilience}"
        yield f"  without an answer: {item.without_answer}"


def _cut_keys(step: Step, database: DatabaseSplit) -> Iterator[CutKey]:
    if database.design is not None and step.effort is not None:
        yield from (key for key in database.design.cut_keys if step.service in (key.service, key.target_service))


def _cut_key(key: CutKey) -> Iterator[str]:
    yield f"{key} ({key.key.file}:{key.key.line})"
    yield from (f"  {said}" for said in (key.existence, key.on_delete, *key.constraints) if said)


def _sagas(step: Step, database: DatabaseSplit) -> Iterator[Saga]:
    wanted = set(step.detail.sagas) if step.detail else set()
    if database.design is not None:
        yield from (s for s in database.design.sagas if s.name in wanted and step.service in s.services)


def _saga(saga: Saga) -> Iterator[str]:
    yield f"{saga.name} ({saga.file}:{saga.line}), by {saga.style}: {saga.style_reason}"
    for local in saga.steps:
        yield f"  {local}"
        for compensation in local.compensations:
            yield f"     undo: {compensation}"
    for anomaly in saga.anomalies:
        yield f"  {anomaly}"
    for remark in saga.remarks:
        yield f"  {remark}"
    yield f"  repeated messages are recognised by {saga.idempotency}"
    yield f"  outbox in {', '.join(saga.outbox)}: messages are written in the same transaction as the rows, and sent afterwards"


def _markdown_step(plan: Plan, step: Step, database: DatabaseSplit) -> Iterator[str]:
    yield f"## {step.order}. {_cell(step.title)}"
    yield ""
    effort = f" {step.effort}." if step.effort else ""
    yield f"{_cell(step.reason)}{effort}"
    yield ""
    if layer := plan.about(step.service):
        yield from (_cell(layer), "")
    for item in step.work:
        yield f"- {counted(item.count, singular(item.kind))}: {_cell(item.text)}"
    for title, items in _sections(step, database):
        yield f"\n### {title}\n"
        yield from (f"{'  ' * ((len(item) - len(item.lstrip())) // 2)}- {_cell(item.strip())}" for item in items)


def _assumptions(plan: Plan) -> Iterable[str]:
    yield f"Effort adds up counted work, by these assumptions about one item, in {plan.units.unit}: {assumptions(plan.units)}."


def _cell(text: str) -> str:
    """Text that Markdown takes as it is, on one line."""
    cleaned = " ".join(text.split())
    return "".join("\\" + c if c in "\\`*_<>[]#|" else c for c in cleaned)
