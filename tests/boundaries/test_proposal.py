"""Candidate splits of a drawn application: laws, options, and splits by hand."""

from __future__ import annotations

import csv
import random
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from decompose import api
from decompose.boundaries import Proposal, Smallest, SplitOptions, propose, split_from_assignment
from decompose.boundaries.agreement import adjusted_rand_index
from decompose.boundaries.fewer import told_of_ladder
from decompose.boundaries.recommend import Standing, recommend, told_of_range
from decompose.boundaries.split import Recommendation, Service, Split
from decompose.report import export_rows
from decompose.report.view import chosen_split
from decompose.runs.analysis import named_split
from decompose.system.model import BY_CASCADE, Access, Dependency, System, Transaction
from tests.applications import three_domains

if TYPE_CHECKING:
    from decompose.runs.analysis import Analysis

ANY = Smallest(lines=0)
"""Also an application that is drawn in a test is worth splitting."""

Places = dict[str, frozenset[tuple[tuple[str, ...], tuple[str, ...]]]]


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """Analyse the three-domain shop once."""
    base = tmp_path_factory.mktemp("shop")
    for path, source in three_domains().items():
        (base / path).parent.mkdir(parents=True, exist_ok=True)
        (base / path).write_text(source)
    return api.analyze(base, cache_folder=None, jobs=1)


@pytest.fixture(scope="module")
def system(analysis: Analysis) -> System:
    """Take its model."""
    return analysis.system


def places(proposal: Proposal) -> Places:
    """Split -> its services, as units and tables in any order."""
    return {
        s.name: frozenset((tuple(sorted(v.units)), tuple(sorted(v.tables))) for v in s.services)
        for s in proposal.splits
    }


def test_every_split_covers_every_unit_and_table_once(analysis: Analysis) -> None:
    units = sorted(unit.id for unit in analysis.system.units)
    tables = sorted(table.name for table in analysis.system.tables)
    assert len(units) >= 20
    assert len(tables) == 6
    for split in analysis.splits:
        assert sorted([*split.shared, *(unit for service in split.services for unit in service.units)]) == units
        assert sorted(table for service in split.services for table in service.tables) == tables


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("inter_call", 0.52, "52% of the calls would cross"),
        ("single_writer_tables", 0.1, "10% of the written tables have a single writing service"),
    ],
)
def test_a_split_that_leaves_everything_tied_is_not_recommended(
    analysis: Analysis, name: str, value: float, said: str
) -> None:
    first = analysis.recommendation.split
    talking = [
        msgspec.structs.replace(
            split,
            scores=tuple(
                msgspec.structs.replace(score, value=value) if score.name == name else score for score in split.scores
            ),
        )
        for split in analysis.splits
    ]
    alone = [named if named.name == first else split for named, split in zip(talking, analysis.splits, strict=True)]
    assert recommend(analysis.system, alone, smallest=ANY).split not in ("", first)
    verdict = recommend(analysis.system, talking, smallest=ANY)
    assert verdict.split == ""
    assert said in verdict.sentence
    assert any(reason.startswith("one-per-package: ") and said in reason for reason in verdict.reasons)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("largest_share", 0.48, "one service holds 48% of the units and tables (less than 50% is accepted)"),
        ("inter_call", 0.38, "38% of the calls would cross (at most 40% is accepted)"),
        ("inter_call", 0.36, ""),
    ],
)
def test_a_split_that_is_just_sound_is_recommended_as_that(
    analysis: Analysis, name: str, value: float, said: str
) -> None:
    best = next(split for split in analysis.splits if split.name == analysis.recommendation.split)
    scores = [msgspec.structs.replace(s, value=value) if s.name == name else s for s in best.scores]
    verdict = recommend(analysis.system, [msgspec.structs.replace(best, scores=tuple(scores))], smallest=ANY)
    assert verdict.split == best.name
    told = [reason for reason in verdict.reasons if reason.startswith("it is close to what is not accepted")]
    assert [reason.endswith(said) for reason in told] == ([True] if said else [])


