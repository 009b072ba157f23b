"""Odoo: what methods of record sets do, by the model that the environment, a class or a relation names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

SHOP = """
    from odoo import api, fields, http, models

    class Order(models.Model):
        _name = "sale.order"
        _table = "orders"
        partner_id = fields.Many2one("res.partner")
        line_ids = fields.One2many("sale.order.line", "order_id")

        def confirm(self):
            self.ensure_one()
            self.write({"state": "sale"})
            for line in self.line_ids.filtered(lambda one: one.qty):
                line.sudo().unlink()
            self.partner_id.write({"buyer": True})

        @api.model
        def create(self, values):
            return super().create(values)

        def later(self, model):
            found = self.env["stock.move"].sudo().search([])
            self.env[model].search([])
            self.env.user.write({"last": 1})
            return [found.mapped("id"), {}.update(a=1)]

    class Line(models.Model):
        _name = "sale.order.line"
        order_id = fields.Many2one("sale.order")

    class More(models.Model):
        _inherit = "sale.order"
        def reset(self):
            other = self.copy()
            other.update({"a": 1})

    class Kept(models.AbstractModel):
        _name = "kept.mixin"
        def keep(self):
            self.write({"kept": True})

    class Shelf:
        def search(self, what): return what
        def look(self):
            return self.search("x")
    """


def test_record_sets_touch_the_table_of_their_model(draw: Draw) -> None:
    app = draw({"shop.py": SHOP})
    found = {(a.definition.partition(":")[2], a.table, a.operation) for a in app.system.accesses}
    assert found == {
        ("Order.confirm", "orders", "update"),
        ("Order.confirm", "sale_order_line", "delete"),
        ("Order.confirm", "res_partner", "update"),
        ("Order.create", "orders", "insert"),
        ("Order.later", "stock_move", "read"),
        ("Order.later", "res_users", "update"),
        ("More.reset", "orders", "insert"),
        ("More.reset", "orders", "update"),
    }
    assert [b.reason for b in app.system.blind_spots if b.kind == "dynamic sql"] == [
        "read of a table whose name is not known"
    ]


DECLARED = """
    from odoo import api, fields, models

    class Mixin(models.AbstractModel):
        _name = "tier.mixin"
        def tier(self): pass

    class Order(models.Model):
        _name = "sale.order"
        _inherit = ["tier.mixin"]
        total = fields.Float(compute="_compute_total")
        line_ids = fields.One2many("sale.order.line", "order_id")

        def _compute_total(self): pass

        @api.constrains("total")
        def check(self): pass

        def confirm(self):
            self.tier()
            self.line_ids.reserve()
            self._done()

        def _done(self): pass

    class Line(models.Model):
        _name = "sale.order.line"
        order_id = fields.Many2one("sale.order")
        def reserve(self): pass
    """
ADDED = """
    from odoo import models

    class Order(models.Model):
        _inherit = ["sale.order"]
        def confirm(self):
            return super().confirm()

    class Partner(models.Model):
        _inherit = "res.partner"
        def _compute_name(self): pass
        def buy(self):
            self.env["sale.order"].browse(1).confirm()

    def confirm(self): pass
    """


def test_all_classes_of_a_model_are_one_and_others_call_its_methods_by_name(draw: Draw) -> None:
    app = draw(
        {
            "sale/__init__.py": "",
            "sale/models.py": DECLARED,
            "more/__init__.py": "",
            "more/models.py": ADDED,
            "more/hooks.py": "def post_init_hook(env): pass\n",
        }
    )
    entries = {(e.kind, e.name, e.handler) for e in app.system.entry_points}
    call = "ANY /web/dataset/call_kw"
    assert entries >= {
        ("http", f"{call}/sale.order/confirm", "sale.models:Order.confirm"),
        ("http", f"{call}/sale.order/confirm", "more.models:Order.confirm"),
        ("http", f"{call}/sale.order", "sale.models:Order"),
        ("http", f"{call}/res.partner/buy", "more.models:Partner.buy"),
        ("command", "post_init_hook more.hooks", "more.hooks:post_init_hook"),
    }
    assert not [name for _, name, _ in entries if name.endswith(("_done", "_compute_total", "call_kw/tier.mixin"))]
    calls = {
        (d.source, d.target)
        for d in app.system.dependencies
        if d.kind in ("call", "callback") and d.resolution != "guessed"
    }
    assert calls >= {
        ("more.models:Partner.buy", "sale.models:Order.confirm"),
        ("more.models:Partner.buy", "more.models:Order.confirm"),
        ("more.models:Order.confirm", "sale.models:Order.confirm"),
        ("sale.models:Order.confirm", "sale.models:Mixin.tier"),
        ("sale.models:Order.confirm", "sale.models:Line.reserve"),
        ("sale.models:Order.confirm", "sale.models:Order._done"),
        ("sale.models:Order", "sale.models:Order._compute_total"),
        ("sale.models:Order", "sale.models:Order.check"),
        ("more.models:Partner", "more.models:Partner._compute_name"),
    }
    assert not [target for _, target in calls if target == "more.models:confirm"]
