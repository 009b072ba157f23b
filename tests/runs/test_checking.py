"""Does a later run keep to a split of an earlier one? What is new, what is gone, and what is neither."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path

import pytest

from decompose import api
from decompose.errors import DecomposeError, InputError
from decompose.runs.analysis import Analysis
from decompose.runs.checking import Check
from tests.applications import TINY, Files, Result, run_cli, three_domains, write_tree

SERVICE = "shop/billing/service.py"
READS_A_CATEGORY = """

def label(session: Session):
    from shop.catalogue.models import Category
    return session.query(Category).all()
"""


@cache
def shop() -> Analysis:
    """The shop as it was."""
    return _analysed(three_domains())


def by_hand(place: Path) -> Path:
    """Each domain's package is a service."""
    lines = [f"{unit.id},{unit.module.split('.')[1]}" for unit in shop().system.units if unit.module.count(".") == 2]
    (place / "ours.csv").write_text("\n".join(["id,service", *lines]))
    return place / "ours.csv"


def _analysed(files: Files) -> Analysis:
    with tempfile.TemporaryDirectory() as place:
        return api.analyze(write_tree(Path(place, "shop"), files), cache_folder=None, jobs=1)


def changed(tmp_path: Path, edit: dict[str, tuple[str, str]], added: str = "") -> Check:
    """The shop against itself after edits (file -> old text, new text), and with code added to the billing service."""
    files = three_domains()
    for name, (old, new) in edit.items():
        assert old in files[name]
        files[name] = files[name].replace(old, new)
    files[SERVICE] += added
    return api.check(shop(), _analysed(files), "", by_hand(tmp_path))


def told(findings: tuple[object, ...]) -> list[str]:
    """The findings as they are read."""
    return [str(finding) for finding in findings]


def test_an_unchanged_application_has_nothing_new_and_keeps_all_that_crosses(tmp_path: Path) -> None:
    found = changed(tmp_path, {})
    assert (found.new, found.gone, found.passed, found.placed) == ((), (), True, 0)
    assert found.kept == 5  # the key, a read, two tables written in one transaction of two services


def test_a_new_access_to_the_table_of_another_service_is_found_at_its_line(tmp_path: Path) -> None:
    found = changed(tmp_path, {}, READS_A_CATEGORY)
    assert told(found.new) == ["billing -> catalogue: read, shop.billing.service:label -> table:categories"]
    assert (found.new[0].file, found.passed, found.placed) == (SERVICE, False, 1)
    lines = (three_domains()[SERVICE] + READS_A_CATEGORY).splitlines()
    assert "query(Category)" in lines[found.new[0].line - 1]


def test_an_inherited_method_that_crosses_for_several_classes_is_told_once(tmp_path: Path) -> None:
    added = """

from shop.catalogue.models import Category

class Labels:
    def of_all(self, session: Session):
        return session.query(self.model).all()

class Long(Labels):
    model = Category

class Short(Labels):
    model = Category

def both(session: Session):
    return Long().of_all(session), Short().of_all(session)
"""
    said = told(changed(tmp_path, {}, added).new)
    assert said.count("billing -> catalogue: read, shop.billing.service:Labels.of_all -> table:categories") == 1


def test_new_code_in_a_file_of_its_own_belongs_where_its_ties_lead(tmp_path: Path) -> None:
    files = three_domains()
    files["shop/labels.py"] = "from sqlalchemy.orm import Session\n" + READS_A_CATEGORY
    found = api.check(shop(), _analysed(files), "", by_hand(tmp_path))
    assert (found.new, found.placed) == ((), 1)


def test_what_moves_to_other_lines_or_stands_there_twice_is_neither_new_nor_gone(tmp_path: Path) -> None:
    once = "    product = session.query(Product).filter(Product.id == product_id).one()\n"
    found = changed(tmp_path, {SERVICE: (once, f"\n\n{once}{once}")})
    assert (found.new, found.gone) == ((), ())


