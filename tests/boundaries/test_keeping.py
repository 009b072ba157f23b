"""Boundaries that were decided on in an earlier run are kept while the code goes on changing."""

from __future__ import annotations

from pathlib import Path

import pytest

from decompose import api
from decompose.errors import InputError, RunError, UnknownNameError
from decompose.runs.analysis import Analysis, named_split
from tests.applications import run_cli, three_domains, write_tree

SERVICE = "shop/billing/service.py"
STRAY = "shop.billing.service:stray"


@pytest.fixture(name="app")
def _app(tmp_path: Path) -> Path:
    """An application with a run beside it."""
    files = three_domains()
    files[SERVICE] += "\n\ndef stray(session: Session):\n    return session.query(Invoice).all()\n"
    app = write_tree(tmp_path / "app", files)
    api.analyze(app, tmp_path / "run", cache_folder=None, jobs=1)
    return app


def again(app: Path, start: str = "run") -> Analysis:
    return api.analyze(app, start_from=app.parent / start, cache_folder=None, jobs=1)


def changed(app: Path, file: str, old: str, new: str) -> None:
    source = (app / file).read_text()
    assert old in source
    (app / file).write_text(source.replace(old, new))


def test_one_line_more_changes_neither_the_boundaries_nor_the_order(app: Path) -> None:
    before = api.load(app.parent / "run")
    changed(
        app,
        SERVICE,
        "def bill(session: Session, product_id):\n",
        "def bill(session: Session, product_id):\n    stray(session)\n",
    )
    after = again(app)
    kept, decided = named_split(after), named_split(before)
    assert after.recommendation.split == kept.name == "kept"
    assert kept.services_of() == decided.services_of()
    assert [s.terms for s in kept.services] == [s.terms for s in decided.services]
    orders = [
        [step.service for step in plan.steps]
        for analysis, split in ((before, decided), (after, kept))
        for plan in analysis.plans
        if plan.split == split.name
    ]
    assert orders[0] == orders[1]
    assert after.recommendation.sentence.endswith("nothing new, nothing moved.")


def test_what_is_new_goes_with_its_file_or_where_its_ties_lead(app: Path) -> None:
    changed(app, "shop/catalogue/service.py", "\n\ndef import_", "\n\ndef quiet():\n    return 1\n\n\ndef import_")
    (app / "shop/loyalty.py").write_text(
        "from sqlalchemy.orm import Session\n\nfrom shop.accounts.models import User\n\n\ndef points(session: Session):\n    return session.query(User).all()\n"
    )
    (app / "shop/billing/models.py").write_text(
        (app / "shop/billing/models.py").read_text()
        + '\n\nclass Fee(Base):\n    __tablename__ = "fees"\n    id = Column(Integer, primary_key=True)\n    invoice_id = Column(Integer, ForeignKey("invoices.id"))\n'
    )
    after = again(app)
    places = named_split(after).services_of()
    assert places["shop.catalogue.service:quiet"] == places["table:products"]
    assert places["shop.loyalty:points"] == places["table:users"]
    assert places["table:fees"] == places["shop.billing.models:Fee"] == places["table:invoices"]
    assert "3 units and 1 table new, nothing moved." in after.recommendation.sentence
    (new,) = after.recommendation.reasons[:1]
    assert new.startswith("new: shop.billing.models:Fee goes to ")


def test_a_unit_moves_when_nothing_ties_it_to_its_service_any_more(app: Path) -> None:
    before = named_split(api.load(app.parent / "run")).services_of()
    assert before[STRAY] == before["table:invoices"] != before["table:products"]
    changed(app, SERVICE, "return session.query(Invoice).all()", "return session.query(Product).all()")
    after = again(app)
    places = named_split(after).services_of()
    assert places[STRAY] == places["table:products"]
    assert {member: service for member, service in places.items() if member != STRAY} == {
        member: service for member, service in before.items() if member != STRAY
    }
    assert "nothing new, 1 unit moved." in after.recommendation.sentence
    (moved,) = [told for told in after.recommendation.reasons if told.startswith("moved")]
    assert (
        f"{STRAY} goes from {before[STRAY]} to {places[STRAY]} (nothing in the code ties it to {before[STRAY]}" in moved
    )


def test_what_is_gone_is_counted_and_told(app: Path) -> None:
    changed(app, SERVICE, "\n\ndef stray(session: Session):\n    return session.query(Invoice).all()\n", "")
    after = again(app)
    assert after.recommendation.sentence.endswith("1 unit gone.")
    assert f"gone: {STRAY}" in after.recommendation.reasons


def test_any_split_of_a_run_can_be_kept_and_the_terminal_says_what_became_of_it(app: Path) -> None:
    place = app.parent / "run"
    done = run_cli(
        "analyze",
        str(app),
        "-o",
        str(app.parent / "next"),
        "--start-from",
        f"{place}:one-per-package",
        "-q",
        "--no-cache",
        cwd=app.parent,
    )
    assert done.returncode == 0
    assert f"The boundaries are those of {place} (one-per-package): " in done.stdout
    found = named_split(api.load(app.parent / "next"))
    assert found.services_of() == named_split(api.load(place), "one-per-package").services_of()


def test_a_run_that_cannot_be_kept_is_an_error(app: Path) -> None:
    with pytest.raises(RunError, match="no run directory"):
        again(app, "app")
    with pytest.raises(UnknownNameError, match="nowhere: this run has no such split"):
        again(app, "run:nowhere")
    other = write_tree(app.parent / "other", {"m.py": "def f():\n    return g()\n\n\ndef g():\n    return 1\n"})
    with pytest.raises(InputError, match="Is it a run of the same application"):
        api.analyze(other, start_from=app.parent / "run", cache_folder=None, jobs=1)
