"""The model of an admin class is the one that it is registered for, and what its pages give to it are rows of that model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from django.db import models
    class Customer(models.Model): pass
    class Order(models.Model):
        customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    class Note(models.Model):
        order = models.ForeignKey(Order, on_delete=models.CASCADE)
"""
REGISTRY = {"shop/__init__.py": "", "shop/registry.py": "def register(model): return lambda cls: cls"}
PAGE = "class Page(admin.ModelAdmin): pass"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(f"{PAGE}\nadmin.site.register(Order, Page)", {"Page shop_order"}, id="registered"),
        pytest.param(f"@admin.register(Order)\n{PAGE}", {"Page shop_order"}, id="decorated"),
        pytest.param(
            f"{PAGE}\nadmin.site.register([Order, Note], admin_class=Page)", {"Page shop_order", "Page shop_note"}, id="for several"
        ),
        pytest.param(
            "class Base(admin.ModelAdmin): pass\nclass Page(Base): pass\nadmin.site.register(Order, Page)", {"Page shop_order"}, id="by its base"
        ),
        pytest.param(
            "from elsewhere import Fancy\nclass Page(Fancy): pass\nsite = Fancy.site()\nsite.register(Order, Page)",
            {"Page shop_order"},
            id="its base is not in view",
        ),
        pytest.param(PAGE, set(), id="registered for nothing"),
        pytest.param(
            "from shop.registry import register\n@register(Order)\nclass Page: pass", set(), id="a registry's own function"
        ),
        pytest.param(
            "class Registry:\n    def register(self, model, task): pass\nregistry = Registry()\nclass Page: pass\nregistry.register(Order, Page)",
            set(),
            id="an object of a registry's own",
        ),
        pytest.param(
            f"class Site(admin.AdminSite): pass\nsite = Site()\n{PAGE}\nsite.register(Order, Page)", {"Page shop_order"}, id="own site"
        ),
        pytest.param("class Lines(admin.TabularInline):\n    model = Note", {"Lines shop_note"}, id="inside of another page"),
    ],
)  # fmt: skip
def test_a_page_reads_and_writes_the_rows_of_the_model_that_it_is_registered_for(
    draw: Draw, source: str, expected: set[str]
) -> None:
    imports = "from django.contrib import admin\nfrom shop.models import Note, Order\n"
    app = draw({**REGISTRY, "shop/models.py": MODELS, "shop/admin.py": imports + source})
    found = [a for a in app.system.accesses if a.definition.startswith("shop.admin:")]
    assert {f"{a.definition.partition(':')[2]} {a.table}" for a in found} == expected
    assert {a.operation for a in found} == ({"read", "insert", "update", "delete"} if expected else set())