@pytest.mark.parametrize(
    ("crossing", "services", "recommended"),
    [(0.38, None, False), (0.3, None, True), (0.38, (2, 30), True)],
)
def test_what_one_way_of_looking_tells_alone_has_to_be_sound_with_room(
    analysis: Analysis, crossing: float, services: tuple[int, int] | None, recommended: bool
) -> None:
    def crossed(split: Split) -> Split:
        share = 0.52 if split.name != "whole-graph" else crossing
        scores = [msgspec.structs.replace(s, value=share if s.name == "inter_call" else s.value) for s in split.scores]
        return msgspec.structs.replace(split, scores=tuple(scores))

    verdict = recommend(analysis.system, [*map(crossed, analysis.splits)], services, ANY)
    assert verdict.split == ("whole-graph" if recommended else "")
    told = [reason for reason in verdict.reasons if reason.startswith("whole-graph: it is only just sound (38% of")]
    assert (len(told), verdict.nearest) == ((0, "") if recommended else (1, "consensus"))


def test_packages_that_are_sound_as_they_are_where_no_candidate_is_are_told(analysis: Analysis) -> None:
    def worse(split: Split) -> Split:
        scores = [msgspec.structs.replace(s, value=0.9 if s.name == "largest_share" else s.value) for s in split.scores]
        return split if split.trivial else msgspec.structs.replace(split, scores=tuple(scores))

    verdict = recommend(analysis.system, [*map(worse, analysis.splits)], smallest=ANY)
    assert verdict.split == ""
    assert "one-per-package: sound, but drawn by folders alone" in verdict.reasons


@pytest.mark.parametrize(
    ("smallest", "said"),
    [
        (Smallest(), "Do not split: it has only 229 lines of code, and below 3,000 (`min_lines`)"),
        (Smallest(lines=229, tables=7), "Do not split: 6 database tables were found, fewer than 7 (`min_tables`)"),
    ],
)
def test_a_small_application_is_not_split_and_what_would_be_best_is_shown(
    analysis: Analysis, smallest: Smallest, said: str
) -> None:
    verdict = recommend(analysis.system, analysis.splits, smallest=smallest)
    assert (verdict.split, verdict.nearest) == ("", analysis.recommendation.split)
    assert verdict.sentence.startswith(said)


@pytest.mark.parametrize(("tables", "said"), [(0, "0 database tables were"), (1, "1 database table was")])
def test_how_few_tables_there_are_is_said_in_plain_english(analysis: Analysis, tables: int, said: str) -> None:
    system = msgspec.structs.replace(analysis.system, tables=analysis.system.tables[:tables])
    assert f"{said} found, fewer than 4 " in recommend(system, analysis.splits, smallest=Smallest(lines=0)).sentence


def test_rows_that_only_go_along_with_others_make_no_table_a_written_one(analysis: Analysis) -> None:
    system = analysis.system
    along = tuple(
        msgspec.structs.replace(access, rule=BY_CASCADE)
        if access.table == "addresses" and access.operation != "read"
        else access
        for access in system.accesses
    )
    for accesses, written in ((system.accesses, 6), (along, 5)):
        changed = msgspec.structs.replace(system, accesses=accesses)
        sentence = recommend(changed, analysis.splits, smallest=ANY).sentence
        assert f" of {written} written tables have a single writing service" in sentence


@pytest.mark.parametrize(("across", "inside", "said"), [(7, 4, True), (6, 5, False)])
def test_a_limit_that_few_transactions_may_break_by_chance_is_told(
    analysis: Analysis, across: int, inside: int, said: bool
) -> None:
    split = named_split(analysis)
    one, other, *_ = (service.tables[0] for service in split.services if service.tables)
    writing = Transaction("m:f", "atomic", (one,), (), "m.py", 1)
    spanning = msgspec.structs.replace(writing, tables_written=tuple(sorted((one, other))))
    system = msgspec.structs.replace(
        analysis.system,
        # Tables that are changed: what everything only appends to does not count.
        accesses=tuple(msgspec.structs.replace(access, operation="update") for access in analysis.system.accesses),
        transactions=(*(spanning,) * across, *(writing,) * inside),
    )
    verdict = recommend(system, [split], smallest=ANY)
    assert verdict.split == split.name
    assert ("more than the 60% that is accepted, but too few are seen to be sure" in verdict.sentence) == said


