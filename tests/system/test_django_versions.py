"""Models of whose rows django-reversion keeps versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Application, Draw

MODELS = """
    import reversion
    from django.db import models
    class Tag(models.Model): pass
    @reversion.register(follow=["lines"])
    class Order(models.Model):
        tags = models.ManyToManyField(Tag)
    @reversion.register()
    class Line(models.Model):
        order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
        marks = models.ManyToManyField("Mark")
    class Mark(models.Model): pass
    class Note(models.Model):
        tags = models.ManyToManyField(Tag)
"""
VERSION = {"shop_tag", "shop_order_tags", "shop_line", "shop_mark", "shop_line_marks"}


def _read_for_versions(app: Application) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for access in app.system.accesses:
        if "for its version" in access.rule:
            assert (access.operation, access.resolution) == ("read", "exact")
            found.setdefault(access.definition.partition(":")[2], set()).add(access.table)
    return found


def _drawn(draw: Draw, use: str, **more: str) -> dict[str, set[str]]:
    files = {f"{name.replace('__', '/')}.py": text for name, text in more.items()}
    return _read_for_versions(
        draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": use, **files}),
    )


def test_who_saves_a_row_inside_of_a_revision_reads_what_its_version_holds_and_follows(draw: Draw) -> None:
    read = _drawn(
        draw,
        """
        import reversion
        from reversion.revisions import create_revision
        from shop.models import Note, Order
        def block(order: Order):
            with create_revision():
                order.save()
        def before(order: Order):
            order.save()
            with create_revision():
                print(order)
        @reversion.create_revision()
        def decorated(order: Order):
            order.save()
            called(order)
        def called(order: Order):
            order.save()
        def elsewhere(order: Order):
            order.save()
        @create_revision()
        def others(note: Note):
            note.save()
            Order.objects.update(paid=True)
        def explicit(order: Order):
            reversion.add_to_revision(order)
        """,
    )
    assert read == dict.fromkeys(("block", "decorated", "called", "explicit"), VERSION)


@pytest.mark.parametrize(
    "settings",
    ['MIDDLEWARE = ["reversion.middleware.RevisionMiddleware"]', 'MIDDLEWARE = ["shop.middleware.Revisions"]'],
)
def test_below_the_middleware_every_row_that_is_saved_has_a_version(draw: Draw, settings: str) -> None:
    use = """
        from shop.models import Order
        def save(order: Order): order.save()
    """
    read = _drawn(draw, use, settings=settings)
    assert read == ({"save": VERSION} if "reversion" in settings else {})


def test_methods_of_a_view_with_revisions_are_inside_of_one_and_its_admin_registers_a_model(draw: Draw) -> None:
    read = _drawn(
        draw,
        """
        from django.contrib import admin
        from django.views import View
        from reversion.admin import VersionAdmin
        from reversion.views import RevisionMixin
        from shop.models import Note, Order
        @admin.register(Note)
        class NoteAdmin(VersionAdmin): pass
        class Save(RevisionMixin, View):
            def post(self, request, pk):
                Order.objects.get(pk=pk).save()
                Note.objects.create()
        """,
    )
    assert read == {"Save.post": VERSION | {"shop_note_tags"}}


def test_a_revision_is_a_transaction(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/use.py": """
                import reversion
                from shop.models import Mark, Tag
                @reversion.create_revision()
                def make():
                    Mark.objects.create()
                    Tag.objects.create()
            """,
        }
    )
    written = {(t.definition, t.scope): set(t.tables_written) for t in app.system.transactions}
    assert written["shop.use:make", "atomic"] == {"shop_mark", "shop_tag"}
