"""Scores of a split that is small enough to be counted by hand; what the shared library does is nobody's crossing."""

from __future__ import annotations

from pathlib import Path

import pytest

from decompose.boundaries import split_from_assignment
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.scores import Scorer
from decompose.boundaries.scores.measures import MEASURES
from decompose.boundaries.scores.scorer import scored
from decompose.boundaries.split import SHARED
from tests.conftest import Draw

FILES = {
    "m/__init__.py": "",
    "schema.sql": """
        create table rows_of_b (id integer primary key, before integer references rows_of_b (id), a integer references rows_of_a (id));
        create table rows_of_a (id integer primary key);
        create table other_rows_of_b (id integer primary key);
        """,
    "m/a.py": """
        from m import b
        from sqlite3 import connect

        def one():
            two()
            b.three()
            connect("x").execute("insert into rows_of_b (id) values (1)")

        def two():
            b.three()
            connect("x").execute("insert into rows_of_a (id) values (1)")
        """,
    "m/b.py": """
        from m import a
        from sqlite3 import connect
        from m.common import keep

        def three():
            keep()
            connect("x").execute("update rows_of_b set id = 2")

        def four():
            a.one()
            connect("x").execute("select id from rows_of_a")
            connect("x").execute("select id from rows_of_b")
        """,
    "m/common.py": """
        from sqlite3 import connect

        def keep():
            connect("x").execute("insert into other_rows_of_b (id) values (1)")
        """,
}


@pytest.fixture(name="scores")
def _scores(draw: Draw) -> dict[str, float]:
    """Each module of two is a service, with its tables; the third is shared."""
    system = draw(FILES).system
    places = {unit.id: {"m.a": "a", "m.b": "b"}.get(unit.module, SHARED) for unit in system.units}
    tables = {f"table:{table.name}": table.name[-1] for table in system.tables}
    graph = EvidenceGraph(system)
    split = scored(Scorer(graph), split_from_assignment(system, {**places, **tables}, "s", graph), shuffles=0)
    return {score.name: score.value for score in split.scores}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        # Of five calls between units three lead from one service to the other.
        ("inter_call", 3 / 5),
        ("foreign_writes", 1 / 4),
        ("foreign_reads", 1 / 2),
        ("single_writer_tables", 2 / 3),
        ("cut_foreign_keys", 1.0),
        # a: of four messages that touch it one stays inside; b: of four none.
        ("message_cohesion", (1 / 4 + 0) / 2),
        ("message_coupling", 1.0),
        ("interface_number", 1.0),
        # Tables that are no class of the code count as units do.
        ("coverage", 7 / 8),
        ("largest_share", 4 / 7),
    ],
)
def test_a_score_is_what_can_be_counted(scores: dict[str, float], name: str, value: float) -> None:
    assert scores[name] == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("name", ["coverage", "largest_share"])
def test_what_counts_tables_says_so(name: str) -> None:
    (about,) = (measure.about for measure in MEASURES if measure.name == name)
    assert about.startswith("units and tables in ")
    assert f"| `{name}` | {about} |" in (Path(__file__).parents[2] / "docs" / "reference.md").read_text()


def test_one_of_several_that_a_call_may_lead_to_is_a_part_of_that_call(draw: Draw) -> None:
    classes = "".join(f"class {name}(Sender):\n    def send(self): pass\n" for name in "ABC")
    system = draw(
        {
            "m/senders.py": f"class Sender:\n    def send(self): pass\n{classes}",
            "m/use.py": "from m.senders import Sender\ndef use(sender: Sender): sender.send()\ndef other(): use(None)\n",
        }
    ).system
    graph = EvidenceGraph(system)
    places = {unit.id: "use" if unit.module == "m.use" else "senders" for unit in system.units}
    split = scored(Scorer(graph), split_from_assignment(system, places, "s", graph), shuffles=0)

    # Two calls: of the four classes that one of them may lead to each counts as a quarter.
    assert sorted(graph.shares)[:4] == [0.25] * 4
    assert next(score.value for score in split.scores if score.name == "inter_call") == pytest.approx(1 / 2)
