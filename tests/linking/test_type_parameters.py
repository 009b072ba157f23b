"""Type parameters of classes, functions and aliases: the same edges from whatever Python runs the analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
class Order:
    def pay(self): pass
class Bill:
    def send(self): pass
    def pay(self): pass
"""

CASES = [
    pytest.param(
        """
        class Repository[T]:
            def get(self) -> T: ...
        class Bills(Repository[Bill]): pass
        def main(orders: Repository[Order]):
            orders.get().pay()
            Bills().get().send()
        """,
        ["m:main -> m:Bill.send", "m:main -> m:Bills", "m:main -> m:Order.pay", "m:main -> m:Repository.get"],
        id="of a class",
    ),
    pytest.param(
        """
        def pay_all[T: Order](items: list[T]):
            for item in items: item.pay()
        def send_all[T: Bill](items: list[T]):
            for item in items: item.send()
        """,
        ["m:pay_all -> m:Order.pay", "m:send_all -> m:Bill.send"],
        id="of two functions, bound by different classes",
    ),
    pytest.param(
        """
        class Sender[T: (Order, Bill)]:
            def run(self, item: T): item.pay()
            def again[T: Bill](self, item: T): item.pay()
        """,
        ["m:Sender.again -> m:Bill.pay", "m:Sender.run -> m:Bill.pay", "m:Sender.run -> m:Order.pay"],
        id="the same name inside hides the outer one",
    ),
    pytest.param(
        """
        class Store[K, V = Bill]:
            def get(self, key: K) -> V: ...
        def main(store: Store):
            store.get(1).pay()
        """,
        ["m:main -> m:Bill.pay", "m:main -> m:Store.get"],
        id="with a default",
    ),
    pytest.param(
        """
        type Orders = list[Order]
        type Both[T] = tuple[T, Order]
        def main(orders: Orders, both: Both[Bill]):
            for order in orders: order.pay()
            bill, order = both
            bill.send()
        """,
        ["m:main -> m:Bill.send", "m:main -> m:Order.pay"],
        id="of an alias",
    ),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_calls(draw: Draw, source: str, expected: list[str]) -> None:
    app = draw({"m.py": MODELS + _dedented(source)})
    assert app.call_lines() == expected
    assert not [found for found in app.system.dependencies if str(found.resolution) == "guessed"]


def test_what_stands_in_the_braces_of_a_string_is_on_its_own_line(draw: Draw) -> None:
    app = draw('''
        class Order:
            def __format__(self, spec): return "x"
            def pay(self): pass
        def show(order: Order):
            return f"""
                {order}
                {order.pay() or f'{order.pay()}'}
                {", ".join(
                    [f"{order}"])}
            """
    ''')
    found = {(d.target, d.line) for d in app.system.dependencies if d.source == "m:show" and d.kind == "call"}
    assert found == {("m:Order.__format__", 6), ("m:Order.pay", 7), ("m:Order.__format__", 9)}


def _dedented(text: str) -> str:
    lines = text.splitlines()
    return "\n".join(line[8:] for line in lines) + "\n"
