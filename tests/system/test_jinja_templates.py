"""What Jinja templates ask of rows is told of the function that renders them, with the place in the template."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Application, Draw

MODELS = """
from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()

class Customer(Base):
    __tablename__ = "customers"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    orders = relationship("Order", back_populates="customer")

class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
    customer_id = Column(ForeignKey("customers.id"))
    customer = relationship(Customer, back_populates="orders")
    lines = relationship("Line", back_populates="order")
    notes = relationship("Note", lazy="dynamic")

    @property
    def total(self): return sum(line.size for line in self.lines)
    def worth(self, factor): return factor * len(self.lines)

class Line(Base):
    __tablename__ = "lines"
    id = Column(Integer, primary_key=True)
    order_id = Column(ForeignKey("orders.id"))
    order = relationship(Order, back_populates="lines")
    product_id = Column(ForeignKey("products.id"))
    product = relationship("Product")

class Note(Base):
    __tablename__ = "notes"
    id = Column(Integer, primary_key=True)
    order_id = Column(ForeignKey("orders.id"))

class Product(Base):
    __tablename__ = "products"
    id = Column(Integer, primary_key=True)
"""

VIEW = """
from flask import render_template
from shop.models import Order
def show(order: Order, orders: list[Order]):
    return render_template("show.html", order=order, orders=orders, plain={"order": order})
"""


def _app(draw: Draw, *, view: str = VIEW, **templates: str) -> Application:
    named = {f"shop/templates/{name.replace('__', '.')}": text for name, text in templates.items()}
    return draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/views.py": view, **named})


def _asked(app: Application, definition: str = "shop.views:show") -> set[str]:
    """The tables that templates ask for, in the name of a function."""
    return {
        a.table
        for a in app.system.accesses
        if a.definition == definition and a.rule.startswith("asked by the template")
    }


@pytest.mark.parametrize(
    ("template", "tables"),
    [
        pytest.param("{{ order.id }} {{ order.customer_id }}", set(), id="columns"),
        pytest.param("{{ order.customer.name }}", {"customers"}, id="relation"),
        pytest.param("{{ order['customer'].name }}", {"customers"}, id="item"),
        pytest.param("{{ plain.order.customer.name }}", {"customers"}, id="entry of a dictionary"),
        pytest.param("{% for line in order.lines %}{{ line.product.id }}{% endfor %}", {"lines", "products"}, id="loop"),
        pytest.param("{% for o in orders if o.customer %}{% endfor %}", {"customers"}, id="condition of a loop"),
        pytest.param("{% if order.customer and order.lines %}{% endif %}", {"customers", "lines"}, id="condition"),
        pytest.param("{% set who = order.customer if order else none %}{{ who.orders }}", {"customers", "orders"}, id="set"),
        pytest.param("{% with c = order.customer %}{{ c.name }}{% endwith %}{{ c.orders }}", {"customers"}, id="with"),
        pytest.param("{{ order.notes.count() }}", {"notes"}, id="query"),
        pytest.param("{{ orders|map(attribute='customer.name')|join(', ') }}", {"customers"}, id="map"),
        pytest.param("{{ (orders|first).customer }}", {"customers"}, id="first"),
        pytest.param("{% for k, g in orders|groupby('customer') %}{{ (g|last).lines }}{% endfor %}", {"customers", "lines"}, id="groups"),
        pytest.param("{{ orders|sum('customer.id') }} {{ orders|selectattr('lines')|list|length }}", {"customers", "lines"}, id="chosen"),
        pytest.param("{{ missing|default(order.customer) }}", {"customers"}, id="default"),
        pytest.param("{{ order.customer.name ~ '!' if order.lines is defined }}", {"customers", "lines"}, id="operators"),
        pytest.param("{{ url_for('x', id=order.customer.id) }}", {"customers"}, id="argument"),
        pytest.param("{% raw %}{{ order.customer }}{% endraw %}{# {{ order.lines }} #}", set(), id="text"),
        pytest.param("{% macro line(o, c=o.lines) %}{{ o.customer }}{% endmacro %}{{ line(order) }}", {"customers", "lines"}, id="macro"),
        pytest.param("{% macro line(o) %}{{ o.customer }}{% endmacro %}{{ line }}", set(), id="macro that is not called"),
        pytest.param(
            "{% macro box(o) %}{{ caller(o.customer) }}{% endmacro %}{% call(c) box(order) %}{{ c.orders }}{% endcall %}",
            {"customers", "orders"},
            id="call",
        ),
        pytest.param(
            "{% for o in [order.customer] recursive %}{{ o.orders }}{{ loop(o.orders) }}{{ o.lines }}{% endfor %}",
            {"customers", "orders", "lines"},
            id="recursive loop",
        ),
    ],
)  # fmt: skip
def test_what_a_template_asks_for_is_read_where_it_is_rendered(draw: Draw, template: str, tables: set[str]) -> None:
    assert _asked(_app(draw, show__html=template)) == tables


def test_a_macro_is_followed_for_each_that_it_is_given_and_as_far_as_can_be(draw: Draw) -> None:
    macros = "{% macro ask(o) %}{{ o.customer }}{% endmacro %}{% macro show(o) %}{{ ask(o) }}{% endmacro %}"
    calls = {"m0": "show", **{f"m{n + 1}": f"m{n}" for n in range(8)}}
    deep = "".join(f"{{% macro {name}(o) %}}{{{{ {called}(o) }}}}{{% endmacro %}}" for name, called in calls.items())
    app = _app(draw, show__html=macros + deep + "{{ m8(order) }}{{ show(1) }}{{ show(order) }}")
    assert _asked(app) == {"customers"}
    twice = "{% for o in [order.customer] %}{{ o.orders }}{% endfor %}{% for o in orders %}{{ ask(o) }}{% endfor %}"
    assert _asked(_app(draw, show__html=macros + "{{ ask(order.id) }}" + twice)) == {"customers", "orders"}


def test_a_form_is_asked_for_what_the_application_gives_it_and_not_for_its_fields(draw: Draw) -> None:
    view = """