def test_what_a_page_forbids_it_does_not_do(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/admin.py": """
                from django.contrib import admin
                from shop.models import Order
                class ReadOnly:
                    def has_add_permission(self, request): return False
                    def has_delete_permission(self, request, obj=None):
                        return False
                @admin.register(Order)
                class Page(ReadOnly, admin.ModelAdmin):
                    def has_change_permission(self, request, obj=None): return request.user.is_staff
                """,
        }
    )
    assert {a.operation for a in app.system.accesses if a.definition == "shop.admin:Page"} == {"read", "update"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("def save_model(self, request, obj, form, change): obj.customer.save()", "update shop_customer"),
        ("list_display = ['who']\n    def who(self, row): return row.customer.pk2", "read shop_customer"),
        ("readonly_fields = ('who',)\n    def who(self, row): return row.customer.pk2", "read shop_customer"),
        ("actions = ['drop']\n    def drop(self, request, chosen): chosen.delete()", "delete shop_order"),
        (
            "actions = ['drop']\n    @admin.action(description='Drop')\n    def drop(self, request, chosen): chosen.delete()",
            "delete shop_order",
        ),
        ("@transaction.atomic\n    def save_model(self, request, obj, form, change): obj.customer.save()", "update shop_customer"),
        ("actions = [close]", "update shop_order"),
        ("def get_queryset(self, request): return super().get_queryset(request).filter(customer__name=1)", "read shop_customer"),
        ("def delete_queryset(self, request, queryset): queryset.delete()", "delete shop_note"),
        ("def f(self): return self.model.objects.count()", "read shop_order"),
        ("def has_view_permission(self, request, obj=None): return obj.customer.pk2", "read shop_customer"),
    ],
)  # fmt: skip
def test_what_pages_give_are_rows_of_their_model(draw: Draw, body: str, expected: str) -> None:
    source = (
        "from django.contrib import admin\nfrom django.db import transaction\nfrom shop.models import Order\n"
        "def close(page, request, chosen): chosen.update(closed=True)\n"
        f"@admin.register(Order)\nclass Page(admin.ModelAdmin):\n    {body}\n"
    )
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/admin.py": source})
    assert expected in {f"{a.operation} {a.table}" for a in app.system.accesses if a.definition != "shop.admin:Page"}


@pytest.mark.parametrize(
    ("pages", "reads"),
    [
        pytest.param("class Page(Base):\n    def get_queryset(self, request): return {along}", False, id="loaded along"),
        pytest.param(
            "class Own(Base):\n    def get_queryset(self, request): return {along}\nclass Page(Own): pass", False, id="in a base"
        ),
        pytest.param("class Page(Base):\n    def get_queryset(self, request): return {plain}", True, id="not loaded along"),
        pytest.param("class Page(Base): pass", True, id="the framework's query"),
        pytest.param(
            "class Page(Base):\n    def get_queryset(self, request): return {along}\n"
            "@admin.register(Order, site=other)\nclass Other(Base): pass",
            True,
            id="of another page",
        ),
        pytest.param(
            "class Page(Base):\n    def get_queryset(self, request):\n        if request.GET: return {plain}\n        return {along}",
            True,
            id="on one way only",
        ),
    ],
)  # fmt: skip
def test_what_the_query_of_a_page_loads_along_its_columns_do_not_read(draw: Draw, pages: str, reads: bool) -> None:
    plain = "super().get_queryset(request)"
    pages = pages.format(plain=plain, along=f"{plain}.select_related('customer')")
    source = (
        "from django.contrib import admin\nfrom shop.models import Order\nother = admin.AdminSite()\n"
        "class Base(admin.ModelAdmin):\n    list_display = ['who']\n    def who(self, row): return row.customer.name\n"
        f"{pages}\nadmin.site.register(Order, Page)\n"
    )
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/admin.py": source})
    found = {a.table for a in app.system.accesses if a.definition == "shop.admin:Base.who"}
    assert found == ({"shop_customer"} if reads else set())


@pytest.mark.parametrize(
    ("loads", "reads"), [("prefetch_related('note_set')", False), ("select_related('customer')", True)]
)
def test_a_collection_that_the_query_of_a_page_loads_along_its_columns_do_not_read(
    draw: Draw, loads: str, reads: bool
) -> None:
    source = (
        "from django.contrib import admin\nfrom shop.models import Order\n"
        "@admin.register(Order)\nclass Page(admin.ModelAdmin):\n    list_display = ['notes']\n"
        f"    def get_queryset(self, request): return super().get_queryset(request).{loads}\n"
        "    def notes(self, row): return ', '.join(str(note) for note in row.note_set.all())\n"
    )
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/admin.py": source})
    found = {a.table for a in app.system.accesses if a.definition == "shop.admin:Page.notes"}
    assert found == ({"shop_note"} if reads else set())


@pytest.mark.parametrize(
    ("loads", "read"), [("", {"shop_order"}), (".select_related('customer')", {"shop_order", "shop_customer"})]
)
def test_actions_are_given_the_query_of_their_page(draw: Draw, loads: str, read: set[str]) -> None:
    source = (
        "from django.contrib import admin\nfrom shop.models import Order\n"
        "@admin.register(Order)\nclass Page(admin.ModelAdmin):\n    actions = ['close']\n"
        f"    def get_queryset(self, request): return super().get_queryset(request){loads}\n"
        "    def close(self, request, queryset):\n        for order in queryset: print(order)\n"
    )
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/admin.py": source})
    assert {a.table for a in app.system.accesses if a.definition == "shop.admin:Page.close"} == read


@pytest.mark.parametrize(
    ("said", "reads"),
    [
        ("list_display = [who]", True),
        ("list_display = [who]\n    list_select_related = ['customer']", False),
        ("list_display = [who]\n    list_select_related = True", False),
        ("list_display = [who, 'customer']", False),
        ("list_display = [who, 'customer']\n    readonly_fields = [who]", True),
        ("list_display = [who, 'id']\n    list_select_related = False", True),
        ("list_display = [who, 'customer']\n    def get_list_display(self, request): return [who]", True),
        (
            "list_display = [who, 'customer']\n    def get_queryset(self, r): return super().get_queryset(r).select_related('id')",
            True,
        ),
    ],
)
def test_what_the_list_of_rows_loads_along_its_columns_do_not_read(draw: Draw, said: str, reads: bool) -> None:
    source = (
        "from django.contrib import admin\nfrom shop.models import Order\ndef who(row): return row.customer.name\n"
        f"@admin.register(Order)\nclass Page(admin.ModelAdmin):\n    {said}\n"
    )
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/admin.py": source})
    found = {a.table for a in app.system.accesses if a.definition == "shop.admin:who"}
    assert found == ({"shop_customer"} if reads else set())
    of_page = {a.table for a in app.system.accesses if a.definition == "shop.admin:Page" and a.operation == "read"}
    assert ("shop_customer" in of_page) is (not reads or "readonly_fields" in said)


def test_actions_that_a_function_makes_are_left_alone(draw: Draw) -> None:
    source = (
        "from django.contrib import admin\nfrom shop.models import Order\n"
        "def mark(text):\n    def f(page, request, chosen): chosen.update(note=text)\n    return f\n"
        "@admin.register(Order)\nclass Page(admin.ModelAdmin):\n    actions = [mark('a')]\n"
    )
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/admin.py": source})
    assert {a.operation for a in app.system.accesses if a.definition == "shop.admin:Page"} >= {"update"}


SAVED = {"insert shop_note", "update shop_note", "delete shop_note"}


@pytest.mark.parametrize(
    ("hook", "body", "expected"),
    [
        ("save_formset(self, request, form, formset, change)", "formset.save()", SAVED),
        ("save_formset(self, request, form, formset, change)", "super().save_formset(request, form, formset, change)", SAVED),
        ("save_formset(self, request, form, formset, change)", "formset.save(commit=False)[0].delete()", {"delete shop_note"}),
        ("save_related(self, request, form, formsets, change)", "super().save_related(request, form, formsets, change)", SAVED),
        ("save_related(self, request, form, formsets, change)", "formsets[0].save()", SAVED),
        ("save_related(self, request, form, formsets, change)", "form.instance.save()", {"insert shop_order", "update shop_order"}),
        ("save_formset(self, *args)", "pass", set()),
    ],
)  # fmt: skip
def test_a_page_saves_the_rows_of_the_pages_inside(draw: Draw, hook: str, body: str, expected: set[str]) -> None:
    source = (
        "from django.contrib import admin\nfrom shop.models import Note, Order\n"
        "class Notes(admin.TabularInline): model = Note\n"
        f"@admin.register(Order)\nclass Page(admin.ModelAdmin):\n    inlines = [Notes]\n    def {hook}: {body}\n"
    )
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/admin.py": source})
    found = {f"{a.operation} {a.table}" for a in app.system.accesses if a.definition.startswith("shop.admin:Page.save")}
    assert found == expected


@pytest.mark.parametrize("refuses", [False, True])
def test_rows_of_a_page_inside_are_deleted_unless_it_refuses(draw: Draw, refuses: bool) -> None:
    source = (
        "from django.contrib import admin\nfrom shop.models import Note, Order\n"
        f"class Notes(admin.TabularInline):\n    model = Note\n    can_delete = {not refuses}\n"
        "@admin.register(Order)\nclass Page(admin.ModelAdmin):\n    inlines = [Notes]\n"
        "    def save_formset(self, request, form, formset, change):\n"
        "        formset.save(commit=False)\n        for row in formset.deleted_objects: row.delete()\n"
        "    def save_related(self, request, form, formsets, change):\n"
        "        super().save_related(request, form, formsets, change)\n"
    )
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/admin.py": source})
    deleting = {a.definition for a in app.system.accesses if (a.operation, a.table) == ("delete", "shop_note")}
    places = {"shop.admin:Notes", "shop.admin:Page.save_formset", "shop.admin:Page.save_related"}
    assert deleting == (set() if refuses else places)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (
            "def changeform_view(self, request, object_id=None): return super().changeform_view(request, object_id)",
            {"read order", "insert order", "update order", "read customer", "read note", "insert note", "update note", "delete note"},
        ),
        (
            ("def save_model(self, request, obj, form, change): pass\n"
            "    def change_view(self, request, object_id): return super().change_view(request, object_id)"),
            {"read order", "read customer", "read note", "insert note", "update note", "delete note"},
        ),
        (
            ("exclude = ['customer']\n"
            "    def change_view(self, request, object_id): return super().change_view(request, object_id)"),
            {"read order", "insert order", "update order", "read note", "insert note", "update note", "delete note"},
        ),
        (
            ("fields = ['paid']\n"
            "    def change_view(self, request, object_id): return super().change_view(request, object_id)"),
            {"read order", "insert order", "update order", "read note", "insert note", "update note", "delete note"},
        ),
        (
            ("list_filter = ['customer', 'paid']\n"
            "    def changelist_view(self, request): return super().changelist_view(request)"),
            {"read order", "read customer"},
        ),
        (
            ("def changelist_view(self, request):\n"
            "        rows = super().changelist_view(request).context_data['cl'].queryset\n"
            "        return list(rows.filter(customer__name=1))"),
            {"read order", "read customer"},
        ),
        (
            ("def get_changelist_instance(self, request): return super().get_changelist_instance(request)\n"
            "    list_filter = ['customer']"),
            {"read order", "read customer"},
        ),
        (
            ("def save_formset(self, request, form, formset, change): pass\n"
            "    def add_view(self, request): return super().add_view(request)"),
            {"read order", "insert order", "update order", "read customer", "read note"},
        ),
        (
            ("def get_queryset(self, request): return super().get_queryset(request).filter(customer__name=1)\n"
            "    def changelist_view(self, request): return super().changelist_view(request)"),
            {"read order", "read customer"},
        ),
        ("def changeform_view(self, request, object_id=None): return None", set()),
    ],
)  # fmt: skip
def test_a_view_of_its_own_does_what_the_page_does_that_it_goes_on_to(
    draw: Draw, page: str, expected: set[str]
) -> None:
    source = (
        "from django.contrib import admin\nfrom shop.models import Note, Order\n"
        "class Notes(admin.TabularInline): model = Note\n"
        f"@admin.register(Order)\nclass Page(admin.ModelAdmin):\n    inlines = [Notes]\n    {page}\n"
    )
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/admin.py": source})
    found = {f"{a.operation} {a.table}" for a in app.system.accesses if a.definition.startswith("shop.admin:Page.")}
    assert found == {each.replace(" ", " shop_") for each in expected}


def test_the_last_of_several_views_of_its_own_does_what_the_page_does(draw: Draw) -> None:
    """A view that goes on to another of the application's own leaves the page to that one."""
    source = """
        from django.contrib import admin
        from shop.models import Order
        class Base(admin.ModelAdmin):
            def changelist_view(self, request): return super().changelist_view(request)
            def change_view(self, request, object_id): return None
        class Middle(Base):
            def changelist_view(self, request): return super().changelist_view(request)
        @admin.register(Order)
        class Page(Middle):
            def changelist_view(self, request): return super().changelist_view(request)
            def change_view(self, request, object_id): return super().change_view(request, object_id)
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/admin.py": source})
    told = {(a.definition, a.table) for a in app.system.accesses if a.definition.endswith("_view")}
    assert told == {("shop.admin:Base.changelist_view", "shop_order")}


@pytest.mark.parametrize(
    ("more", "saves"),
    [
        ("", set()),
        ("def make(request): PageForm(request.POST).save()", {"insert shop_order", "update shop_order"}),
        ("def label(form: PageForm): return form.fields", set()),
        ("class Other(BaseForm):\n    class Meta(PageForm.Meta): model = Order", set()),
        ("Other = PageForm", {"insert shop_order", "update shop_order"}),
        ("FORMS = [PageForm]", {"insert shop_order", "update shop_order"}),
        ("class Notes(admin.TabularInline):\n    model = Order\n    form = PageForm", {"insert shop_order", "update shop_order"}),
    ],
)  # fmt: skip
def test_a_form_that_only_pages_of_the_admin_save_does_not_write_the_row(
    draw: Draw, more: str, saves: set[str]
) -> None:
    source = (
        "from django import forms\nfrom django.contrib import admin\nfrom shop.models import Order\n"
        "class BaseForm(forms.ModelForm):\n"
        "    def save(self, commit=True): return super().save(commit=commit)\n"
        "class PageForm(BaseForm):\n    class Meta: model = Order\n"
        "@admin.register(Order)\nclass Page(admin.ModelAdmin):\n    form = PageForm\n"
        f"{more}\n"
    )
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/admin.py": source})
    told = {f"{a.operation} {a.table}" for a in app.system.accesses if a.definition == "shop.admin:BaseForm.save"}
    assert told == saves