def test_of_enough_transactions_the_share_that_spans_services_is_judged_as_it_is(analysis: Analysis) -> None:
    split = named_split(analysis)
    one, other, *_ = (service.tables[0] for service in split.services if service.tables)
    writing = Transaction("m:f", "atomic", (one,), (), "m.py", 1)
    spanning = msgspec.structs.replace(writing, tables_written=tuple(sorted((one, other))))
    accesses = tuple(msgspec.structs.replace(access, operation="update") for access in analysis.system.accesses)
    for across, inside, expected in ((13, 7, ""), (12, 8, split.name), (12, 7, split.name)):
        system = msgspec.structs.replace(
            analysis.system, accesses=accesses, transactions=(*(spanning,) * across, *(writing,) * inside)
        )
        assert recommend(system, [split], smallest=ANY).split == expected


def test_where_no_split_is_recommended_the_one_that_is_spoken_of_is_shown(analysis: Analysis) -> None:
    splits = []
    for split in analysis.splits:
        worse = {"largest_share": 0.9} if split.name != "entry-points-first" else {"largest_share": 0.6}
        z = {} if split.name == "entry-points-first" else {"modularity": 0.0}
        scores = tuple(
            msgspec.structs.replace(score, value=worse.get(score.name, score.value), z=z.get(score.name, score.z))
            for score in split.scores
        )
        splits.append(msgspec.structs.replace(split, scores=scores))
    verdict = recommend(analysis.system, splits, smallest=ANY)
    assert verdict.split == ""
    assert "entry-points-first" in verdict.sentence
    refused = msgspec.structs.replace(analysis, splits=tuple(splits), recommendation=verdict)
    assert chosen_split(refused).name == named_split(refused).name == "entry-points-first"


def test_trivial_splits_stand_beside_the_proposals(analysis: Analysis) -> None:
    trivial = {split.name: split for split in analysis.splits if split.trivial}
    assert set(trivial) == {"one-per-package", "connected-components", "all-in-one"}
    assert len(trivial["all-in-one"].services) == 1


def test_a_service_uses_a_table_of_its_own(system: System) -> None:
    """The addresses of a package whose code does not touch them make no service of that package."""
    idle = msgspec.structs.replace(
        system,
        accesses=tuple(a for a in system.accesses if a.table not in ("products", "categories")),
        transactions=(),
    )
    for split in propose(idle).splits:
        if split.trivial:
            continue
        owner, place = split.service_of_table(), split.service_of_unit()
        using = {owner[a.table] for a in idle.accesses if place[a.unit or a.definition] == owner[a.table]}
        assert {service.name for service in split.services} == using


def test_the_verdict_says_how_far_it_holds(analysis: Analysis) -> None:
    told = [reason for reason in analysis.recommendation.reasons if "from each half of the clusterings" in reason]
    assert len(told) == 1
    assert "3 and 3 services, which agree with each other by 1.00" in told[0]
    assert told[0].endswith("both are sound")


@pytest.mark.parametrize("field", ["dependencies", "accesses", "foreign_keys", "transactions", "definitions"])
def test_the_order_of_the_evidence_changes_nothing(system: System, field: str) -> None:
    records = list(getattr(system, field))
    random.Random(3).shuffle(records)
    assert propose(msgspec.structs.replace(system, **{field: tuple(records)})) == propose(system)


def guessed_calls(system: System) -> tuple[Dependency, ...]:
    """Many calls, matched by name alone."""
    units = [unit.id for unit in system.units]
    return tuple(
        Dependency(source=source, target=target, kind="call", resolution="guessed", rule="name", file="x.py", line=1)
        for source, target in zip(units, reversed(units), strict=True)
        if source != target
    )


def guessed_writes(system: System) -> tuple[Access, ...]:
    """Every unit writes every table, matched by name alone."""
    return tuple(
        Access(
            definition=unit.id, table=table.name, operation="insert", columns=(), role="execute",
            resolution="guessed", rule="name", file="x.py", line=1,
        )
        for unit in system.units
        for table in system.tables
    )  # fmt: skip