from flask import render_template
from flask.views import MethodView
from wtforms import Form, StringField
from shop.models import Order

class OrderForm(Form):
    customer = StringField("Customer")
    def __init__(self, order: Order): self.order = order
    def worth(self): return 1
    @property
    def size(self): return 1

class Show(MethodView):
    form = OrderForm
    def get(self):
        return render_template("show.html", form=self.form())

def show(order: Order):
    order.name = "an order, which is no form"
    return render_template("show.html", form=OrderForm(order), order=order)
"""
    asked = "{{ form.customer.data }}{{ form.size }}{{ form.worth() }}{{ form.order.customer }}{{ order.lines }}"
    app = _app(draw, view=view, show__html=asked)
    called = {(d.source, d.target) for d in app.dependencies("template", "property")}
    methods = ("worth", "size")
    views = ("show", "Show.get")
    assert called == {(f"shop.views:{view}", f"shop.views:OrderForm.{method}") for view in views for method in methods}
    assert _asked(app) == {"customers", "lines"}


def test_the_place_in_the_template_is_told(draw: Draw) -> None:
    app = _app(
        draw,
        show__html="<p>\n{% include 'part.html' %}",
        part__html="<p>\n\n{{ order.customer.name }}\n{{ order.worth(2) }}",
    )
    access = next(a for a in app.system.accesses if a.table == "customers")
    assert (access.definition, access.file, access.line) == ("shop.views:show", "shop/views.py", 4)
    assert access.rule.startswith("asked by the template shop/templates/part.html:3")
    assert access.resolution == "inferred"
    call = next(d for d in app.system.dependencies if d.target == "shop.models:Order.worth")
    assert (call.source, call.kind, call.line) == ("shop.views:show", "template", 4)
    assert call.rule == "asked by the template shop/templates/part.html:4"


def test_methods_and_properties_are_called_by_who_renders(draw: Draw) -> None:
    app = _app(draw, show__html="{{ order.total }}{{ order.worth(1) }}")
    found = {
        (d.target, d.kind) for d in app.system.dependencies if d.source == "shop.views:show" and "Order." in d.target
    }
    assert found == {("shop.models:Order.total", "property"), ("shop.models:Order.worth", "template")}
    assert ("shop.models:Order.total", "read", "lines") in app.accesses()
    assert _asked(app) == set()


def test_blocks_are_those_of_the_innermost_template(draw: Draw) -> None:
    app = _app(
        draw,
        base__html="{% block a %}{{ order.notes.all() }}{% endblock %}{% block b %}{{ order.lines }}{% endblock %}",
        middle__html="{% extends 'base.html' %}{% block b %}{{ super() }}{{ order.customer }}{% endblock %}",
        show__html="{% extends 'middle.html' %}{% set o = order %}{% block a %}{{ o.id }}{% endblock %}{{ order.customer.orders }}",
    )
    assert _asked(app) == {"lines", "customers"}


def test_macros_of_other_templates_are_followed(draw: Draw) -> None:
    app = _app(
        draw,
        macros__html="{% macro who(o) %}{{ o.customer }}{% endmacro %}{% macro what(o) %}{{ o.lines }}{% endmacro %}",
        show__html="{% import 'macros.html' as m %}{% from '/macros.html' import what as w %}{{ m.who(order) }}{{ w(order) }}",
    )
    assert _asked(app) == {"customers", "lines"}


def test_what_the_view_has_loaded_is_not_read_again(draw: Draw) -> None:
    view = """
        from flask import render_template
        from sqlalchemy.orm import Session, joinedload
        from shop.models import Order
        def show(session: Session):
            order = session.query(Order).options(joinedload(Order.customer)).first()
            return render_template("show.html", order=order)
        """
    assert _asked(_app(draw, view=view, show__html="{{ order.customer.name }}{{ order.lines }}")) == {"lines"}


@pytest.mark.parametrize(
    "call",
    [
        "flask.render_template('show.html', **{'order': order})",
        "flask.render_template('show.html', **context(order))",
        "flask.render_template(['gone.html', 'show.html'], order=order)",
        "flask.render_template(NAME, order=order)",
        "flask.render_template(f'{kind}/../show.html' if kind else 'show.html', order=order)",
        "flask.render_template_string('{{ order.customer.name }}', order=order)",
        "page('show.html', order=order)",
        "spread('show.html', order=order)",
        "flask_themes2.render_theme_template(kind, 'show.html', order=order)",
        "Page().page('show.html', {'order': order})",
        "pages.TemplateResponse('show.html', {'request': kind, 'order': order})",
        "pages.TemplateResponse(kind, 'show.html', {'order': order})",
        "pages.TemplateResponse(request=kind, name='show.html', context={'order': order})",
        "environment.get_template('show.html').render(order=order)",
        "environment.get_template('show.html').render({'order': order})",
    ],
)
def test_every_way_to_render(draw: Draw, call: str) -> None:
    view = f"""
        import flask, flask_themes2
        from fastapi.templating import Jinja2Templates
        from jinja2 import Environment
        from shop.models import Order
        NAME = "show.html"
        pages = Jinja2Templates(directory="templates")
        environment = Environment()
        def context(order): return {{"order": order}}
        def page(name, **more): return flask.render_template(name, title="", **more)
        def spread(*given, **more): return flask.render_template(title="", *given, **more)
        class Page:
            def page(self, template, context): return flask.render_template(template, **context)
        def show(order: Order, kind):
            return {call}
        """
    assert _asked(_app(draw, view=dedent(view), show__html="{{ order.customer.name }}")) == {"customers"}


def test_what_every_template_is_given(draw: Draw) -> None:
    view = """
        import flask
        from flask_login import LoginManager, current_user
        from shop.models import Customer, Order
        app = flask.Flask(__name__)
        login_manager = LoginManager()
        @login_manager.user_loader
        def load(key) -> Customer: return Customer.of(key)
        @app.context_processor
        def more(): return dict(first=one(Order))
        @app.template_filter("buyer")
        def buyer_of(order): return order.customer
        @app.template_global()
        def lines_of(order): return order.lines
        def one(cls: type[Order]) -> Order: ...
        def show(): return flask.render_template("show.html")
        def other(order: Order): return flask.render_template("other.html", order=order)
        """
    app = _app(
        draw, view=view, show__html="{{ first.notes.all() }}{{ current_user.orders }}",
        other__html="{{ (order|buyer).orders }}{{ lines_of(order)|length }}",
    )  # fmt: skip
    assert _asked(app) == {"notes", "orders"}
    assert _asked(app, "shop.views:other") == {"orders"}
    called = {d.target for d in app.system.dependencies if d.source == "shop.views:other" and d.kind == "template"}
    assert called == {"shop.views:buyer_of", "shop.views:lines_of"}


def test_what_a_factory_gives_to_every_template(draw: Draw) -> None:
    view = """
        import flask
        from shop.models import Order
        def one(cls: type[Order]) -> Order: ...
        def buyer_of(order): return order.customer
        def lines_of(order): return order.lines
        def notes_of(order): return order.notes
        def more(): return {"second": one(Order)}
        def make():
            app = flask.Flask(__name__)
            @app.context_processor
            def inside(): return {"first": one(Order)}
            app.context_processor(more)
            app.template_filter("buyer")(buyer_of)
            app.jinja_env.globals["lines_of"] = lines_of
            app.add_template_filter(notes_of, name="notes")
            return app
        def show(): return flask.render_template("show.html")
        """
    template = "{{ (first|buyer).orders }}{{ lines_of(second) }}{{ (first|notes).all() }}{{ second.customer }}"
    app = _app(draw, view=view, show__html=template)
    assert _asked(app) == {"orders", "notes", "customers"}
    called = {d.target for d in app.system.dependencies if d.source == "shop.views:show" and d.kind == "template"}
    assert called == {f"shop.views:{name}" for name in ("buyer_of", "lines_of", "notes_of", "more", "make.inside")}


def test_what_is_not_followed_is_told(draw: Draw) -> None:
    view = """
        from flask import render_template
        def broken(order): return render_template("broken.html", order=order)
        def computed(name): return render_template(name())
        def outside(): return render_template("outside.html")
        """
    app = _app(
        draw, view=view, broken__html="<p>\n{% if order %}", outside__html="{% from 'kit/form.html' import field %}"
    )
    found = {(s.definition, s.file, s.line) for s in app.system.blind_spots if s.kind == "unfollowed template"}
    assert found == {
        ("shop.views:broken", "shop/templates/broken.html", 2),
        ("shop.views:computed", "shop/views.py", 3),
        ("shop.views:outside", "shop/templates/outside.html", 1),
    }


def test_templates_are_neither_rendered_nor_endless(draw: Draw) -> None:
    itself = (
        "{% macro m() %}"
        + "{{ m() }}" * 20
        + "{% endmacro %}{{ order.customer }}{{ m() }}"
        + "{% include 'show.html' %}" * 20
    )
    deep = "{{ " + "(" * 3000 + "order" + ")" * 3000 + " }}"
    view = VIEW + "def deep(order: Order): return render_template('deep.html', order=order)\n"
    app = _app(draw, view=view, show__html=itself, deep__html=deep)
    assert _asked(app) == {"customers"}
    assert {s.definition for s in app.system.blind_spots if s.kind == "unfollowed template"} >= {"shop.views:deep"}


def test_other_functions_of_the_same_names_render_nothing(draw: Draw) -> None:
    view = """
        import flask
        from shop.models import Order
        def render_template(name, order): return name
        class Pages:
            def get(self, name): return self
            def render(self, **context): return context
        def show(order: Order):
            Pages().get("show.html").render(order=order)
            return render_template("show.html", order=order)
        """
    assert _asked(_app(draw, view=view, show__html="{{ order.customer.name }}")) == set()


def test_templates_are_found_in_the_folders_of_themes(draw: Draw) -> None:
    themed = {
        "dark/show__html": "{{ order.lines }}",
        "light/show__html": "{{ order.customer }}",
        "light/base__html": "",
    }
    app = _app(draw, **themed)
    assert _asked(app) == {"customers"}


@pytest.mark.parametrize(
    "template",
    [
        pytest.param("{% keep 60, order.id %}{{ order.customer.name }}{% endkeep %}", id="around text"),
        pytest.param("{% bundle 'a.js' as b %}{{ order.customer.name }}", id="alone"),
        pytest.param(
            "{% if order %}{%- keep -%}{% if 1 %}{{ order.customer.name }}{% endif %}{% endkeep %}{% endif %}",
            id="nested",
        ),
        pytest.param("{% show order.customer.name %}", id="argument"),
    ],
)
def test_what_stands_in_tags_of_extensions_is_read(draw: Draw, template: str) -> None:
    app = _app(draw, show__html=template)
    assert _asked(app) == {"customers"}
    spots = [(spot.file, spot.line) for spot in app.system.blind_spots if "tag" in spot.reason]
    assert spots == [("shop/templates/show.html", 1)]


def test_blocks_of_a_template_that_extends_one_out_of_view_are_shown(draw: Draw) -> None:
    """As the base of an installed package, which shows the blocks; a block that stands in another one is that of the innermost template."""
    app = _app(
        draw,
        show__html="""{% extends "layout.html" %}{% block inner %}{{ order.customer.name }}{% endblock %}
            {% block title %}{{ orders[0].notes.all() }}{% endblock %}""",
        layout__html="""{% extends "package/base.html" %}
            {% block content %}{% block inner %}{{ order.lines|length }}{% endblock %}{% endblock %}""",
    )
    assert _asked(app) == {"customers", "notes"}
