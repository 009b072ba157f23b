"""What every process is set up with: each service needs it for itself, and the plan says so in its step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.boundaries.split import Service, Split
from decompose.plan.consequences import consequences
from decompose.plan.step_detail import StepDetail

if TYPE_CHECKING:
    from tests.conftest import Draw


def details(draw: Draw, files: dict[str, str], homes: dict[str, str], tables: dict[str, str]) -> dict[str, StepDetail]:
    """Service -> its step, where ``homes`` says of which service each module is."""
    app = draw({"m/__init__.py": "", **files})
    names = sorted({*homes.values(), *tables.values()})
    services = tuple(
        Service(
            name=name,
            units=tuple(unit.id for unit in app.system.units if homes.get(unit.module) == name),
            tables=tuple(table for table, owner in tables.items() if owner == name),
        )
        for name in names
    )
    split = Split(name="s", generator="", trivial=False, services=services, shared=())
    plan = consequences(app.system, split).plan
    return {step.service: step.detail for step in plan.steps if step.service and step.detail}


def test_what_a_factory_registers_runs_around_the_requests_of_every_service(draw: Draw) -> None:
    found = details(
        draw,
        {
            "m/app.py": """\
import os

from flask import Flask, g

from m import orders, people


def create_app():
    app = Flask("m")
    app.config["SECRET"] = os.environ["SECRET"]
    connect()
    app.before_request(people.who)
    app.teardown_appcontext(close)

    @app.after_request
    def uncached(response):
        return response

    app.register_blueprint(orders.blueprint)
    names = sorted(["b", "a"], key=first)
    return app, names


def connect():
    return os.environ["DATABASE_URL"]


def close(error):
    return error


def first(name):
    return name[0]
""",
            "m/serve.py": "from m.app import create_app\n\napp = create_app()\n",
            "m/people.py": """\
import os
import sqlite3

from flask import g

connection = sqlite3.connect("x")


def who():
    g.user = connection.execute("select id from users").fetchone()


def greet():
    return os.environ["GREETING"]
""",
            "m/orders.py": """\
from flask import Blueprint, g

blueprint = Blueprint("orders", __name__)


@blueprint.get("/")
def listed():
    return str(g.user)


@blueprint.before_request
def only_orders():
    return None
""",
        },
        {"m.app": "people", "m.serve": "people", "m.people": "people", "m.orders": "orders"},
        {"users": "people"},
    )
    assert [str(hook) for hook in found["orders"].hooks] == [
        "m.people:who of people (m/app.py:12): touches tables of people: ask for that each time, or let the gateway do it for all",
        "m.app:close of people (m/app.py:13): was not seen to touch tables of others: copy it",
        "m.app:create_app.uncached of people (m/app.py:15): was not seen to touch tables of others: copy it",
    ]
    assert [setting.name for setting in found["orders"].settings] == ["DATABASE_URL", "SECRET"]


def test_what_django_settings_name_and_read_is_needed_by_every_service(draw: Draw) -> None:
    found = details(
        draw,
        {
            "m/settings.py": """\
from m.environment import NAME

INSTALLED_APPS = ["m.orders.OrdersConfig"]
MIDDLEWARE = ["m.people.Visits"]
GREETER = "m.people.greet"
DATABASES = {"default": {"NAME": NAME}}
""",
            "m/environment.py": "import os\n\nNAME = os.environ['DATABASE_NAME']\n",
            "m/people.py": """\
import os

from django.db import models

GREETING = os.environ["GREETING"]


class Visit(models.Model):
    path = models.CharField(max_length=9)


def greet():
    return Visit.objects.first()


class Visits:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        Visit.objects.create(path=request.path)
        return self.get_response(request)
""",
            "m/orders.py": """\
from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "m"

    def ready(self):
        pass
""",
        },
        {"m.settings": "people", "m.environment": "people", "m.people": "people", "m.orders": "orders"},
        {"m_visit": "people"},
    )
    assert [(hook.definition, hook.needs) for hook in found["orders"].hooks] == [("m.people:Visits", ("people",))]
    assert [setting.name for setting in found["orders"].settings] == ["DATABASE_NAME"]
