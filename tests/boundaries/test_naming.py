"""The names that services are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.naming import Vocabulary
from decompose.boundaries.nouns import words_of_entry

if TYPE_CHECKING:
    from tests.conftest import Draw


def names(draw: Draw, files: dict[str, str], *groups: str) -> list[str]:
    """The names of services made of the units and tables below each package."""
    graph = EvidenceGraph(draw(files).system)
    nodes = [
        [
            node
            for node, members in enumerate(graph.members)
            if any(m.startswith((f"{g}.", f"table:{g}_")) for m in members)
        ]
        for g in groups
    ]
    return [name for name, _ in Vocabulary(graph).names_of(nodes)]


def test_a_word_that_means_nothing_alone_is_named_with_its_neighbour(draw: Draw) -> None:
    files = {
        "core/__init__.py": "",
        "core/models.py": "from django.db import models\nclass ApiKey(models.Model): pass",
        "users/__init__.py": "",
        "users/models.py": "from django.db import models\nclass User(models.Model): pass\nclass ApiUser(models.Model): pass",
    }
    assert names(draw, files, "core", "users") == ["api-key", "user"]


def test_a_word_is_not_named_with_one_that_says_nothing_of_the_service(draw: Draw) -> None:
    code = "\n".join(f"def {verb}_settings(): return 1" for verb in ("load", "check", "show", "keep", "clear"))
    kept = ("backup", "theme", "notice", "version", "email", "language")
    models = "from sqlalchemy.orm import declarative_base, mapped_column\nBase = declarative_base()\n"
    table = "class {0}(Base):\n    __tablename__ = '{1}'\n    id = mapped_column(primary_key=True)\n"
    files = {
        "settings/__init__.py": "",
        "settings/models.py": models
        + table.format("RecipeSettings", "recipe_settings")
        + "".join(table.format(name.title(), name) for name in kept),
        **{f"settings/{name}.py": f"{code}\ndef {name}(): return 1" for name in kept},
        "orders/__init__.py": "",
        "orders/models.py": models + table.format("Order", "orders"),
        **{f"orders/part{number}.py": f"{code.replace('settings', 'order')}" for number in range(len(kept))},
    }
    assert names(draw, files, "settings", "orders") == ["settings", "order"]


def test_a_table_that_hardly_any_code_touches_names_nothing(draw: Draw) -> None:
    pages = "\n".join(f"def page_{number}_of_account(): return {number}" for number in range(60))
    check = "import sqlite3\ndef checked(db: sqlite3.Connection): return db.execute('SELECT version_num FROM web_schema_version')"
    files = {
        "web/__init__.py": "",
        "web/account.py": pages,
        "web/account_check.py": check,
        "orders/__init__.py": "",
        "orders/models.py": "from django.db import models\nclass Order(models.Model): pass",
        "orders/part.py": pages.replace("account", "order"),
    }
    assert names(draw, files, "web", "orders") == ["account", "order"]


def test_a_service_is_named_by_what_its_code_is_about_and_not_by_the_tables_between(draw: Draw) -> None:
    limits = "\n".join(f"            limit_{n} = models.ManyToManyField('sale.Item')" for n in range(5))
    files = {
        "sale/__init__.py": "",
        "sale/models.py": f"""
        from django.db import models
        class Item(models.Model): pass
        class Rule(models.Model):
{limits}
        def rules(): return list(Rule.objects.all())
        def first(): return Rule.objects.first()
        def count(): return Rule.objects.count()
        """,
    }
    assert names(draw, files, "sale") == ["rule"]


def test_of_two_that_are_about_the_same_the_one_that_is_used_most_has_the_name(draw: Draw) -> None:
    files = {
        "core/__init__.py": "",
        "core/models.py": "from django.db import models\nclass Order(models.Model): pass\ndef f(): Order.objects.count()",
        "app/__init__.py": "",
        "app/models.py": """
            from django.db import models
            class Order(models.Model): pass
            class Line(models.Model): pass
            def a(): return Order.objects.first()
            def b(): return Order.objects.last()
            def c(): return list(Order.objects.all())
            def d(): Order.objects.create()
        """,
    }
    assert names(draw, files, "core", "app")[1] == "order"


def test_a_service_is_named_by_the_table_that_others_refer_to(draw: Draw) -> None:
    uses = "\n".join(f"        def basket_{n}(): Basket.objects.count()" for n in range(3))
    parts = "\n".join(
        f"        class Part{n}(models.Model): order = models.ForeignKey('a.Order', on_delete=models.CASCADE)"
        for n in range(8)
    )
    files = {
        "a/__init__.py": "",
        "a/models.py": f"""
        from django.db import models
        class Order(models.Model): pass
        class Basket(models.Model): pass
        def order_1(): Order.objects.count()
        def order_2(): Order.objects.first()
{uses}
        """,
        "ship/__init__.py": "",
        "ship/models.py": f"""
        from django.db import models
{parts}
        """,
    }
    assert names(draw, files, "a", "ship")[0] == "order"


def test_a_name_is_singular_where_the_singular_occurs(draw: Draw) -> None:
    files = {
        "jobs/__init__.py": "",
        "jobs/models.py": """
            from django.db import models
            class Parcel(models.Model): pass
            def all_parcels(): return list(Parcel.objects.all())
            def open_parcels(): return list(Parcel.objects.all())
            def sent_parcels(): return list(Parcel.objects.all())
        """,
    }
    assert names(draw, files, "jobs") == ["parcel"]


def test_what_is_done_to_everything_is_no_name_of_a_service(draw: Draw) -> None:
    things = ("Rack", "Cable", "Switch", "Panel", "Port", "Site", "Tray", "Lamp")
    models = "\n".join(f"        class {thing}(models.Model): pass" for thing in things)
    views = "\n".join(f"        def rename_{thing.lower()}(request): {thing}.objects.count()" for thing in things)
    paths = "\n".join(f"            path('{t.lower()}/rename/', views.rename_{t.lower()})," for t in things)
    files = {
        "dc/__init__.py": "",
        "dc/urls.py": f"""
        from django.urls import path
        from dc import views
        urlpatterns = [
{paths}
        ]
        """,
        "dc/models.py": f"""
        from django.db import models
{models}
        """,
        "dc/views.py": f"""
        from dc.models import {", ".join(things)}
{views}
        """,
        "people/__init__.py": "",
        "people/models.py": "from django.db import models\nclass Person(models.Model): pass\ndef all(): Person.objects.all()",
    }
    assert names(draw, files, "dc", "people")[0] in {thing.lower() for thing in things}


def test_an_app_is_called_by_its_label_where_its_tables_have_little_else_in_common(draw: Draw) -> None:
    files = {
        "offers/__init__.py": "",
        "offers/models.py": """
            from django.db import models
            class ConditionalOffer(models.Model): pass
            class Range(models.Model): pass
            class Benefit(models.Model): pass
            def all_ranges(): return list(Range.objects.all())
            def all_benefits(): return list(Benefit.objects.all())
            def all_offers(): return list(ConditionalOffer.objects.all())
        """,
        "people/__init__.py": "",
        "people/models.py": "from django.db import models\nclass Person(models.Model): pass\ndef all(): Person.objects.all()",
    }
    assert names(draw, files, "offers", "people")[0] == "offer"


def test_a_label_of_two_words_is_said_in_full(draw: Draw) -> None:
    files = {
        "load_balancers/__init__.py": "",
        "load_balancers/models.py": """
            from django.db import models
            class Pool(models.Model): pass
            class Member(models.Model): pass
            class Monitor(models.Model): pass
            def balance(): return list(Pool.objects.all()), list(Member.objects.all()), list(Monitor.objects.all())
        """,
        "people/__init__.py": "",
        "people/models.py": "from django.db import models\nclass Person(models.Model): pass\ndef all(): Person.objects.all()",
    }
    assert names(draw, files, "load_balancers", "people")[0].startswith("load-balancer")


def test_tables_of_libraries_name_nothing_that_the_application_s_own_could(draw: Draw) -> None:
    keys = "\n".join(
        f"class Rule{n}(models.Model): about = models.ForeignKey('contenttypes.ContentType', on_delete=models.CASCADE)"
        for n in range(6)
    )
    files = {
        "ab/__init__.py": "",
        "ab/models.py": """
