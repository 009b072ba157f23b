"""Fields of an application's own, whose constructor says what they point to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

CONSTRUCTORS = {
    "what it inherits from is given the model": "super().__init__(Project, models.SET_NULL, null=True)",
    "by keyword, as Python 2 wrote it": "super(Key, self).__init__(to='Project', on_delete=models.SET_NULL, null=True)",
    "among the options": """
                kwargs["to"] = "shop.Project"
                kwargs.setdefault("on_delete", models.SET_NULL)
                super().__init__(**kwargs)""",
}


@pytest.mark.parametrize("constructor", CONSTRUCTORS.values(), ids=CONSTRUCTORS)
def test_a_key_whose_class_says_what_it_points_to(draw: Draw, constructor: str) -> None:
    source = f"""
        from django.db import models
        class Project(models.Model): pass
        class Key(models.ForeignKey):
            def __init__(self, note=None, **kwargs):
                {constructor.lstrip()}
        class Note(models.Model):
            project = Key(related_name="notes")
        def across(note: Note): return note.project.pk
        def back(project: Project): return list(project.notes.all())
        def looked_up(): return Note.objects.filter(project__gone=True).count()
        def dropped(project: Project): project.delete()
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": source})
    assert {(d.partition(":")[2], operation, table) for d, operation, table in app.executed()} == {
        ("across", "read", "shop_project"),
        ("back", "read", "shop_note"),
        ("looked_up", "read", "shop_note"),
        ("looked_up", "read", "shop_project"),
        ("dropped", "delete", "shop_project"),
        ("dropped", "update", "shop_note"),
    }
    assert [(key.columns, key.target_table, key.on_delete) for key in app.system.foreign_keys] == [
        (("project_id",), "shop_project", "SET_NULL")
    ]


def test_what_a_field_is_given_comes_before_what_its_class_says(draw: Draw) -> None:
    source = """
        from django.db import models
        class Project(models.Model): pass
        class Person(models.Model): pass
        class Key(models.ForeignKey):
            def __init__(self, **kwargs):
                kwargs.setdefault("to", Project)
                super().__init__(**kwargs)
        class Note(models.Model):
            writer = Key(to=Person, on_delete=models.CASCADE)
        def across(note: Note): return note.writer.pk
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": source})
    assert {table for _, _, table in app.executed()} == {"shop_person"}


def test_a_generic_relation_whose_class_says_what_it_leads_to(draw: Draw) -> None:
    source = """
        from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
        from django.db import models
        class Calls(GenericRelation):
            def __init__(self, **kwargs):
                super().__init__(Call, **kwargs)
        class Call(models.Model):
            object_id = models.IntegerField()
            thing = GenericForeignKey()
        class Build(models.Model):
            calls = Calls()
        def reset(build: Build): build.calls.filter(object_id=1).update(object_id=2)
        def drop(build: Build): build.delete()
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": source})
    found = {(d.partition(":")[2], operation, table) for d, operation, table in app.executed()}
    assert ("reset", "update", "shop_call") in found
    assert ("drop", "delete", "shop_call") in found
