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
