"""A service whose entry points work on the tables of others is told as a layer, with whose, and none that has data of its own to work on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.boundaries import split_from_assignment
from decompose.database.places import Places
from decompose.plan.layers import layers
from decompose.plan.step import Layer, Plan

if TYPE_CHECKING:
    from tests.conftest import Draw

_HEAD = "from flask import Blueprint\nfrom people.routes import asking\nroutes = Blueprint('{name}', __name__)\n"
_ROUTE = "@routes.route('/{name}/{n}')\ndef {name}_{n}(connection):\n    {does}\n"


def shop(*, routes: int = 12, own: int = 0, command: bool = False) -> dict[str, str]:
    """Orders, stock and people with routes of their own, and an api with ``routes``: half of them add orders, half ask for stock, all ask who
    is asking; ``own`` of them write a table of the api's. Of a ``command`` it is no routes.
    """
    files = {f"{name}/__init__.py": "" for name in ("orders", "stock", "people", "api")}
    files["people/routes.py"] = (
        "from flask import Blueprint\nroutes = Blueprint('people', __name__)\n"
        "def asking(connection):\n    connection.execute('SELECT name FROM people')\n"
        + "".join(_ROUTE.format(name="people", n=n, does="asking(connection)") for n in range(24))
    )
    for name, statement in (("orders", "INSERT INTO orders (id) VALUES (1)"), ("stock", "SELECT amount FROM stock")):
        files[f"{name}/routes.py"] = (
            _HEAD.format(name=name)
            + f"def work(connection):\n    connection.execute('{statement}')\n"
            + "".join(_ROUTE.format(name=name, n=n, does="work(connection)") for n in range(12))
        )
    code = (
        _HEAD.format(name="api")
        + "from orders import routes as orders\nfrom stock import routes as stock\nimport click\n"
    )
    for n in range(routes):
        kept = "; connection.execute('INSERT INTO calls (id) VALUES (1)')" if n < own else ""
        does = f"asking(connection); {'orders' if n % 2 else 'stock'}.work(connection){kept}"
        route = _ROUTE.format(name="api", n=n, does=does)
        code += route.replace(f"@routes.route('/api/{n}')", "@click.command()") if command else route
    files["api/routes.py"] = code
    return files


def found(draw: Draw, files: dict[str, str]) -> tuple[Layer, ...]:
    system = draw(files).system
    homes = {unit.id: unit.id.partition(".")[0] for unit in system.units}
    homes |= {f"table:{table.name}": "api" if table.name == "calls" else table.name for table in system.tables}
    return layers(Places(system, split_from_assignment(system, homes, "by hand")))


def test_a_service_whose_routes_touch_only_tables_of_others_is_an_api_layer(draw: Draw) -> None:
    (layer,) = found(draw, shop())
    assert layer == Layer("api", touching=12, elsewhere=12, works_on={"orders": 6, "stock": 6})
    assert str(layer) == (
        "An API layer rather than a domain: of its 12 entry points that touch more than the tables that all touch, none touches a table of its "
        "own. They work on those of orders 6, stock 6: an architect deals them out to these, or keeps them together as a gateway."
    )
    plan = Plan("by hand", (), layers=(layer,))
    assert (plan.about("api"), plan.about("orders")) == (str(layer), "")


def test_some_may_touch_its_own_but_not_a_third(draw: Draw) -> None:
    (layer,) = found(draw, shop(own=2))
    assert (
        " of its 12 entry points that touch more than the tables that all touch, 10 touch no table of its own. "
        in str(layer)
    )
    assert found(draw, shop(own=4)) == ()


def test_of_few_entry_points_nothing_is_said(draw: Draw) -> None:
    assert found(draw, shop(routes=9)) == ()


def test_what_is_typed_is_no_api(draw: Draw) -> None:
    (layer,) = found(draw, shop(command=True))
    assert str(layer).startswith("A layer over the data of others rather than a domain: of its 12 ")
    assert str(layer).endswith("an architect deals them out to these, or keeps them together.")
