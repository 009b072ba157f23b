"""What a transaction writes whatever the classes of its objects are is told apart from what it writes for some of them only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from django.db import models
    class Entry(models.Model):
        text = models.CharField(max_length=20)
    class Work(models.Model):
        class Meta:
            abstract = True
        def finish(self):
            Entry.objects.create(text="done")
            self.close()
            self.save()
        def close(self):
            raise NotImplementedError
    class Build(Work):
        def close(self):
            Artifact.objects.create()
    class Deploy(Work):
        def close(self):
            Release.objects.create()
    class Artifact(models.Model): pass
    class Release(models.Model): pass
    """


def written(draw: Draw, use: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """For each transaction the tables that it writes for sure, and those for some classes of an object."""
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": use})
    return {t.definition.partition(":")[2]: (t.sure, t.tables_by_class) for t in app.system.transactions}


def test_a_method_of_one_of_several_classes_writes_for_sure_what_all_of_them_write(draw: Draw) -> None:
    found = written(
        draw,
        """
        from django.db import transaction
        from shop.models import Build, Deploy
        def find(kind, number):
            return Build.objects.get(pk=number) if kind == "build" else Deploy.objects.get(pk=number)
        @transaction.atomic
        def finish(kind, number):
            find(kind, number).finish()
        @transaction.atomic
        def finish_build(number):
            Build.objects.get(pk=number).finish()
        """,
    )
    of_both = ("shop_artifact", "shop_build", "shop_deploy", "shop_release")
    assert found == {
        "finish": (("shop_entry",), of_both),
        "finish_build": (("shop_artifact", "shop_build", "shop_entry"), ()),
    }


def test_a_row_of_one_of_several_tables_is_not_sure_unless_it_is_written_elsewhere(draw: Draw) -> None:
    found = written(
        draw,
        """
        from django.db import transaction
        from shop.models import Artifact, Entry, Release
        @transaction.atomic
        def touch(kind, number):
            model = Artifact if kind else Release
            model.objects.create()
            Entry.objects.create()
            Release.objects.filter(pk=number).delete()
        """,
    )
    assert found == {"touch": (("shop_entry", "shop_release"), ("shop_artifact",))}


@pytest.mark.parametrize(
    "several",
    [
        "for model in (Artifact, Release):\n                model.objects.create()",
        "for one in (Build(), Deploy()):\n                one.close()",
        "Build().close(), Deploy().close()",
    ],
)
def test_what_is_done_for_each_of_several_is_sure(draw: Draw, several: str) -> None:
    found = written(
        draw,
        f"""
        from django.db import transaction
        from shop.models import Artifact, Build, Deploy, Release
        @transaction.atomic
        def touch():
            {several}
        """,
    )
    assert found == {"touch": (("shop_artifact", "shop_release"), ())}


def test_what_calls_itself_is_sure_as_far_as_that_needs_no_class(draw: Draw) -> None:
    found = written(
        draw,
        """
        from django.db import transaction
        from shop.models import Artifact, Entry, Release
        class Step:
            def run(self, following):
                Entry.objects.create()
                if following:
                    choose(following).run(None)
        class Make(Step):
            def run(self, following):
                Artifact.objects.create()
                super().run(following)
        class Ship(Step):
            def run(self, following):
                Release.objects.create()
                super().run(following)
        def choose(name):
            return Make() if name == "make" else Ship()
        @transaction.atomic
        def start(name):
            choose(name).run(name)
        """,
    )
    assert found == {"start": (("shop_entry",), ("shop_artifact", "shop_release"))}
