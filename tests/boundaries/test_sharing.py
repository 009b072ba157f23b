"""What no service owns: modules that all need, what only runs when a process starts, and code at the top of modules."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import numpy as np
import pytest

from decompose.boundaries.clustering import SHARED_LABEL, UNPLACED
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.shaping import Shaper
from decompose.boundaries.sharing import Sharing
from decompose.sources import discover
from decompose.system import build_system
from tests.applications import write_tree

if TYPE_CHECKING:
    from pathlib import Path

SERVICES = {
    f"{name}.py": f"""
        from money import rounded
        from start import app

        @app.route("/{name}")
        def show():
            return total(), rounded(1)

        def total(): return 1

        def register(app):
            app.jinja_env.filters["{name}"] = total
    """
    for name in ("orders", "users", "stock", "mails")
}
SHOP = {
    **SERVICES,
    "start.py": """
        from flask import Flask
        import orders, users, stock
        import database, jobs

        def create_app():
            app = Flask(__name__)
            app.before_request(count)
            database.connect()
            jobs.begin()
            return app

        def count():
            orders.total()
            users.total()

        app = create_app()
    """,
    "database.py": """
        def connect():
            return address()

        def address(): pass
    """,
    "jobs.py": """
        import orders, users, stock
        HANDED = []

        def begin():
            HANDED.append(nightly)
            HANDED.append(hourly)
            for job in HANDED:
                job()

        def nightly():
            orders.total()
            users.total()

        def hourly():
            users.total()
            stock.total()
    """,
    "money.py": """
        def rounded(value):
            return value

        def written_out(value):
            return str(rounded(value))
    """,
    "run.py": """
        import start
        application = start.create_app()
    """,
}

ENTERED = """
    from flask import Flask
    app = Flask(__name__)

    @app.route("/{0}")
    def {0}():
        return "{0}"
