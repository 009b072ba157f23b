"""Where templates are rendered whose name a function is given, and those that are loaded first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from django.db import models
    class Customer(models.Model): pass
    class Tag(models.Model): pass
    class Order(models.Model):
        customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
        tags = models.ManyToManyField(Tag)
"""
TEMPLATES = {
    "shop/templates/customer.html": "{{ row.customer.name }}",
    "shop/templates/tags.html": "{% for tag in row.tags.all %}{{ tag.name }}{% endfor %}",
}
CUSTOMER, TAGS = {"shop_customer"}, {"shop_tag", "shop_order_tags"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("def show(request): get_template('customer.html').render({'row': Order()})", CUSTOMER, id="loaded"),
        pytest.param(
            "def show(request):\n    template = loader.get_template('customer.html')\n    return template.render({'row': Order()}, request)",
            CUSTOMER,
            id="loaded before",
        ),
        pytest.param(
            "def show(request, name='customer.html'): return render(request, name, {'row': Order()})", CUSTOMER, id="by default"
        ),
        pytest.param(
            "def show(name, context): return get_template(name).render(context)\n"
            "def a(order: Order): return show('customer.html', {'row': order})",
            CUSTOMER,
            id="given by a caller",
        ),
        pytest.param(
            "def show(name, context): return get_template(name).render(context)\n"
            "def a(order: Order): return show('customer.html', {'row': order})\n"
            "def b(order: Order): return show('tags.html', context={'row': order})",
            CUSTOMER | TAGS,
            id="given by several callers",
        ),
        pytest.param(
            "def show(name, context): return get_template(name).render(context)\n"
            "def a(order: Order): return show('customer.html', {'row': order})\n"
            "def b(order: Order): return show('tags.html', {'other': order})",
            CUSTOMER,
            id="each with what it gives",
        ),
        pytest.param(
            "class Papers:\n    def show(self, name): return get_template(name).render({'row': Order()})\n"
            "def a(papers: Papers): return papers.show('customer.html')",
            CUSTOMER,
            id="given to a method",
        ),
        pytest.param("def show(name): return get_template(name).render({'row': Order()})", set(), id="given by nobody"),
        pytest.param(
            "def show(name, context): return get_template(name).render(context)\n"
            "def a(order: Order): return show('customer.html', {'row': order})\n"
            + "".join(f"def give_{n}(): return show('{n}.html', {{}})\n" for n in range(6)),
            set(),
            id="more than six of them",
        ),
        pytest.param(
            "def get_template(name): return Order()\ndef show(): return get_template('customer.html').render({'row': Order()})",
            set(),
            id="a function of that name",
        ),
    ],
)  # fmt: skip
def test_a_template_is_rendered_where_the_call_stands(draw: Draw, body: str, expected: set[str]) -> None:
    imports = (
        "from django.shortcuts import render\nfrom django.template import loader\n"
        "from django.template.loader import get_template\nfrom shop.models import Order\n"
    )
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, **TEMPLATES, "shop/views.py": imports + body})
    found = {(a.definition.rpartition(":")[2].rpartition(".")[2], a.table) for a in app.system.accesses}
    assert found == {("show", table) for table in expected}


def test_a_template_that_shows_many_tables_reads_those_that_hold_a_part_of_their_rows(draw: Draw) -> None:
    names = "abcdefghi"
    models = "\n".join(f"class {name.upper()}(models.Model): pass" for name in names)
    keys = "\n    ".join(f"{name} = models.ForeignKey({name.upper()}, on_delete=models.CASCADE)" for name in names)
    source = f"from django.db import models\n{models}\nclass Card(A): pass\nclass Order(models.Model):\n    {keys}\n    card = models.ForeignKey(Card, on_delete=models.CASCADE)\n"
    shown = "".join(f"{{{{ row.{name}.name }}}}" for name in (*names[1:], "card"))
    view = "from django.shortcuts import render\nfrom shop.models import Order\ndef show(request): return render(request, 'all.html', {'row': Order()})\n"
    app = draw(
        {"shop/__init__.py": "", "shop/models.py": source, "shop/templates/all.html": shown, "shop/views.py": view}
    )
    assert {table for definition, _, table in app.executed() if definition == "shop.views:show"} == {
        f"shop_{name}" for name in (*names, "card")
    }
