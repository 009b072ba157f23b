"""What owners settled is kept exactly, and contradictions are errors that name both lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from decompose import api
from decompose.errors import ConfigurationError, DecomposeError
from tests.applications import three_domains

if TYPE_CHECKING:
    from decompose.runs.analysis import Analysis

USER = "shop.accounts.models:User"
BILL = "shop.billing.service:bill"


def analysed(base: Path, configuration: str = "", start_from: Path | None = None) -> Analysis:
    """The three-domain shop with a configuration."""
    for path, source in three_domains().items():
        (base / path).parent.mkdir(parents=True, exist_ok=True)
        (base / path).write_text(source)
    (base / "decompose.toml").write_text(configuration)
    return api.analyze(base, cache_folder=None, jobs=1, start_from=start_from)


def placed(analysis: Analysis) -> list[dict[str, str]]:
    """For each clever candidate, unit id or ``table:NAME`` -> service."""
    return [
        {**s.service_of_unit(), **{f"table:{table}": name for table, name in s.service_of_table().items()}}
        for s in analysis.splits
        if not s.trivial
    ]


def problem(base: Path, configuration: str) -> str:
    """The message for a configuration that cannot be."""
    with pytest.raises(ConfigurationError) as caught:
        analysed(base, configuration)
    return str(caught.value)


def test_a_named_service_has_what_is_pinned_to_it(tmp_path: Path) -> None:
    analysis = analysed(tmp_path, f'[service]\npeople = ["{USER}", "{BILL}", "table:categories"]\n')
    for places in placed(analysis):
        assert [places[thing] for thing in (USER, BILL, "table:users", "table:categories")] == ["people"] * 4
    units = sorted(unit.id for unit in analysis.system.units)
    assert all(sorted(u for u in places if not u.startswith("table:")) == units for places in placed(analysis))


def test_a_package_or_a_glob_is_a_pattern(tmp_path: Path) -> None:
    analysis = analysed(tmp_path, 'service."a b" = ["shop.billing", "table:addr*"]\n')
    for places in placed(analysis):
        assert {places[u] for u in places if u.startswith("shop.billing.")} == {"a b"}
        assert places["table:addresses"] == "a b"


def test_together_and_apart_hold_in_every_candidate(tmp_path: Path) -> None:
    analysis = analysed(
        tmp_path,
        'together = [["table:users", "table:products"]]\napart = [["table:invoices", "table:invoice_lines"]]\n',
    )
    for places in placed(analysis):
        assert places["table:users"] == places["table:products"]
        assert places["table:invoices"] != places["table:invoice_lines"]


def test_shared_and_ignored_units_are_in_the_shared_library(tmp_path: Path) -> None:
    analysis = analysed(tmp_path, f'shared = ["{BILL}"]\nignore = ["shop.catalogue.service"]\n')
    for places in placed(analysis):
        assert places[BILL] == "shared"
        ignored = {unit: name for unit, name in places.items() if unit.startswith("shop.catalogue.service:")}
        assert ignored
        assert set(ignored.values()) == {"shared"}


def test_what_is_ignored_keeps_its_tables_in_a_service(tmp_path: Path) -> None:
    analysis = analysed(tmp_path, 'ignore = ["shop.catalogue"]\n')
    for places in placed(analysis):
        assert places["shop.catalogue.models:Product"] == places["table:products"] != "shared"


def test_an_owner_of_a_table_is_fixed(tmp_path: Path) -> None:
    analysis = analysed(tmp_path, '[owner]\nproducts = "money"\ninvoices = "money"\n')
    for places in placed(analysis):
        assert places["table:products"] == places["table:invoices"] == "money"
        assert places["shop.catalogue.models:Product"] == "money"


def test_no_service_is_larger_than_the_maximum(tmp_path: Path) -> None:
    analysis = analysed(tmp_path, "max_size = 8\n")
    for split in analysis.splits:
        if not split.trivial:
            assert max(len(service.units) for service in split.services) <= 8


def test_contradicting_pins_name_both_lines(tmp_path: Path) -> None:
    file = tmp_path / "decompose.toml"
    told = problem(tmp_path, f'service.a = ["{USER}"]\n\nservice.b = [\n    "table:users",\n]\n')
    assert f"{file}:1" in told
    assert f"{file}:4" in told
    told = problem(tmp_path, f'service.a = ["{USER}"]\nshared = ["{BILL}"]\ntogether = [["{USER}", "{BILL}"]]\n')
    assert f"{file}:1" in told
    assert f"{file}:2" in told
    told = problem(
        tmp_path, 'apart = [["table:users", "table:products"]]\ntogether = [["table:users", "table:products"]]\n'
    )
    assert f"{file}:1" in told
    assert f"{file}:2" in told


def test_two_pins_that_contradict_each_other_are_told_once(tmp_path: Path) -> None:
    both = '[["shop.accounts", "shop.billing"]]'
    told = problem(tmp_path, f"apart = {both}\ntogether = {both}\n")
    assert told.count("are to be apart") == 1


@pytest.mark.parametrize(
    ("configuration", "words"),
    [
        ('services = "many"\nrots = ["."]', ("rots: no such key. Did you mean: roots?", "services: 'many' is neither")),
        ("quite = 1", ("quite: no such key. Known: exclude, ",)),
        ("[tool.decompose]\nservices = 4", ("decompose.toml: tool: no such key", "the keys stand by themselves")),
        ('ignore = ["*"]', ("decompose.toml:1: '*'", "nothing is left to be split")),
        ('service.b = ["shop.web"]\nservice.a = "shop.web"', ("service.a: must be as in service.orders = [",)),
        ('owner.users = ["accounts"]', ('owner.users: must be as in owner.orders = "billing"',)),
        ("owner.users = 1\nowner.orders = 2", ("owner.users: must be as in", "owner.orders: must be as in")),
        ('weights.cals = 1\nweights.calls = "x"', ("weights.calls: must be as in", "weights.cals: no such layer. ")),
        ('shared = "shop.text"', ("shared: must be as in shared = [",)),
        ('service.a = ["shop.nowhere"]', ("decompose.toml:1", "shop.nowhere", "matches no")),
        ('shared = ["table:users"]', ("decompose.toml:1", "users", "no data")),
        ('service.shared = ["shop.billing"]', ("decompose.toml:1", "shared")),
        ("max_size = 0", ("max_size", "0")),
        ("min_lines = -1", ("min_lines", "-1")),
        ('services = 1\nservice.a = ["table:users"]\nservice.b = ["table:products"]', ("at most 1", "a, b")),
        ('max_size = 2\ntogether = [["shop.billing.service"]]', ("decompose.toml:2", "max_size = 2")),
    ],
)
def test_pins_that_cannot_hold_are_refused(tmp_path: Path, configuration: str, words: tuple[str, ...]) -> None:
    told = problem(tmp_path, configuration)
    assert all(word in told for word in words), told


# A split by hand to start from


def test_a_split_to_start_from_is_a_candidate_exactly_as_it_is(tmp_path: Path) -> None:
    first = analysed(tmp_path / "app")
    lines = ["id,service"]
    for number, unit in enumerate(first.system.units):
        lines.append(f"{unit.id},{'odd' if number % 2 else 'even'}")
    file = tmp_path / "ours.csv"
    file.write_text("\n".join(lines) + "\n")
    second = analysed(tmp_path / "app", start_from=file)
    ours = next(split for split in second.splits if split.name == "ours")
    expected = dict(line.split(",") for line in lines[1:])
    assert {u: s for u, s in ours.service_of_unit().items() if u in expected} == expected
    refined = next(split for split in second.splits if split.name == "ours-refined")
    for cost in ("spanning_transactions", "foreign_writes", "inter_call"):
        assert refined.score(cost) <= ours.score(cost)
    assert any(
        refined.score(cost) < ours.score(cost) for cost in ("spanning_transactions", "foreign_writes", "inter_call")
    )


def test_a_split_to_start_from_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DecomposeError, match=r"nowhere\.csv"):
        analysed(tmp_path / "app", start_from=tmp_path / "nowhere.csv")
