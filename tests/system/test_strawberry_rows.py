"""What fields of strawberry-django read that no code resolves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw


def test_a_field_without_a_resolver_reads_the_rows_of_its_type(draw: Draw) -> None:
    app = draw("""
        from typing import Annotated
        import strawberry
        import strawberry_django
        from django.db import models

        class Order(models.Model):
            class Meta: db_table = "orders"
        class Line(models.Model):
            class Meta: db_table = "lines"

        @strawberry_django.type(Order)
        class OrderType: pass
        @strawberry_django.type(Line)
        class LineType: pass

        @strawberry.type
        class Query:
            orders: list[OrderType] = strawberry_django.field()
            line: Annotated["LineType", strawberry.lazy("m")] | None = strawberry_django.field()
            found: list[LineType] = strawberry_django.field(resolver=find)

        def find(): pass
        """)
    reads = {(a.definition, a.table, a.operation, a.line) for a in app.system.accesses}
    assert reads == {("m:Query", "orders", "read", 18), ("m:Query", "lines", "read", 19)}
