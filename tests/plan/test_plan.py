"""The extraction plan: every service once, and counts that are those of the split."""

from __future__ import annotations

from typing import Literal

import msgspec
import pytest

from decompose.boundaries import split_from_assignment
from decompose.boundaries.split import Split
from decompose.database import split_database
from decompose.database.split import DatabaseSplit
from decompose.plan import make_plan
from decompose.plan.step import Effort, Plan, Step
from decompose.plan.stopping import where_to_stop
from decompose.plan.work import MAX_EVIDENCE
from decompose.system.model import StatementCount, System
from tests.applications import analysed_shop
from tests.conftest import Draw
from tests.database.sample import by_the_architect
from tests.database.test_divided_database import by_domain
from tests.plan.test_styles import STORE, planned

Drawn = tuple[Split, DatabaseSplit, Plan]


@pytest.fixture(name="system")
def _system() -> System:
    return analysed_shop().analysis.system


@pytest.fixture(name="drawn")
def _drawn(system: System) -> Drawn:
    split = by_domain(system, web="accounts", totals="accounts")
    database = split_database(system, split)
    return split, database, make_plan(system, split, database)


def step_of(plan: Plan, service: str) -> Step:
    """The step that is about a service."""
    (step,) = [step for step in plan.steps if step.service == service]
    return step


def test_every_service_has_one_step_and_one_is_kept(drawn: Drawn) -> None:
    split, _, plan = drawn
    assert [step.order for step in plan.steps] == [0, 1, 2, 3]
    assert plan.steps[0].service == ""
    assert sorted(step.service for step in plan.steps[1:]) == sorted(service.name for service in split.services)
    assert plan.steps[-1].title.startswith("Keep ")
    assert plan.steps[-1].work == ()


def test_every_plan_of_a_run_covers_every_service() -> None:
    analysis = analysed_shop().analysis
    splits = {split.name: split for split in analysis.splits}
    assert {plan.split for plan in analysis.plans} == {split.name for split in analysis.splits if not split.trivial}
    for plan in analysis.plans:
        assert sorted(step.service for step in plan.steps if step.order) == [
            s.name for s in splits[plan.split].services
        ]


def test_what_moves_is_what_the_service_holds(drawn: Drawn) -> None:
    split, _, plan = drawn
    for service in split.services:
        step = step_of(plan, service.name)
        if step.work:
            assert (step.count("units"), step.count("tables")) == (len(service.units), len(service.tables))
            (tables,) = [item.evidence for item in step.work if item.kind == "tables"]
            assert tables == service.tables


def test_the_preparation_counts_every_crossing(drawn: Drawn) -> None:
    split, database, plan = drawn
    work = {item.kind: item for item in plan.steps[0].work}
    assert work["foreign accesses"].count == len(database.foreign_accesses) == 2
    assert work["foreign accesses"].evidence == ("shop/billing/service.py:60", "shop/billing/service.py:66")
    # Billing makes a user, and the pages of all three domains are in accounts.
    assert work["seams"].evidence == ("shop/billing/service.py:66", "shop/web.py:19", "shop/web.py:24")
    assert work["shared units"].count == len(split.shared)
    assert work["shared units"].evidence == split.shared == ("shop.db:Base",)


def test_each_crossing_is_undone_in_exactly_one_step(drawn: Drawn) -> None:
    _, database, plan = drawn
    steps = plan.steps[1:]
    assert sum(step.count("foreign keys") for step in steps) == len(database.cut_foreign_keys) == 1
    assert sum(step.count("foreign accesses") for step in steps) == len(database.foreign_accesses)
    assert sum(step.count("transactions") for step in steps) == len(database.spanning_transactions) == 1
    crossing = sum(step.count("inbound calls") + step.count("outbound calls") for step in steps)
    assert crossing == plan.steps[0].count("seams")


def test_the_least_entangled_service_comes_first(drawn: Drawn) -> None:
    _, _, plan = drawn
    assert plan.steps[1].service == "catalogue"
    assert plan.steps[1].reason.startswith("The least entangled of 3")


def test_of_services_that_cost_the_same_the_smaller_goes_first(draw: Draw) -> None:
    sizes = {"a": 2, "b": 1, "c": 3}
    functions = {name: "".join(f"def f{n}(): pass\n" for n in range(size)) for name, size in sizes.items()}
    plan = planned(draw, {f"m/{name}.py": text for name, text in functions.items()})
    assert [step.service for step in plan.steps if step.service] == ["b", "a", "c"]


