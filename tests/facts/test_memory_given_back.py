"""Memory after a file was read: processes that read files run no collection, so that whatever refers to itself would stay."""

from __future__ import annotations

import ast
import gc
from pathlib import Path

from decompose.facts import Op, collect_facts, extract
from decompose.facts.collect import garbage_collection_paused
from decompose.sources import discover

_SOURCE = """
import os
from app.models import Order

class Orders:
    model = Order

    def all(self, by=lambda order: order.number):
        for order in sorted(self.model.objects.all(), key=by):
            if order.paid and isinstance(order, Order):
                yield {"order": order, "lines": [f"{line}" for line in order.lines]}

def main(argument=None):
    try:
        with open(os.environ["ORDERS"]) as file:
            return {**dict(file), "all": list(Orders().all())}
    except OSError as problem:
        raise ValueError from problem
"""


def test_nothing_stays_of_what_a_file_was_read_with() -> None:
    tree = ast.parse(_SOURCE)
    extract(tree)
    with garbage_collection_paused():
        gc.collect()
        extract(tree)
        assert gc.collect() == 0


def test_a_name_that_two_files_use_is_kept_once(tmp_path: Path) -> None:
    for name in ("orders", "bills"):
        Path(tmp_path, f"{name}.py").write_text(f"import shop\n{name} = shop.customer_accounts\n", encoding="utf-8")
    tree = discover(tmp_path)
    both = collect_facts(tree.base, tree.to_parse()).facts
    first, second = (next(op[3] for op in facts.scopes[0].ops if op[0] == Op.ATTRIBUTE) for facts in both)
    assert first == "customer_accounts"
    assert first is second
