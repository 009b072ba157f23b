"""Methods by which a row saves itself: they insert it or update it, and what makes sure which of the two."""

from __future__ import annotations

SAVES = frozenset({
    "django.db.models:Model.save", "django.db.models:Model.asave", "mongoengine:Document.save", "peewee:Model.save",
    "tortoise.models:Model.save", "beanie:Document.save",
})  # fmt: skip
"""The rules of those that insert what is new and update what is not."""

SAVING = frozenset({"save", "asave"})
"""Their names."""

IDENTITY = frozenset({"pk", "id", "_state"})
"""Who sets one of these on a row, or gives it to one that is made, may mean another row."""

KEY = "primary_key"
"""The keyword by which a field of a class says that it is the identity of its rows."""

FORCED = frozenset({"force_insert", "force_create", "force_update"})
"""The arguments that say which of the two it is."""

THERE = frozenset({("django.http:HttpRequest", "user"), ("rest_framework.request:Request", "user")})
"""Attributes of a library's objects whose rows are there, each by its class."""

FORM_SAVES = frozenset({"django.forms:ModelForm.save"})
"""The rules of forms that save their row."""

BY_THEMSELVES_OR_FORMS = SAVES | FORM_SAVES

ROW_OF_FORM = "instance"
"""What such a form is given as its row: without one it makes its own."""

PUT_OFF = ["commit", ["c", False]]
"""The keyword, and its value, by which a form gives its row without saving it."""

CREATING, UPDATING = (
    frozenset({"django.views.generic:BaseCreateView"}),
    frozenset({"django.views.generic:BaseUpdateView"}),
)
"""The views whose forms have a new row, and those whose forms have the row that the view shows."""

FINDING_ROW = "get_object"
"""The method by which a view finds the row that it shows."""

ADDING = frozenset({"django.db.models:RelatedManager.add", "django.db.models:RelatedManager.aadd"})
"""The rules by which rows are given another row that they belong to."""

ONE_BY_ONE = ["bulk", ["c", False]]
"""The keyword, and its value, by which each of them saves itself for that."""

FORMS_OF_CREATING = frozenset({"django.views.generic:BaseCreateView.form_valid"})
"""The rules by which a view that creates rows saves a form that it is given."""

HANDED = ADDING | FORMS_OF_CREATING
