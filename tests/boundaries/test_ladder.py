"""What fewer services would bring is counted as the scores count it, and said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.boundaries.fewer import in_short, told_of_folds, told_of_ladder
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.ladder import Ladder, Rung, ladder_of, merged
from decompose.boundaries.partition import split_from_assignment
from decompose.boundaries.pins import Pin, Pins, Settled
from decompose.boundaries.scores import Scorer, labels_of, scored
from decompose.boundaries.split import Split
from decompose.boundaries.stateless import told_of_stateless

if TYPE_CHECKING:
    from collections.abc import Mapping

    from decompose.system.model import System
    from tests.conftest import Draw

PARTS = ("bills", "carts", "posts", "rooms", "users")


def shop(draw: Draw, more_files: Mapping[str, str] | None = None) -> System:
    """Five packages with a table each. Carts write bills in most of their transactions, users a post in one."""
    files: dict[str, str] = {}
    for name in PARTS:
        also = {"carts": "bills", "users": "posts"}.get(name, "")
        used = f"from {also}.models import {also.title()}\n" if also else ""
        functions = ""
        for n in range(6):
            more = n < 4 if name == "carts" else n < 1
            second = f"        {also.title()}.objects.update(n=1)\n" if also and more else ""
            functions += f"def {name}_{n}():\n    with transaction.atomic():\n        {name.title()}.objects.update(n=1)\n{second}"
        files |= {
            f"{name}/__init__.py": "",
            f"{name}/models.py": f"from django.db import models\nclass {name.title()}(models.Model): pass\n",
            f"{name}/places.py": f"from django.db import transaction\nfrom {name}.models import {name.title()}\n{used}{functions}",
        }
    return draw({**files, **(more_files or {})}).system


def with_slight_ones(draw: Draw) -> System:
    """The five and two that are hardly worth a process: notes has only a table, which refers to that of rooms; texts has none,
    and rooms calls it.
    """
    chained = "".join(f"def parse_{n}(text):\n    return parse_{n + 1}(text)\n" for n in range(15))
    files = {
        "notes/__init__.py": "",
        "notes/models.py": "from django.db import models\nclass Note(models.Model):\n    by = models.ForeignKey('rooms.Rooms', models.CASCADE)\n",
        "texts/__init__.py": "",
        "texts/parse.py": f"{chained}def parse_15(text): return text\n",
        "rooms/read.py": "from texts.parse import parse_0\ndef read(): return parse_0(1)\n",
    }
    return shop(draw, files)


def by_package(system: System) -> tuple[Scorer, Split]:
    graph = EvidenceGraph(system)
    homes = {unit.id: unit.id.partition(".")[0] for unit in system.units}
    return Scorer(graph), split_from_assignment(system, homes, "by hand", graph)


def test_the_first_merge_is_that_which_heals_most_for_its_size(draw: Draw) -> None:
    scorer, split = by_package(shop(draw))
    ladder = ladder_of(scorer, split)
    start, first, second, *_ = ladder.rungs
    assert (ladder.transactions, start.spanning_transactions) == (30, 5)
    assert ({first.kept, first.joined}, first.spanning_transactions) == ({"bills", "carts"}, 1)
    assert ({second.kept, second.joined}, second.spanning_transactions) == ({"posts", "users"}, 0)
    assert [rung.services for rung in ladder.rungs] == [5, 4, 3]
    assert ladder.stop == first


def test_every_rung_counts_what_the_scores_of_such_a_split_say(draw: Draw) -> None:
    scorer, split = by_package(shop(draw))
    ladder = ladder_of(scorer, split)
    for rung in ladder.rungs:
        made = merged(scorer, split, (rung.services, rung.services)) or split
        values = {score.name: score.value for score in scored(scorer, made, shuffles=0).scores}
        assert values["spanning_transactions"] == round(rung.spanning_transactions / ladder.transactions, 6)
        assert values["foreign_writes"] == round(rung.foreign_writes / ladder.writes, 6)
        assert values["single_writer_tables"] == rung.single_writer_tables / ladder.written_tables
        assert values["largest_share"] == rung.largest_share


def test_what_is_hardly_worth_a_process_joins_what_it_is_tied_to_once_no_merge_pays(draw: Draw) -> None:
    scorer, split = by_package(with_slight_ones(draw))
    ladder = ladder_of(scorer, split)
    assert [(rung.joined, rung.kept, rung.folded) for rung in ladder.folds] == [
        ("notes", "rooms", "small"),
        ("texts", "rooms", "no table"),
    ]
    before, after = (
        [rung.pays for rung in ladder.rungs if rung.services > ladder.folds[0].services],
        [rung.folded for rung in ladder.rungs if rung.services < ladder.folds[-1].services],
    )
    assert all(before)
    assert not any(after)
    told = told_of_folds(ladder)
    assert f"fewer still, {ladder.folds[-1].services} (`--services {ladder.folds[-1].services}`)" in told
    assert (
        f"notes ({ladder.folds[0].lines} lines) into rooms; texts ({ladder.folds[1].lines} lines, no table) into rooms. Each"
        in told
    )
    assert [rung.lines for rung in ladder.folds] == [3, 31]
    assert f"{ladder.folds[-1].services} are left once what is hardly worth a process joins others" in in_short(ladder)


def test_a_number_that_only_such_joining_leads_to_can_be_asked_for(draw: Draw) -> None:
    scorer, split = by_package(with_slight_ones(draw))
    count = ladder_of(scorer, split).folds[-1].services
    made = merged(scorer, split, (count, count))
    assert made is not None
    homes = made.services_of()
    assert homes["notes.models:Note"] == homes["rooms.places:rooms_0"]
    assert homes["texts.parse:parse_0"] == homes["rooms.read:read"]


def test_what_pins_keep_apart_does_not_join(draw: Draw) -> None:
    scorer, split = by_package(with_slight_ones(draw))
    pinned = Settled(scorer.graph, Pins(apart=((Pin("table:notes_note", "here"), Pin("table:rooms_rooms", "there")),)))
    ladder = ladder_of(scorer, split, pinned.parted(labels_of(scorer.graph, split)))
    assert "rooms" not in {rung.kept for rung in ladder.folds if rung.joined == "notes"}


def test_of_a_range_every_merge_that_pays_is_made(draw: Draw) -> None:
    scorer, split = by_package(shop(draw))
    made = merged(scorer, split, (2, 4))
    assert made is not None
    assert len(made.services) == 4
    assert merged(scorer, split, (2, 5)) is None


def test_what_pins_keep_apart_is_not_merged(draw: Draw) -> None:
    scorer, split = by_package(shop(draw))
    pinned = Settled(scorer.graph, Pins(apart=((Pin("table:bills_bills", "here"), Pin("table:carts_carts", "there")),)))
    ladder = ladder_of(scorer, split, pinned.parted(labels_of(scorer.graph, split)))
    assert [{rung.kept, rung.joined} for rung in ladder.rungs[1:]] == [{"posts", "users"}]


def test_no_service_grows_beyond_what_is_allowed(draw: Draw) -> None:
    scorer, split = by_package(shop(draw))
    assert len(ladder_of(scorer, split, (), 7).rungs) == 1


def rung(services: int, kept: str, joined: str, broken: int, *, pays: bool) -> Rung:
    return Rung(services, kept, joined, broken, 0, 40, 8, 0.25, pays)


def test_the_sentence_says_what_is_healed_and_how_to_get_it() -> None:
    rungs = (
        rung(5, "", "", 7, pays=True),
        rung(4, "cart", "bill", 3, pays=True),
        rung(3, "cart", "user", 2, pays=False),
    )
    ladder = Ladder("consensus", 20, 30, 80, 10, rungs)
    told = told_of_ladder(ladder)
    assert "4 in place of 5 (`--services 4`) would break 3 of 20 writing transactions (7 now)" in told
    assert "cart with bill heals 4 transactions." in told
    assert in_short(ladder) == "4 would break 3 of 20 writing transactions (7 with 5) (`--services 4`)"


def test_where_no_merge_pays_that_is_said() -> None:
    ladder = Ladder(
        "consensus", 20, 30, 80, 10, (rung(3, "", "", 7, pays=True), rung(2, "cart", "bill", 6, pays=False))
    )
    assert told_of_ladder(ladder).startswith("no two of these services")
    assert in_short(ladder) == in_short(Ladder()) == told_of_ladder(Ladder()) == ""


def test_services_without_a_table_are_named_with_who_uses_them(draw: Draw) -> None:
    files = {f"{name}/__init__.py": "" for name in ("carts", "texts")}
    files |= {
        "carts/models.py": "from django.db import models\nclass Cart(models.Model): pass\n",
        "carts/places.py": "from carts.models import Cart\nfrom texts.parse import parse\ndef place():\n    parse(Cart.objects.get())\n",
        "texts/parse.py": "def parse(text): return text\n",
    }
    scorer, split = by_package(draw(files).system)
    told = told_of_stateless(scorer.graph, split)
    assert told.startswith("one service holds no table: texts (1 unit, used by carts). It is code")
    whole = split_from_assignment(scorer.graph.system, {"carts.models:Cart": "all"}, "one", scorer.graph)
    assert told_of_stateless(scorer.graph, whole) == ""