@pytest.mark.parametrize("turn", range(3))
def test_a_split_holds_where_a_few_lines_change(system: System, turn: int) -> None:
    gone = set(random.Random(turn).sample(range(len(system.dependencies)), 3))
    kept = tuple(dependency for number, dependency in enumerate(system.dependencies) if number not in gone)
    before, after = (
        next(split for split in propose(one).splits if split.name == "consensus").services_of()
        for one in (system, msgspec.structs.replace(system, dependencies=kept))
    )
    assert len(set(before.values())) == len(set(after.values()))
    assert adjusted_rand_index([(place, after[thing]) for thing, place in before.items()]) > 0.9


def test_guessed_calls_steer_no_split(system: System) -> None:
    assert propose(
        msgspec.structs.replace(system, dependencies=system.dependencies + guessed_calls(system))
    ) == propose(system)


def test_guessed_accesses_change_nothing_that_is_said(system: System) -> None:
    reading_only = tuple(
        access for access in system.accesses if access.operation == "read" or access.table != "addresses"
    )
    without = msgspec.structs.replace(system, accesses=reading_only)
    more = msgspec.structs.replace(without, accesses=without.accesses + guessed_writes(system))
    assert propose(more).recommendation == propose(without).recommendation


def test_guessed_accesses_steer_no_split(system: System) -> None:
    bare = msgspec.structs.replace(system, units=tuple(msgspec.structs.replace(u, model_of="") for u in system.units))
    more = msgspec.structs.replace(bare, accesses=bare.accesses + 40 * guessed_writes(bare)[: len(bare.tables)])
    assert places(propose(more)) == places(propose(bare))


@pytest.mark.parametrize("count", [3, 4, 5, 6])
def test_the_recommended_split_has_the_number_of_services_that_was_asked_for(system: System, count: int) -> None:
    proposal = propose(system, SplitOptions(services=(count, count), smallest=ANY))
    sizes = {split.name: len(split.services) for split in proposal.splits if not split.trivial}
    assert count in sizes.values()
    assert sizes[proposal.recommendation.split] == count


def test_a_number_of_services_that_cannot_be_had_is_told_with_the_most_that_can(system: System) -> None:
    proposal = propose(system, SplitOptions(services=(100_000, 100_000), smallest=ANY))
    most = max(len(split.services) for split in proposal.splits if not split.trivial)
    assert proposal.recommendation.sentence.endswith(
        f" Not the 100,000 services that were asked for: no candidate has more than {most}."
    )


@pytest.mark.parametrize(
    ("services", "why"),
    [
        ((9, 12), "Not the 9 to 12 services that were asked for: no candidate has more than 5."),
        ((1, 2), "Not the 1 to 2 services that were asked for: no candidate has fewer than 3."),
        ((4, 4), "Not the 4 services that were asked for: the candidates have 3, 5."),
        ((5, 8), "Not the 5 to 8 services that were asked for: no candidate that has so many is sound."),
        ((3, 4), ""),
    ],
)
def test_a_range_of_services_that_is_not_kept_is_told_with_the_reason(services: tuple[int, int], why: str) -> None:
    def split(name: str, count: int) -> Split:
        made = tuple(Service(name=f"s{i}", units=(f"m:u{i}",), tables=()) for i in range(count))
        return Split(name=name, generator=name, trivial=False, services=made, shared=())

    verdict = Recommendation(split="few", sentence="Split.", nearest="few")
    assert told_of_range([split("few", 3), split("many", 5)], verdict, services) == why


def test_fewer_services_that_are_asked_for_are_those_of_the_ladder() -> None:
    sample = api.load(Path(__file__).parents[2] / "reports" / "sample_monolith")
    shown = next(split for split in sample.splits if split.name == sample.recommendation.split)
    rung = sample.ladder.rungs[2]
    asked = propose(sample.system, SplitOptions(services=(rung.services, rung.services)))
    made = next(split for split in asked.splits if split.name == asked.recommendation.split)
    assert (made.name, len(made.services)) == ("merged", rung.services)
    homes = made.services_of()
    assert all(len({homes[unit] for unit in service.units}) == 1 for service in shown.services)
    assert asked.ladder.rungs[0].spanning_transactions == rung.spanning_transactions