def of_sizes(draw: Draw, sizes: dict[str, int], by: Literal["risk", "value"] = "risk") -> Plan:
    """The plan for services of one package each, with so many functions, of which all but ``notes`` call the first's."""
    files: dict[str, str] = {}
    for package, count in sizes.items():
        called = "" if package == "notes" else f"from {next(iter(sizes))}.places import place_0 as place\n"
        calls = "1" if package == "notes" else "place()"
        code = "".join(f"def place_{n}():\n    a = {n}\n    return {calls}\n" for n in range(count))
        model = f"from django.db import models\nclass {package.title()}(models.Model): pass\n"
        files |= {f"{package}/__init__.py": "", f"{package}/models.py": model, f"{package}/places.py": called + code}
    system = draw(files).system
    split = split_from_assignment(system, {unit.id: unit.id.partition(".")[0] for unit in system.units}, "by hand")
    return make_plan(system, split, split_database(system, split), by=by)


@pytest.mark.parametrize("by", ["risk", "value"])
def test_what_is_hardly_worth_a_process_comes_after_what_is(draw: Draw, by: Literal["risk", "value"]) -> None:
    plan = of_sizes(draw, {"orders": 60, "stock": 60, "notes": 4, "users": 60}, by)
    assert plan.steps[3].service == "notes", "the last of the others stays"
    assert plan.small == ("notes",)
    assert plan.steps[1].reason.count("worth a process of their own") == 1
    assert plan.steps[3].reason.startswith("By its size (14 lines) it is hardly worth a process of its own. ")
    assert ("The only one left that is small: its crossings weigh" in plan.steps[3].reason) is (by == "risk")
    assert "of 1 " not in plan.steps[3].reason
    assert plan.about_small.startswith("Hardly worth a process of its own, by its size: notes.")
    assert plan.stop_after < 3, "it takes hardly any work, and is no reason to go on"


def test_where_one_service_alone_is_worth_a_process_the_others_go_in_their_order(draw: Draw) -> None:
    plan = of_sizes(draw, {"orders": 90, "notes": 4, "users": 8})
    assert [step.service for step in plan.steps[1:]] == ["notes", "users", "orders"]


SHOP = {
    "orders/models.py": "from django.db import models\nclass Order(models.Model): pass\n",
    "orders/views.py": (
        "from django.urls import path\nfrom orders.models import Order\nfrom texts.short import shortened\n"
        "def show(request):\n    Order.objects.create()\n    return shortened('a')\nurlpatterns = [path('orders', show)]\n"
    ),
    "stock/models.py": "from django.db import models\nclass Item(models.Model): pass\n",
    "stock/views.py": (
        "from django.urls import path\nfrom stock.models import Item\nfrom texts.short import shortened\n"
        "from orders.models import Order\n"
        "def take(request):\n    Item.objects.create()\n    Order.objects.create()\n    return shortened('b')\n"
        "urlpatterns = [path('items', take)]\n"
    ),
    "texts/short.py": "import re\nSPACE = re.compile(' ')\ndef shortened(text):\n    return SPACE.sub('', text)\n",
}
KEEPING = "from django.db import models\nclass Seen(models.Model): pass\n"


def shop_plan(draw: Draw, files: dict[str, str]) -> Plan:
    """The plan for a service of each package."""
    system = draw({f"{name.partition('/')[0]}/__init__.py": "" for name in files} | files).system
    places = {unit.id: unit.id.partition(".")[0] for unit in system.units}
    places |= {f"table:{table.name}": table.name.partition("_")[0] for table in system.tables}
    split = split_from_assignment(system, places, "by hand")
    return make_plan(system, split, split_database(system, split))


def test_a_service_in_which_nothing_would_run_is_a_library_and_no_step_to_begin_with(draw: Draw) -> None:
    plan = shop_plan(draw, SHOP)
    assert plan.libraries == ("texts",)
    assert [step.service for step in plan.steps[1:]] == ["orders", "texts", "stock"]
    assert plan.steps[2].reason.startswith("Nothing would run in it: it has no data and no entry point")
    assert "Nothing would run in texts," in plan.about_small
    assert plan.stop_after < 2


@pytest.mark.parametrize(
    "more",
    [
        {"texts/models.py": KEEPING},
        {"texts/views.py": "from django.urls import path\ndef at(request): pass\nurlpatterns = [path('texts', at)]\n"},
    ],
    ids=["data", "an entry point"],
)
def test_what_has_data_or_an_entry_point_of_its_own_is_a_service(draw: Draw, more: dict[str, str]) -> None:
    assert shop_plan(draw, {**SHOP, **more}).libraries == ()


def test_a_service_with_hardly_an_entry_point_is_a_library_and_what_is_left_is_told(draw: Draw) -> None:
    """One route in 22 units, which shares nothing with what the others call."""
    more = "".join(f"def written_{n}(text):\n    return text + '{n}'\n" for n in range(20))
    route = "from django.urls import path\ndef at(request): pass\nurlpatterns = [path('texts', at)]\n"
    files = {**SHOP, "texts/short.py": SHOP["texts/short.py"] + more, "texts/views.py": route}
    plan = shop_plan(draw, files)
    assert plan.libraries == ("texts",)
    assert [step.service for step in plan.steps[1:]] == ["orders", "texts", "stock"]
    assert plan.steps[2].reason.startswith(
        "Hardly anything would run in it: it has no data and 1 entry point in 24 units, and 2 of 2 calls of others are of what can be copied."
    )
    assert "Hardly anything would run in texts," in plan.about_small