"""
TWO = {"a.py": ENTERED.format("one"), "b.py": ENTERED.format("two")}


def placed(base: Path, files: dict[str, str], services: dict[str, int]) -> dict[str, int]:
    """Unit -> its label, or `SHARED_LABEL`, where all units of the modules in ``services`` were put there, and all others into 0."""
    tree = write_tree(base, {path: dedent(source) for path, source in files.items()})
    graph = EvidenceGraph(build_system(discover(tree), jobs=1))
    labels = [services.get(members[0].partition(":")[0], 0) for members in graph.members]
    Sharing(graph).apply(labels)
    return {members[0]: labels[node] for node, members in enumerate(graph.members)}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """The shop with a service for each of its four modules; everything else was put to the orders."""
    return placed(tmp_path_factory.mktemp("shop"), SHOP, {"orders": 0, "users": 1, "stock": 2, "mails": 3})


def test_what_starts_several_services_is_shared_with_what_it_sets_up(shop: dict[str, int]) -> None:
    shared = {unit for unit, label in shop.items() if label == SHARED_LABEL}
    assert {"start:create_app", "start:count", "database:connect", "database:address", "run:"} <= shared


def test_what_the_process_works_on_is_no_part_of_its_start(shop: dict[str, int]) -> None:
    assert shop["jobs:nightly"] == 0
    assert shop["jobs:hourly"] == 0


def test_what_starts_one_service_belongs_to_it(tmp_path: Path) -> None:
    files = {
        "orders.py": "def total(): pass\n\ndef prepare():\n    fill()\n    total()\n\ndef fill(): pass\n\nprepare()\n",
        "users.py": "import orders\n\ndef name():\n    return orders.total()\n",
    }
    assert set(placed(tmp_path, files, {"orders": 0, "users": 1}).values()) == {0, 1}


def test_what_runs_later_as_well_is_no_start(tmp_path: Path) -> None:
    files = {
        **TWO,
        "both.py": "import a, b\n\ndef both():\n    a.one()\n    b.two()\n\nboth()\n",
        "later.py": "import both\n\ndef later():\n    both.both()\n",
    }
    services = {"a": 0, "b": 1, "both": 1, "later": 0}
    assert placed(tmp_path / "later", files, services)["both:both"] == 1
    del files["later.py"]
    assert placed(tmp_path / "start", files, services)["both:both"] == SHARED_LABEL


def test_a_module_that_all_services_use_is_shared_whole(shop: dict[str, int]) -> None:
    assert {shop["money:rounded"], shop["money:written_out"]} == {SHARED_LABEL}


def test_what_stands_beside_shared_code_is_shared_where_only_others_use_it(tmp_path: Path) -> None:
    files = {
        **{
            f"{name}.py": f"import text\n\ndef {name}():\n    return text.clean('{name}')\n" for name in ("a", "b", "c")
        },
        "own.py": "import text\n\ndef owner():\n    return text.mine(), text.both()\n",
        "other.py": "import text\n\ndef other():\n    return text.theirs(), text.both(), text.asking()\n",
        "text.py": """
            import own

            def clean(value): return value
            def mine(): pass
            def both(): pass
            def theirs(): pass
            def asking(): return own.owner()
            def nobodys(): pass
        """,
    }
    services = {"a": 1, "b": 2, "c": 3, "own": 0, "other": 1, "text": 0}
    found = placed(tmp_path / "beside", files, services)
    assert found["text:clean"] == found["text:theirs"] == SHARED_LABEL
    assert found["text:mine"] == found["text:both"] == found["text:asking"] == found["text:nobodys"] == 0
    # Nothing of the module is shared: it is one of its service's own.
    del files["b.py"], files["c.py"]
    assert placed(tmp_path / "own", files, services)["text:theirs"] == 0


def test_a_decorator_is_called_at_the_start_and_what_it_makes_runs_later(tmp_path: Path) -> None:
    files = {
        **TWO,
        "both.py": """
            import a, b

            def both(function):
                def run():
                    a.one()
                    b.two()
                    return function()
                return run

            @both
            def asked(): pass
        """,
    }
    assert placed(tmp_path, files, {"a": 0, "b": 1, "both": 1})["both:both"] == 1


def test_a_module_that_only_puts_services_together_is_shared(tmp_path: Path) -> None:
    files = {**TWO, "pages.py": "import a, b\n\nPAGES = [a.one(), b.two()]\n"}
    assert placed(tmp_path / "several", files, {"a": 0, "b": 1, "pages": 0})["pages:"] == SHARED_LABEL
    assert placed(tmp_path / "one", files, {"a": 0, "b": 0, "pages": 0})["pages:"] == 0


def test_code_at_the_top_of_a_module_goes_with_its_module(tmp_path: Path) -> None:
    files = {
        "a.py": "def one(): pass\n",
        "b.py": "def two(): pass\n",
        "c.py": "def three(): pass\n",
        "own.py": "import a, b, c\n\nSHOWN = [a.one(), b.two(), c.three()]\n\ndef first(): pass\n\ndef second(): pass\n",
    }
    services = {"a": 0, "b": 1, "c": 2, "own": 1}
    found = placed(tmp_path / "more", files, services)
    assert found["own:"] == found["own:first"] == found["own:second"] == 1
    files["own.py"] = files["own.py"].partition("\n\ndef")[0] + "\n"
    assert placed(tmp_path / "alone", files, services)["own:"] == SHARED_LABEL


def test_a_long_chain_that_only_starts_ends(tmp_path: Path) -> None:
    count = 2000
    chain = "".join(f"def f{number}(): f{(number + 1) % count}()\n" for number in range(count))
    files = {
        **TWO,
        "chain.py": f"import a, b\n{chain}def last():\n    a.one()\n    b.two()\n    f0()\n\nlast()\n",
    }
    found = placed(tmp_path, files, {"a": 0, "b": 1, "chain": 1})
    assert {found["chain:last"], found["chain:f0"], found[f"chain:f{count - 1}"]} == {SHARED_LABEL}


def test_constants_that_several_services_import_are_shared(tmp_path: Path) -> None:
    files = {
        **{f"{name}.py": "from limits import MOST\n\nprint(MOST)\n" for name in ("a", "b", "c")},
        "limits.py": "MOST = int('3')\n",
    }
    services = {"a": 0, "b": 1, "c": 2, "limits": 0}
    assert placed(tmp_path / "all", files, services)["limits:"] == SHARED_LABEL
    assert placed(tmp_path / "one", files, services | {"b": 0})["limits:"] == 0


def test_settings_of_a_framework_are_shared_with_what_only_they_import(tmp_path: Path) -> None:
    files = {
        "a.py": "from paths import base\n\nprint(base)\n",
        "around.py": "import django.http\n\nclass Around:\n    def __init__(self, get_response): pass\n",
        "settings.py": """
            import given, paths
            MIDDLEWARE = ["around.Around"]
            SECRET = given.found("SECRET")
        """,
        "given.py": "def found(name): return name\n",
        "paths.py": "base = int('1')\n",
    }
    found = placed(tmp_path, files, {"a": 0, "around": 0, "settings": 0, "given": 0, "paths": 0})
    assert {found["settings:"], found["given:found"]} == {SHARED_LABEL}
    assert {found["around:Around"], found["paths:"]} == {0}, "others need it"


def test_what_nothing_ties_to_a_service_is_shared_unless_it_stands_among_one(tmp_path: Path) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/orders/__init__.py": "",
        "shop/orders/rows.py": "def add(): pass\n\ndef sum(): pass\n\ndef sort(): pass\n",
        "shop/orders/spare.py": "def spare(): pass\n",
        "shop/users/__init__.py": "",
        "shop/users/rows.py": "def name(): pass\n\ndef mail(): pass\n\ndef age(): pass\n",
        "shop/wsgi.py": "def serve(): help()\n\ndef help(): pass\n",
        "shop/command.py": """
            import click

            @click.command()
            def command(): told()

            def told(): pass
        """,
    }
    base = write_tree(tmp_path, {name: dedent(text) for name, text in files.items()})
    graph = EvidenceGraph(build_system(discover(base), jobs=1))
    labels = np.full(len(graph.members), UNPLACED)
    for unit, node in graph.unit_node.items():
        labels[node] = 0 if unit.startswith("shop.orders.rows:") else 1 if unit.startswith("shop.users") else UNPLACED
    done = Shaper(graph, graph.combined(layers=["calls"]), set()).place_rest(labels)
    found = {unit: int(done[node]) for unit, node in graph.unit_node.items()}
    assert found["shop.orders.spare:spare"] == 0
    assert {found["shop.wsgi:serve"], found["shop.wsgi:help"]} == {SHARED_LABEL}
    assert found["shop.command:told"] == found["shop.command:command"] != SHARED_LABEL, "an entry point is of a service"


@pytest.mark.parametrize(
    ("lines", "services", "shared"),
    [(3, 3, True), (200, 3, False), (3, 2, False)],
    ids=["short", "too long to copy", "of two services"],
)
def test_short_code_without_data_is_shared_by_three_services_also_if_one_uses_it_most(
    tmp_path: Path, lines: int, services: int, shared: bool
) -> None:
    body = "    print(1)\n" * lines
    most = "".join(f"\n\ndef order{number}():\n    checked({number})\n" for number in range(8))
    files = {
        "orders.py": f"from checks import checked\n{most}",
        "users.py": "from checks import checked\n\ndef user():\n    checked(1)\n",
        "stock.py": "from checks import checked\n\ndef stock():\n    checked(1)\n",
        "checks.py": f"def checked(value):\n{body}    return rounded(value)\n\ndef rounded(value):\n{body}    return value\n",
    }
    found = placed(tmp_path, files, {"orders": 0, "users": 1, "stock": services - 1, "checks": 0})
    assert {found["checks:checked"], found["checks:rounded"]} == {SHARED_LABEL if shared else 0}
