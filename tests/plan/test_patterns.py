"""Patterns that need more than one kind of evidence, each where it is called for and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.plan.test_styles import STORE, details, planned

if TYPE_CHECKING:
    from tests.conftest import Draw


def test_fields_of_a_schema_are_no_routes_that_a_gateway_tells_apart(draw: Draw) -> None:
    # What is asked for most stays as what is left of the monolith.
    large = "".join(f"\n\ndef own_{n}():\n    return {n}\n" for n in range(9))
    asking = "".join(f"\n\ndef more_{n}():\n    return y.rows(1), y.save(1)\n" for n in range(3))
    found = details(planned(draw, {
        "m/a.py": (
            f"import strawberry\n\nfrom m import y\n{STORE}\n\n@strawberry.type\nclass Query:\n    @strawberry.field\n"
            f"    def order(self) -> str:\n        return rows(1)\n{asking}"
        ),
        "m/b.py": f"from flask import Flask\n\nfrom m import y\n\napp = Flask(__name__)\n\n\n@app.route('/orders')\ndef orders():\n    return y.rows(1)\n{asking}",
        "m/y.py": STORE + large,
    }, {"y": ("orders",)}))  # fmt: skip
    assert {name: [(r.kind, r.pattern) for r in found[name].routes] for name in ("a", "b")} == {
        "a": [("graphql", "GRAPHQL /Query.order")],
        "b": [("http", "GET /orders")],
    }
    gateways = {name: [p.because for p in found[name].patterns if p.name == "API gateway"] for name in ("a", "b")}
    assert gateways["a"][0].startswith("1 field of the GraphQL schema, such as Query.order, is behind one path")
    assert gateways["b"] == ["1 route of clients switch over, such as GET /orders"]


def test_an_address_in_a_setting_is_enough_for_two_callers(draw: Draw) -> None:
    def discovered(callers: str) -> bool:
        # What is asked for most stays as what is left of the monolith.
        asking = "from m import y, z\n\n\ndef page():\n    return z.rows(1)\n"
        asking += "".join(f"\n\ndef more_{n}():\n    return y.rows(1), y.save(1)\n" for n in range(5))
        others = {f"m/{name}.py": f"{asking}{STORE}" for name in callers}
        plan = planned(
            draw,
            {"m/y.py": STORE, "m/z.py": STORE.replace("orders", "bills"), **others},
            {"y": ("orders",), "z": ("bills",)},
        )
        assert plan.steps[-1].service == "y"
        return any(p.name == "service discovery" for p in details(plan)["z"].patterns)

    assert not discovered("ab")
    assert discovered("abc")


def test_routes_of_which_configuration_tells_a_part_are_counted_for_the_gateway(draw: Draw) -> None:
    # What is asked for most stays as what is left of the monolith.
    asking = "".join(f"\n\ndef more_{n}():\n    return y.rows(1), y.save(1)\n" for n in range(3))
    found = details(planned(draw, {
        "m/a.py": (
            f"import os\n\nfrom flask import Blueprint, Flask\n\nfrom m import y\n\nbills = Blueprint('bills', __name__)\n\n\n"
            f"@bills.route('/all')\ndef orders():\n    return y.rows(1)\n\n\napp = Flask(__name__)\n\n\n@app.route('/open')\ndef of_all():\n"
            f"    return y.rows(2)\n\n\napp.register_blueprint(bills, url_prefix=os.environ['PREFIX'])\n{asking}"
        ),
        "m/b.py": f"from m import y\n{asking}\n\ndef last():\n    return y.rows(3), y.rows(4), y.save(5)\n",
        "m/y.py": f"{STORE}\n\ndef notes():\n    return sqlite3.connect('x').execute('select id from notes').fetchall()\n",
    }, {"y": ("notes", "orders")}))  # fmt: skip
    assert [route.pattern for route in found["a"].routes] == ["GET /<dynamic>/all", "GET /open"]
    (gateway,) = [p.because for p in found["a"].patterns if p.name == "API gateway"]
    assert gateway == (
        "2 routes of clients switch over, such as GET /<dynamic>/all; of 1 a part is not in the code (<dynamic>, first at m/a.py:10): "
        "look it up before the gateway gets them"
    )
