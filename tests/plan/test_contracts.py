"""The seams of phase 0: contracts that hold on the day they are written, and break with the first import that is added."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from decompose.boundaries import split_from_assignment
from decompose.boundaries.split import Service, Split
from decompose.errors import InputError
from decompose.plan.contracts import seams_of, write_contracts
from tests.applications import analysed_shop, run_cli, write_tree
from tests.conftest import Application, Draw

FILES = {
    "run.py": "from shop.services import orders\n\n\ndef main():\n    return orders.place()\n\n\nmain()\n",
    "shop/__init__.py": "",
    "shop/services/__init__.py": "",
    "shop/services/orders.py": (
        "from shop.db import session\nfrom shop.services import stock\n\n\n"
        "def place():\n    from shop.services.mail import OUTBOX\n    session()\n    OUTBOX.append(1)\n    return stock.reserve()\n"
    ),
    "shop/services/stock.py": "def reserve():\n    return 1\n\n\nreserve()\n",
    "shop/services/mail.py": "OUTBOX = []\n\n\ndef deliver():\n    return OUTBOX\n\n\ndef audit():\n    return deliver()\n",
    "shop/db.py": "def session():\n    return 1\n\n\nsession()\n",
}


@pytest.fixture(name="app")
def _app(draw: Draw) -> Application:
    return draw(FILES)


def split_of(app: Application) -> Split:
    """Orders, stock and mail apart; the database connection is shared, and one function of mail belongs to stock."""
    homes = {"orders": "orders", "stock": "stock", "mail": "mail"}
    found: dict[str, list[str]] = {name: [] for name in homes}
    shared: list[str] = []
    for unit in app.system.units:
        name = "mail" if unit.module == "run" else unit.module.rpartition(".")[2]
        service = "stock" if unit.id.endswith(":audit") else homes.get(name)
        (found[service] if service else shared).append(unit.id)
    services = tuple(Service(name=name, units=tuple(units), tables=()) for name, units in found.items())
    return Split(name="by hand", generator="", trivial=False, services=services, shared=tuple(shared))


def lint(app: Application, config: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the application."""
    (app.base / "seams.ini").write_text(config)
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--config", "seams.ini", "--no-cache"],
        cwd=app.base, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_seams_are_the_imports_that_cross_also_of_values_and_inside_functions(app: Application) -> None:
    seams = seams_of(app.system, split_of(app))
    assert seams.crossing == {
        ("mail", "orders"): [("run", "shop.services.orders")],
        ("orders", "mail"): [("shop.services.orders", "shop.services.mail")],
        ("orders", "stock"): [("shop.services.orders", "shop.services.stock")],
    }
    assert set(seams.mixed) == {"shop.services.mail"}


def test_a_module_of_several_services_goes_with_most_of_its_lines(draw: Draw) -> None:
    long = "def long():\n" + "    x = 1\n" * 9
    system = draw({"m/__init__.py": "", "m/a.py": f"{long}\ndef one(): pass\ndef two(): pass\n"}).system
    units = [unit.id for unit in system.units]
    split = split_from_assignment(system, {unit: "x" if unit == "m.a:long" else "y" for unit in units}, "s")
    seams = seams_of(system, split)
    assert seams.modules["x"] == ["m.a"]
    assert [service for service, _ in seams.mixed["m.a"]] == ["x", "y"]


def test_the_contracts_hold_today_and_break_with_an_import_that_is_added(app: Application) -> None:
    text = write_contracts(app.system, split_of(app), "import-linter")
    done = lint(app, text)
    assert done.returncode == 0, done.stdout
    assert "shop.services.mail: mail" in text
    assert "# Left out, because they are no packages: run" in text
    stock = app.base / "shop/services/stock.py"
    stock.write_text(f"import shop.services.orders\n{stock.read_text()}")
    broken = lint(app, text)
    assert broken.returncode == 1
    assert "shop.services.stock is not allowed to import shop.services.orders" in broken.stdout


def test_an_exception_that_is_no_longer_needed_has_to_go(app: Application) -> None:
    text = write_contracts(app.system, split_of(app), "import-linter")
    orders = app.base / "shop/services/orders.py"
    orders.write_text(
        orders.read_text().replace("from shop.services import stock\n", "").replace("stock.reserve()", "1")
    )
    assert lint(app, text).returncode == 1
    assert lint(app, text.replace("    shop.services.orders -> shop.services.stock\n", "")).returncode == 0


def test_tach_gets_the_same_seams(app: Application) -> None:
    config = tomllib.loads(write_contracts(app.system, split_of(app), "tach"))
    modules = {module["path"]: set(module.get("depends_on", ())) for module in config["modules"]}
    assert modules["shop.services.orders"] == {"shop.db", "shop.services.mail", "shop.services.stock"}
    assert modules["shop.services.stock"] == {"shop.db"}
    assert config["source_roots"] == ["."]


def test_the_command_writes_a_file_and_refuses_what_has_no_seam(tmp_path: Path) -> None:
    write_tree(tmp_path, {})
    run = analysed_shop().run
    done = run_cli("contracts", run, "-o", tmp_path / "seams.ini", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "type = forbidden" in (tmp_path / "seams.ini").read_text()
    one = run_cli("contracts", run, "all-in-one", cwd=tmp_path)
    assert one.returncode == 2
    assert "no seam to keep" in one.stderr


def test_one_service_has_no_seam() -> None:
    from decompose import api

    with pytest.raises(InputError, match="no seam"):
        api.contracts(analysed_shop().analysis, "all-in-one")