def test_by_value_what_gives_as_much_for_less_work_goes_first(draw: Draw) -> None:
    pair = "def first(): pass\ndef second(): pass\n"
    asking = "from m import c\n\ndef first():\n    return c.one()\n\ndef second():\n    return c.one() + c.two()\n"
    answers = f"{STORE}\n\ndef one():\n    return rows(1)\n\ndef two():\n    return rows(2)\n"
    app = draw({"m/__init__.py": "", "m/a.py": asking, "m/b.py": pair, "m/c.py": answers})
    places = {unit.id: unit.module.rpartition(".")[2] for unit in app.system.units if unit.module != "m"}
    split = split_from_assignment(app.system, {**places, "table:orders": "c"}, "s")
    plan = make_plan(app.system, split, split_database(app.system, split), by="value")
    assert next(step.service for step in plan.steps if step.service) == "b"
    assert "It separates " in plan.steps[1].reason


def test_work_is_taken_from_the_middle_of_its_range() -> None:
    def step(order: int, most: float) -> Step:
        effort = Effort(low=1.0, high=most, unit="days")
        return Step(order=order, service=f"s{order}", title="", reason="", work=(), effort=effort, benefit=0.5)

    stop, why = where_to_stop([step(1, 1.0), step(2, 9.0)])
    assert (stop, why) == (
        1,
        "What comes after (s2) takes 83% of the work of all extractions and gives 50% of the independence.",
    )


def test_what_much_of_the_traffic_touches_comes_later_and_the_plan_says_by_what_that_was_judged() -> None:
    system, split = (drawn := by_the_architect()).system, drawn.split
    plan = make_plan(system, split, split_database(system, split))
    assert "no traffic was counted" in plan.criticality
    first, second = (next(s for s in split.services if s.name == step.service) for step in plan.steps[1:3])
    busy = StatementCount(calls=90, tables_read=first.tables[:1], tables_written=(), statement="select 1")
    quiet = msgspec.structs.replace(busy, calls=10, tables_read=second.tables[:1])
    counted = msgspec.structs.replace(system, statement_counts=(busy, quiet))
    again = make_plan(counted, split, split_database(counted, split))
    order = [step.service for step in again.steps]
    assert order.index(first.name) > order.index(second.name)
    assert "with 10% of the statements on its tables" in again.steps[order.index(second.name)].reason
    assert "100 statements counted" in again.criticality


def test_a_count_is_never_less_than_its_places(drawn: Drawn) -> None:
    for step in drawn[2].steps:
        for item in step.work:
            assert 0 < len(item.evidence) <= min(item.count, MAX_EVIDENCE)
            assert len(set(item.evidence)) == len(item.evidence)


def test_one_service_needs_no_plan(system: System) -> None:
    split = split_from_assignment(system, {unit.id: "all" for unit in system.units}, "all")
    assert make_plan(system, split, split_database(system, split)).steps == ()


def test_each_step_is_judged_on_the_system_as_the_steps_before_left_it() -> None:
    """What a service shares with one that is out already weighs nothing any more, nor is it waited for."""
    drawn = by_the_architect()
    database = split_database(drawn.system, drawn.split)
    plan = make_plan(drawn.system, drawn.split, database)
    out: set[str] = set()
    fewer = 0
    for step in plan.steps:
        if step.effort is None:
            continue
        all_of_them = [a for a in database.foreign_accesses if step.service in (a.service, a.owner)]
        left = [a for a in all_of_them if not out & {a.service, a.owner}]
        assert step.count("foreign accesses") == len(left)
        assert not out & set(step.needs_first)
        fewer += len(left) < len(all_of_them)
        out.add(step.service)
    assert fewer > 1
    turned = msgspec.structs.replace(drawn.split, services=drawn.split.services[::-1])
    again = make_plan(drawn.system, turned, database)
    assert [s.service for s in again.steps] == [s.service for s in plan.steps], (
        "how services are listed decides nothing"
    )


def test_the_plan_says_to_stop_where_no_later_step_gives_more_than_it_takes() -> None:
    drawn = by_the_architect()
    plan = make_plan(drawn.system, drawn.split, split_database(drawn.system, drawn.split))
    taken = [step for step in plan.steps if step.effort is not None]
    work = {s.order: (s.effort.low + s.effort.high) / 2 for s in taken if s.effort}
    benefit, all_work = sum(s.benefit for s in taken), sum(work.values())
    after = [s for s in taken if s.order > plan.stop_after]
    assert after
    assert all(s.benefit / benefit < work[s.order] / all_work for s in after)
    last = next(s for s in taken if s.order == plan.stop_after)
    assert last.benefit / benefit >= work[last.order] / all_work
    assert all(s.service in plan.stop_reason for s in after)