def test_a_crossing_that_is_cut_is_told_as_gone(tmp_path: Path) -> None:
    found = changed(tmp_path, {SERVICE: ("    product = session.query(Product).filter(Product.id == product_id).one()\n", "    product = session\n")})  # fmt: skip
    assert told(found.gone) == ["billing -> catalogue: read, shop.billing.service:bill -> table:products"]
    assert found.passed


def test_a_new_foreign_key_is_found(tmp_path: Path) -> None:
    model = '    __tablename__ = "categories"\n'
    key = '    owner_id = Column(Integer, ForeignKey("users.id"))\n'
    found = changed(tmp_path, {"shop/catalogue/models.py": (model, model + key)})
    assert told(found.new) == ["catalogue -> accounts: foreign key, table:categories -> table:users"]


def test_a_transaction_that_comes_to_write_for_one_more_service_is_found(tmp_path: Path) -> None:
    line = '        session.add(User(name="new"))\n'
    found = changed(tmp_path, {SERVICE: (line, line + '        session.add(Product(name="sample"))\n')})
    assert "transaction shop.billing.service:bill_new_user writes tables of accounts, billing, catalogue" in told(
        found.new
    )
    assert not any(finding.kind == "transaction" for finding in found.gone)


def test_a_transaction_that_writes_for_one_service_less_is_gone_and_not_new(tmp_path: Path) -> None:
    found = changed(tmp_path, {SERVICE: ('        session.add(User(name="new"))\n', "")})
    assert "transaction shop.billing.service:bill_new_user writes tables of accounts, billing" in told(found.gone)
    assert found.passed


def test_code_that_was_removed_is_no_error(tmp_path: Path) -> None:
    text = three_domains()[SERVICE]
    function = text[text.index("def bill(") : text.index("def bill_new_user")]
    found = changed(tmp_path, {SERVICE: (function, "")})
    assert found.passed
    assert len(found.gone) == 1


def test_runs_of_two_applications_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing that it places is in the later run"):
        api.check(shop(), _analysed(TINY), "", by_hand(tmp_path))


def test_a_split_that_the_earlier_run_does_not_have_is_refused() -> None:
    with pytest.raises(DecomposeError, match="nowhere: this run has no such split"):
        api.check(shop(), shop(), "nowhere")


def command(tmp_path: Path, *arguments: str) -> Result:
    """``decompose check`` between the shop and one that reads a category."""
    for name, added in (("before", ""), ("after", READS_A_CATEGORY)):
        files = three_domains()
        files[SERVICE] += added
        base = write_tree(tmp_path / "code" / name, files)
        api.analyze(base, tmp_path / name, cache_folder=None, jobs=1)
    by_hand(tmp_path)
    return run_cli("check", *arguments, cwd=tmp_path)


def test_the_command_judges_by_its_exit_code_and_prints_places(tmp_path: Path) -> None:
    new = command(tmp_path, "before", "after", "--with", "ours.csv")
    assert (new.returncode, new.stderr) == (1, "")
    first, *_, last = new.stdout.splitlines()
    assert first.startswith(f"{SERVICE}:")
    assert first.endswith(": billing -> catalogue: read, shop.billing.service:label -> table:categories")
    assert (
        last
        == "1 new crossing in 1 place between the services of ours: 0 gone, 5 ties and transactions as before; 1 new member placed."
    )
    back = run_cli("check", "after", "before", "--with", "ours.csv", cwd=tmp_path)
    assert back.returncode == 0
    assert back.stdout.startswith(f"Gone:\n  {SERVICE}:")
    assert (
        back.stdout.splitlines()[-1]
        == "Nothing new crosses between the services of ours: 1 gone, 5 ties and transactions as before."
    )
    found = json.loads(
        run_cli("check", "before", "after", "--with", "ours.csv", "--format", "json", cwd=tmp_path).stdout
    )
    assert [finding["services"] for finding in found["new"]] == [["billing", "catalogue"]]
