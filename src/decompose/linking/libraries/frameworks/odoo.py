"""Odoo: methods of controllers and models that answer requests, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.found import FoundEntry
from decompose.linking.libraries import odoo_models
from decompose.linking.libraries.framework import Example, Framework, always
from decompose.linking.linked import Linked

_ROUTES = frozenset(
    {("odoo", "http.route"), ("odoo.http", "route"), ("openerp", "http.route"), ("openerp.http", "route")}
)


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """``@http.route("/shop", methods=["POST"])``: one path or several; a method that overrides another may say none again."""
    for site, module, name in linked.external_sites():
        if (module, name) not in _ROUTES or site.kind == "decorate" or site.frame.scope.library:
            continue
        scope = site.frame.scope
        paths = linked.keyword(scope, site.operation, "route", 0)
        methods = linked.keyword(scope, site.operation, "methods")
        for decoration in linked.decorations(site):
            for handler in linked.handlers(decoration, decoration.arguments[0]):
                for path in paths if isinstance(paths, list) else [paths]:
                    for method in methods if isinstance(methods, list) and methods else ["ANY"]:
                        if isinstance(path, str):
                            told = f"{str(method).upper()} {path}"
                            yield FoundEntry("http", told, handler, handler.module.file, decoration.line)


FRAMEWORK = Framework(
    name="Odoo",
    summaries={},
    packages=("odoo", "openerp"),
    requests_in_transactions=always,
    entry_points=(entry_points, odoo_models.entry_points),
    fixed_wires=(odoo_models.wires,),
    examples=(
        Example(
            """
            from odoo import http
            from odoo.http import Controller, request, route

            class Shop(http.Controller):
                @http.route(["/shop", "/shop/page/<int:page>"], type="http", auth="public")
                def shop(self, page=0): return self.rows()
                @route("/shop/pay", methods=["POST"])
                def pay(self): pass
                def rows(self): pass
            """,
            entries=frozenset(
                {
                    "http ANY /shop -> m:Shop.shop",
                    "http ANY /shop/page/<int:page> -> m:Shop.shop",
                    "http POST /shop/pay -> m:Shop.pay",
                }
            ),
            calls=frozenset({"m:Shop.shop -[call]-> m:Shop.rows"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            import odoo

            def route(path): return lambda function: function

            class Shop:
                @route("/shop")
                def shop(self): pass
            """,
            calls=frozenset({"m:Shop -[call]-> m:route", "m:Shop -[decorate]-> m:route"}),
        ),
    ),
)