from django.contrib.contenttypes.models import ContentType
from django.db import models
class Wish(models.Model): pass
def a(): return ContentType.objects.first()
def b(): return ContentType.objects.last()
def c(): return list(Wish.objects.all())
def d(): return Wish.objects.count()
""",
        "rules/__init__.py": "",
        "rules/models.py": f"from django.db import models\n{keys}\ndef all(): return Rule1.objects.all()",
    }
    graph = EvidenceGraph(draw(files).system)
    wishes, rules = (
        [node for node, members in enumerate(graph.members) if members[0].startswith(of)]
        for of in (("ab.", "table:django_content_type"), "rules.")
    )
    assert Vocabulary(graph).names_of([wishes, rules])[0][0] == "wish"


def test_what_all_tables_begin_with_names_none_of_them(draw: Draw) -> None:
    files = {
        "pay/__init__.py": "",
        "pay/use.py": """
            def slips(cursor): cursor.execute("SELECT id FROM pay_slip")
            def rules(cursor): cursor.execute("SELECT id FROM pay_slip WHERE id = 1")
            def rounds(cursor): cursor.execute("SELECT id FROM pay_round")
        """,
    }
    assert names(draw, files, "pay") == ["slip"]


def test_a_service_is_named_by_where_most_of_it_is_and_not_by_a_table_that_little_of_it_writes(draw: Draw) -> None:
    issuers = ("digital", "internal", "public", "manual")
    files = {
        "core/__init__.py": "",
        "core/plugins/__init__.py": "",
        **{f"core/plugins/{name}.py": "\n".join(f"def step_{n}(): return {n}" for n in range(20)) for name in issuers},
        "core/logs.py": (
            "from django.db import models\nclass Log(models.Model): pass\n"
            "def keep(): Log.objects.create()\ndef show(): return list(Log.objects.all())"
        ),
        "orders/__init__.py": "",
        "orders/models.py": "from django.db import models\nclass Order(models.Model): pass",
        "orders/order_book.py": "\n".join(f"def step_{n}(): return {n}" for n in range(80)),
    }
    assert names(draw, files, "core", "orders") == ["plugins", "order"]


def test_a_word_of_databases_is_no_name_where_there_is_another(draw: Draw) -> None:
    models = "from sqlalchemy.orm import declarative_base, mapped_column\nBase = declarative_base()\n"
    table = "class {0}(Base):\n    __tablename__ = '{1}'\n    id = mapped_column(primary_key=True)\n"
    uses = "".join(f"def use_{n}(session): return session.query(Table).filter_by(id={n}).all()\n" for n in range(6))
    files = {
        "core/__init__.py": "",
        "core/models.py": models + table.format("Table", "tables") + uses,
        "core/datasets.py": "\n".join(f"def step_{n}(): return {n}" for n in range(4)),
        "orders/__init__.py": "",
        "orders/models.py": models + table.format("Order", "orders"),
    }
    assert names(draw, files, "core", "orders") == ["datasets", "order"]


def test_a_pair_of_words_is_said_alike_whether_tables_are_named_in_the_plural_or_not(draw: Draw) -> None:
    models = "from django.db import models\n"
    table = "class {0}(models.Model):\n    class Meta:\n        db_table = '{1}'\n"
    files = {
        "core/__init__.py": "",
        "core/models.py": models
        + table.format("UserField", "user_fields")
        + table.format("UserFieldValue", "user_field_values"),
        "orders/__init__.py": "",
        "orders/models.py": models + table.format("Order", "orders") + table.format("Coupon", "coupons"),
    }
    assert names(draw, files, "core", "orders") == ["user-field", "order"]


def test_what_stands_for_values_in_paths_and_methods_are_no_words() -> None:
    assert words_of_entry("PATCH /shops/<uuid:code>/orders/{order_number}<dynamic>") == {
        ("shop", "shops"),
        ("order", "orders"),
    }


def test_the_number_of_a_version_leaves_no_word_behind() -> None:
    assert words_of_entry("GET /apiv3/builds/{build_id}") == {("build", "builds")}
    assert words_of_entry("GET /ordersV2/ipv4/dev2") == {("order", "orders"), ("ipv", "ipv"), ("dev", "dev")}


def test_a_package_that_has_the_name_needs_no_word_beside_it(draw: Draw) -> None:
    files = {
        "payments/__init__.py": "",
        "payments/models.py": "from django.db import models\nclass PaymentTransaction(models.Model): pass",
        "orders/__init__.py": "",
        "orders/models.py": "from django.db import models\nclass Order(models.Model): pass",
    }
    assert names(draw, files, "payments", "orders") == ["payment", "order"]


def test_a_word_that_most_paths_say_needs_none_behind_it(draw: Draw) -> None:
    def files(*paths: str) -> dict[str, str]:
        routes = "".join(f"@app.get('{path}')\ndef take_{n}(): return {n}\n" for n, path in enumerate(paths))
        model = "from django.db import models\nclass {}(models.Model): pass\n"
        return {
            "source/__init__.py": "",
            "source/models.py": model.format("ImportError"),
            "source/views.py": f"from flask import Flask\napp = Flask(__name__)\n{routes}",
            "users/__init__.py": "",
            "users/models.py": model.format("User"),
        }

    alone = [f"/import/{kind}" for kind in ("shots", "tasks", "files", "people", "teams")]
    assert names(draw, files(*alone), "source", "users")[0] == "import"
    assert names(draw, files(*(f"{path}/errors" for path in alone)), "source", "users")[0] == "import-error"


def counted(*words: str, times: int) -> str:
    """Functions named by these words."""
    return "\n".join(f"def {word}_{letter}(): return 1" for word in words for letter in "abcdefghijklmnop"[:times])


def test_what_few_units_say_is_no_name_where_more_say_another_word(draw: Draw) -> None:
    model = "from django.db import models\nclass {0}(models.Model): pass\ndef first(): return {0}.objects.first()\n"
    files = {
        "orders/__init__.py": "",
        "orders/models.py": model.format("Order") + counted("order", times=16),
        "web/__init__.py": "",
        "web/snapshots.py": model.format("Snapshot"),
        "web/exports.py": counted("order", "invoice", times=16),
    }
    assert names(draw, files, "orders", "web") == ["order", "exports"]


def test_where_nothing_else_is_said_by_many_the_name_is_a_pair_of_words(draw: Draw) -> None:
    model = "from django.db import models\nclass {0}(models.Model): pass\ndef first(): return {0}.objects.first()\n"
    files = {
        "orders/__init__.py": "",
        "orders/models.py": model.format("Order") + counted("order", times=16),
        "core/__init__.py": "",
        "core/labels.py": model.format("Label"),
        "core/order_items.py": counted("order", times=16),
        "core/order_forms.py": counted("order", times=16),
    }
    assert names(draw, files, "orders", "core") == ["order", "order-label"]


def test_what_few_units_say_is_not_said_behind_a_word(draw: Draw) -> None:
    files = {
        "numbers/__init__.py": "",
        "numbers/models.py": "from django.db import models\nclass StatisticResult(models.Model): pass\n",
        "numbers/statistic.py": counted("statistic", times=16),
    }
    assert names(draw, files, "numbers") == ["statistic"]


@pytest.mark.parametrize("layer", ["helpers", "signals", "management", "conf"])
def test_a_layer_is_no_service_s_name(draw: Draw, layer: str) -> None:
    files = {
        f"{layer}/__init__.py": "",
        f"{layer}/invoice_{layer}.py": counted(layer, f"invoice_{layer}", times=8),
        f"{layer}/models.py": "from django.db import models\nclass Invoice(models.Model): pass",
    }
    assert names(draw, files, layer) == ["invoice"]


def test_what_the_product_is_called_names_no_service(draw: Draw) -> None:
    model = "from django.db import models\nclass {0}(models.Model): pass\n"
    files = {f"{package}/__init__.py": "" for package in ("shop", "shop_backup", "shop_search", "orders")} | {
        "shop/models.py": model.format("Configuration"),
        "shop/sanity.py": counted("shop", "sanity", times=16),
        "shop_backup/models.py": model.format("DriveBackup"),
        "shop_backup/views.py": counted("backup", times=16),
        "shop_search/views.py": counted("search", times=1),
        "orders/models.py": model.format("Order"),
    }
    assert names(draw, files, "shop", "shop_backup") == ["sanity", "backup"]


def test_a_thing_that_several_packages_are_about_does_name_a_service(draw: Draw) -> None:
    model = "from django.db import models\nclass {0}(models.Model): pass\n"
    files = {f"{package}/__init__.py": "" for package in ("order", "order_notes", "order_export")} | {
        "order/models.py": "from sqlalchemy.orm import declarative_base, mapped_column\nBase = declarative_base()\n"
        "class Order(Base):\n    __tablename__ = 'orders'\n    id = mapped_column(primary_key=True)\n",
        "order/checks.py": counted("order", "sanity", times=8),
        "order_notes/models.py": model.format("Note"),
        "order_export/jobs.py": counted("export", times=8),
    }
    assert names(draw, files, "order") == ["order"]


def test_a_word_of_technique_that_few_units_say_is_not_said_before_another(draw: Draw) -> None:
    files = {
        "access/__init__.py": "",
        "access/models.py": "from django.db import models\nclass DefaultAccessibility(models.Model): pass\n",
        "access/accessibility.py": counted("accessibility", times=16),
    }
    assert names(draw, files, "access") == ["accessibility"]


def test_a_word_that_only_packages_say_is_named_with_what_it_stands_with_there(draw: Draw) -> None:
    code = "\n".join(f"def {verb}(): return 1" for verb in ("load_spec", "check_spec", "show_spec", "motor_of_spec"))
    files = {
        "motor_specs/__init__.py": "",
        "motor_specs/one.py": code,
        "orders/__init__.py": "",
        "orders/places.py": "def order_now(): return 1",
        "orders/models.py": "from django.db import models\nclass Order(models.Model): pass",
    }
    assert names(draw, files, "motor_specs", "orders") == ["motor-spec", "order"]


def test_where_hardly_a_unit_says_what_its_tables_are_the_package_names_a_service(draw: Draw) -> None:
    table = "class {0}(models.Model): pass\n"
    code = "from shop.{0}.models import {1}\n" + "".join(
        f"def {{0}}_{n}(): return {{1}}.objects.get()\n" for n in range(9)
    )
    files = {
        "shop/__init__.py": "",
        **{f"shop/{name}/__init__.py": "" for name in ("api", "orders", "stock")},
        "shop/api/models.py": "from django.db import models\n" + table.format("WebHook"),
        "shop/api/hooks.py": "from shop.api.models import WebHook\ndef hook(): return WebHook.objects.get()\n",
        "shop/api/v2/__init__.py": "",
        "shop/api/v2/pages.py": "".join(
            f"def page_{word}(): return 1\n" for word in "east west north south up down here there".split()
        ),
        "shop/orders/models.py": "from django.db import models\n" + table.format("Order"),
        "shop/orders/code.py": code.format("orders", "Order"),
        "shop/stock/models.py": "from django.db import models\n" + table.format("Item"),
        "shop/stock/code.py": code.format("stock", "Item"),
    }
    graph = EvidenceGraph(draw(files).system)
    groups = [
        [
            node
            for node, members in enumerate(graph.members)
            if any(m.startswith((f"shop.{g}", f"table:{g}")) for m in members)
        ]
        for g in ("api", "orders", "stock")
    ]
    assert [name for name, _ in Vocabulary(graph).names_of(groups)] == ["api", "order", "stock"]
