"""Imports: who is meant by a name that comes from another module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

CASES = [
    pytest.param(
        {
            "one/src/shop/__init__.py": "",
            "one/src/shop/stock.py": "def target(): pass\ndef only_here(): pass",
            "one/src/shop/views.py": "from shop.stock import target\ndef view(): target()",
            "two/src/shop/__init__.py": "",
            "two/src/shop/stock.py": "def target(): pass",
            "two/src/shop/views.py": """
                import shop.stock
                from shop.stock import target
                from shop import stock
                from . import stock as beside
                def by_name(): target()
                def by_module(): stock.target()
                def by_path(): shop.stock.target()
                def by_relative(): beside.target()
            """,
            "two/src/start.py": "from shop.views import by_name\ndef main(): by_name()",
        },
        [
            "shop.views:view -> shop.stock:target",
            "start:main -> two.src.shop.views:by_name",
            "two.src.shop.views:by_module -> two.src.shop.stock:target",
            "two.src.shop.views:by_name -> two.src.shop.stock:target",
            "two.src.shop.views:by_path -> two.src.shop.stock:target",
            "two.src.shop.views:by_relative -> two.src.shop.stock:target",
        ],
        id="of two packages of one name the one of the own root",
    ),
    pytest.param(
        {
            "site/__init__.py": "",
            "site/manage.py": "from core.tools import target\ndef main(): target()",
            "site/core/__init__.py": "",
            "site/core/tools.py": "def target(): pass",
            "site/shop/__init__.py": "",
            "site/shop/views.py": """
                from core.tools import target
                from site.core.tools import target as same
                from ..core.tools import target as beside
                def one(): target()
                def two(): same()
            """,
        },
        [
            "manage:main -> core.tools:target",
            "shop.views:one -> core.tools:target",
            "shop.views:two -> core.tools:target",
        ],
        id="a package on the import path itself, by both names",
    ),
    pytest.param(
        {
            "app/__init__.py": "",
            "app/a.py": """
                from .b import target
                from . import b
                from app import b as other
                import app.b
                def one(): target()
                def two(): b.target()
                def three(): other.target()
                def four(): app.b.target()
            """,
            "app/b.py": "def target(): pass",
        },
        [f"app.a:{name} -> app.b:target" for name in ("four", "one", "three", "two")],
        id="the four ways",
    ),
    pytest.param(
        {
            "app/__init__.py": "",
            "app/x/__init__.py": "",
            "app/x/deep.py": """
                from ..y import target as renamed
                from ...app.y import target
                def one(): renamed()
            """,
            "app/y.py": "def target(): pass",
        },
        ["app.x.deep:one -> app.y:target"],
        id="relative to the parent",
    ),
    pytest.param(
        {
            "app/__init__.py": "from .inner import *",
            "app/inner/__init__.py": "from .leaf import target\n__all__ = ['target']",
            "app/inner/leaf.py": "def target(): pass\ndef hidden(): pass",
            "main.py": """
                from app import target
                import app
                def one(): target()
                def two(): app.target()
                def three(): app.hidden()
            """,
        },
        ["main:one -> app.inner.leaf:target", "main:two -> app.inner.leaf:target"],
        id="re-exported through two packages",
    ),
    pytest.param(
        {
            "lib.py": """
                __all__ = ["shown"]
                def shown(): pass
                def not_shown(): pass
                def _private(): pass
            """,
            "main.py": """
                from lib import *
                def not_shown(): pass
                def one(): shown()
                def two(): not_shown()
            """,
        },
        ["main:one -> lib:shown", "main:two -> main:not_shown"],
        id="star import and an own name",
    ),
    pytest.param(
        {
            "lib.py": """
                __all__ = ["shown"]
                def shown(): pass
                def not_shown(): pass
            """,
            "main.py": """
                from lib import *
                def one(): shown()
                def two(): not_shown()
            """,
        },
        ["main:one -> lib:shown"],
        id="star import honours __all__",
    ),
    pytest.param(
        {
            "lib/__init__.py": "from .base import *\nfrom .more import *",
            "lib/base.py": "def shown(): pass",
            "lib/more.py": "from lib import shown\nfor _ in range(2):\n    shown()\ndef more(): shown()",
            "main.py": "from lib import shown\ndef one(): shown()",
        },
        ["lib.more: -> lib.base:shown", "lib.more:more -> lib.base:shown", "main:one -> lib.base:shown"],
        id="star imports of modules that import each other's names from the package",
    ),
    pytest.param(
        {
            "lib.py": "def _private(): pass\ndef shown(): pass",
            "main.py": """
                from lib import *
                def one(): _private()
                def two(): shown()
            """,
        },
        ["main:two -> lib:shown"],
        id="star import leaves private names",
    ),
    pytest.param(
        {
            "models.py": "class Order:\n    def total(self): pass",
            "main.py": """
                from __future__ import annotations
                from typing import TYPE_CHECKING
                if TYPE_CHECKING:
                    from models import Order
                def one(order: Order): return order.total()
                def two(order: "Order"): return order.total()
                def three(orders: list[Order]): return [order.total() for order in orders]
            """,
        },
        ["main:one -> models:Order.total", "main:three -> models:Order.total", "main:two -> models:Order.total"],
        id="names under TYPE_CHECKING are types",
    ),
    pytest.param(
        {
            "a.py": """
                def one():
                    from b import target
                    target()
            """,
            "b.py": """
                import a
                def target(): a.one()
            """,
        },
        ["a:one -> b:target", "b:target -> a:one"],
        id="import inside a function, in a circle",
    ),
    pytest.param(
        {
            "one/__init__.py": "",
            "one/views.py": "def show(): helper()\ndef helper(): pass",
            "two/__init__.py": "",
            "two/views.py": "def show(): helper()\ndef helper(): pass",
            "main.py": """
                from one import views
                from two import views as others
                def main():
                    views.show()
                    others.show()
            """,
        },
        [
            "main:main -> one.views:show",
            "main:main -> two.views:show",
            "one.views:show -> one.views:helper",
            "two.views:show -> two.views:helper",
        ],
        id="modules of the same name in two packages",
    ),
    pytest.param(
        {
            "app/__init__.py": "",
            "app/json.py": "def loads(text): pass",
            "app/main.py": """
                import json
                def one(text): return json.loads(text)
            """,
        },
        [],
        id="an absolute import is not the neighbour of that name",
    ),
    pytest.param(
        {
            "app/__init__.py": "from .handler import handler",
            "app/handler.py": "def handler(): pass",
            "main.py": """
                from app import handler
                def one(): handler()
            """,
        },
        ["main:one -> app.handler:handler"],
        id="a function that hides its own module",
    ),
    pytest.param(
        {
            "plugins/__init__.py": "",
            "plugins/pdf.py": "def render(): pass",
            "main.py": """
                import importlib
                def one():
                    module = importlib.import_module("plugins.pdf")
                    module.render()
            """,
        },
        ["main:one -> plugins.pdf:render"],
        id="import_module of a constant",
    ),
    pytest.param(
        {
            "app/__init__.py": """
                from typing import Any
                def __getattr__(name: str) -> Any:
                    if name == "target":
                        from app.leaf import target
                        return target
                    raise AttributeError(name)
            """,
            "app/leaf.py": "def target(): pass",
            "main.py": """
                from app import target
                def one(): target()
            """,
        },
        ["main:one -> app.leaf:target"],
        id="lazy name of a module",
        marks=pytest.mark.xfail(strict=True, reason="__getattr__ of a module is not followed"),
    ),
    pytest.param(
        {
            "ns/part/leaf.py": "def target(): pass",
            "main.py": """
                import ns.part.leaf
                from ns.part.leaf import target as other
                def one(): ns.part.leaf.target()
                def two(): other()
            """,
        },
        ["main:one -> ns.part.leaf:target", "main:two -> ns.part.leaf:target"],
        id="namespace package",
    ),
    pytest.param(
        {
            "lib.py": """
                try:
                    from fast import dumps
                except ImportError:
                    from slow import dumps
            """,
            "slow.py": "def dumps(): pass",
            "main.py": """
                from lib import dumps
                def one(): dumps()
            """,
        },
        ["main:one -> slow:dumps"],
        id="fallback import re-exported",
    ),
]


@pytest.mark.parametrize(("files", "expected"), CASES)
def test_calls(draw: Draw, files: dict[str, str], expected: list[str]) -> None:
    assert draw(files).call_lines() == expected


def test_kinds_of_imports(draw: Draw) -> None:
    app = draw(
        {
            "models.py": "class Order: pass\nclass Line: pass",
            "main.py": """
                from typing import TYPE_CHECKING
                from models import Line
                if TYPE_CHECKING:
                    from models import Order
                import models
            """,
        }
    )
    assert app.calls("import") == {("main:", "models:Line"), ("main:", "models:")}
    assert app.calls("type-import") == {("main:", "models:Order")}


def test_a_name_of_the_standard_library_stays_outside(draw: Draw) -> None:
    app = draw("import json\ndef f(): return json.dumps(1), print(2)")
    assert app.external() == {("m:f", "json:dumps"), ("m:f", "builtins:print")}
    assert app.call_lines() == []


@pytest.mark.parametrize(
    "named",
    [
        pytest.param("settings.RUNNER", id="setting"),
        pytest.param('getattr(settings, "RUNNER")', id="setting by getattr"),
        pytest.param('getattr(settings, "NOT_THERE", "shop.runners.Fast")', id="usual one"),
        pytest.param("RUNNER", id="constant"),
    ],
)
def test_a_class_that_a_setting_names_is_loaded(draw: Draw, named: str) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/settings.py": 'RUNNER = "shop.runners.Fast"\n',
            "shop/runners.py": "class Fast:\n    def run(self): pass\nclass Slow:\n    def run(self): pass\n",
            "shop/m.py": f"""
                from django.conf import settings
                from django.utils.module_loading import import_string
                RUNNER = "shop.runners.Fast"
                def start():
                    runner = import_string({named})
                    runner().run()
            """,
        }
    )
    assert {target for source, target in app.calls("call") if source == "shop.m:start"} == {"shop.runners:Fast.run"}


def test_what_loads_by_name_may_also_decorate(draw: Draw) -> None:
    app = draw(
        "from importlib import import_module\ndef load(f):\n    import_module(f)\n    return f\n@load\ndef g(): pass\ng()"
    )
    assert ("m:", "m:g") in app.calls("call")