def test_what_fewer_services_would_bring_is_a_reason_of_the_verdict(system: System) -> None:
    proposal = propose(system, SplitOptions(smallest=ANY))
    assert told_of_ladder(proposal.ladder) in proposal.recommendation.reasons
    assert proposal.ladder.split == proposal.recommendation.split


def test_there_are_three_candidates_made_in_different_ways(analysis: Analysis) -> None:
    assert len({split.generator for split in analysis.splits if not split.trivial}) >= 3


def test_a_recommendation_says_why(analysis: Analysis) -> None:
    assert len(analysis.recommendation.sentence) > 20
    assert analysis.recommendation.reasons


# Splits by hand


@pytest.mark.parametrize(
    ("data", "change", "beats"),
    [
        pytest.param(5.0, 2.0, True, id="clearly better by data"),
        pytest.param(2.0, 5.0, True, id="clearly better by change"),
        pytest.param(2.5, 2.0, False, id="hardly better than by chance"),
        pytest.param(5.0, 1.8, True, id="a little worse by change"),
        pytest.param(5.0, 0.5, False, id="clearly worse by change"),
        pytest.param(0.5, 5.0, False, id="clearly worse by data"),
    ],
)
def test_a_split_beats_another_if_it_is_clearly_better_and_nowhere_clearly_worse(
    data: float, change: float, beats: bool
) -> None:
    assert Standing(data, change, trust=0.5).beats(Standing(2.0, 2.0, trust=0.9)) == beats


def test_a_split_by_hand_has_an_owner_for_every_table(system: System) -> None:
    split = split_from_assignment(system, {system.units[0].id: "first"}, "ours")
    assert sorted(split.service_of_table()) == sorted(table.name for table in system.tables)


def test_a_method_places_its_class_or_is_refused(system: System) -> None:
    changed = msgspec.structs.replace(
        system,
        definitions=(
            *system.definitions,
            msgspec.structs.replace(system.definitions[0], id="x:Y.m", kind="function", unit=system.units[0].id),
        ),
    )
    split = split_from_assignment(changed, {"x:Y.m": "first"}, "ours")
    assert split.service_of_unit()[system.units[0].id] == "first"


def test_exported_assignments_can_be_compared(analysis: Analysis, tmp_path: Path) -> None:
    columns, rows = export_rows(analysis, "assignments")
    first = analysis.splits[0].name
    with (tmp_path / "ours.csv").open("w", newline="") as file:
        csv.writer(file).writerows([columns, *(row for row in rows if row[0] == first)])
    extended = api.with_partition(analysis, tmp_path / "ours.csv")
    assert api.compare(extended, [first, "ours"])[0].moved == ()


def test_a_file_called_like_a_split_is_compared_all_the_same(analysis: Analysis, tmp_path: Path) -> None:
    name = analysis.splits[0].name
    file = tmp_path / f"{name}.csv"
    lines = [f"{unit.id},{'odd' if number % 2 else 'even'}" for number, unit in enumerate(analysis.system.units)]
    file.write_text("\n".join(["id,service", *lines]))
    extended = api.with_partition(analysis, file)
    assert extended.splits[-1].name != name
    assert api.compare(extended, [name, extended.splits[-1].name])[-1].agreement_units < 1


def test_a_field_that_is_too_long_is_refused(analysis: Analysis, tmp_path: Path) -> None:
    file = tmp_path / "ours.csv"
    file.write_text('id,service\n"' + "a" * 200_000 + '",x\n')
    with pytest.raises(api.DecomposeError):
        api.with_partition(analysis, file)


def test_explaining_two_tables_shows_their_foreign_key(analysis: Analysis) -> None:
    found = api.explain(analysis, "table:invoices", "table:users")
    assert any("invoices" in str(item) and "users" in str(item) for item in found.evidence)
