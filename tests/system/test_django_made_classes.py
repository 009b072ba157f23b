"""Models that are made by a call, and methods that are picked by the names that a class lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

ABSTRACT = """
    from django.db import models
    class AbstractThing(models.Model):
        parent = models.ForeignKey("self", models.CASCADE, null=True)
        class Meta:
            abstract = True
        def siblings(self): return type(self).objects.count()
        def above(self): return self.parent.pk
"""
FACTORY = """
    def is_there(name): ...
    def model_of(base):
        name = base.__name__.replace("Abstract", "")
        if not is_there(name):
            return type(str(name), (base,), {"__module__": __name__})
"""
USE = "from shop.models import Thing\ndef f(): Thing.objects.create()\ndef g(): Thing.objects.get(pk=1).siblings()\n"


@pytest.mark.parametrize(
    "made",
    [
        'Thing = type("Thing", (AbstractThing,), {})',
        "from shop.core import model_of\nThing = model_of(AbstractThing)",
        "from shop.core import model_of as make\nThing = make(base=AbstractThing)",
        'def derived(base): return type("Thing", (base,), {})\nThing = derived(AbstractThing)',
        'def derived(base, *more): return type("Thing", (*more, base), {})\nThing = derived(AbstractThing)',
    ],
)
def test_a_model_that_a_call_makes_is_one(draw: Draw, made: str) -> None:
    models = f"from shop.base import AbstractThing\n{made}\n"
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/base.py": ABSTRACT,
            "shop/core.py": FACTORY,
            "shop/models.py": models,
            "shop/m.py": USE,
        }
    )
    assert app.tables() == {"shop_thing": "model"}
    assert {
        ("shop.m:f", "insert", "shop_thing"),
        ("shop.m:g", "read", "shop_thing"),
        ("shop.base:AbstractThing.siblings", "read", "shop_thing"),
    } <= app.accesses()


@pytest.mark.parametrize(
    "made",
    [
        "def type(name, bases, body): return bases[0]\nThing = type('Thing', (AbstractThing,), {})",
        "def model_of(base): return base\nThing = model_of(AbstractThing)",
        "Thing = type('Thing', (Other,), {})\nOther = type('Other', (Thing,), {})",
    ],
)
def test_what_makes_no_class_makes_no_table(draw: Draw, made: str) -> None:
    models = f"from shop.base import AbstractThing\n{made}\n"
    app = draw({"shop/__init__.py": "", "shop/base.py": ABSTRACT, "shop/models.py": models})
    assert app.tables() == {}


def test_a_key_to_itself_in_an_abstract_model_leads_to_each_model_below_it(draw: Draw) -> None:
    models = "from shop.base import AbstractThing\nclass Thing(AbstractThing): pass\n"
    source = "from shop.models import Thing\ndef f(): return Thing.objects.get(pk=1).parent.parent.pk\n"
    app = draw({"shop/__init__.py": "", "shop/base.py": ABSTRACT, "shop/models.py": models, "shop/m.py": source})
    lazy = [a for a in app.system.accesses if a.rule.endswith("__get__")]
    assert {(a.definition, a.table) for a in lazy} == {
        ("shop.base:AbstractThing.above", "shop_thing"),
        ("shop.m:f", "shop_thing"),
    }


VIEW = """
    class Bulk:
        actions = {listed}
        def post(self, request):
            action = request.POST.get("action")
            if action not in self.actions:
                return None
            return getattr(self, action)(request)
        def accept(self, request): note()
        def refuse(self, request): note()
        def other(self, request): note()
    def note(): pass
"""


@pytest.mark.parametrize(
    ("listed", "called"),
    [
        ('("accept", "refuse")', {"m:Bulk.accept", "m:Bulk.refuse"}),
        ('{"accept": "Accept all", "refuse": len}', {"m:Bulk.accept", "m:Bulk.refuse"}),
        ('("accept", "something else")', set()),
        ("()", set()),
    ],
)
def test_a_method_whose_name_is_one_that_the_class_lists(draw: Draw, listed: str, called: set[str]) -> None:
    app = draw(VIEW.replace("{listed}", listed))
    assert {d.target for d in app.system.dependencies if d.source == "m:Bulk.post" and d.kind == "call"} == called
