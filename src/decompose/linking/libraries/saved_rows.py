"""Methods by which a row saves itself: they insert it or update it, and what makes sure which of the two."""

from __future__ import annotations

SAVES = frozenset({"django.db.models:Model.save", "django.db.models:Model.asave", "peewee:Model.save"})
"""The rules of those that insert what is new and update what is not."""

SAVING = frozenset({"save", "asave"})
"""Their names."""

IDENTITY = frozenset({"pk", "id", "_state"})
"""Who sets one of these on a row, or gives it to one that is made, may mean another row."""

KEY = "primary_key"
"""The keyword by which a field of a class says that it is the identity of its rows."""

FORCED = "force_insert"
"""The argument that says which of the two it is."""

THERE = frozenset({("django.http:HttpRequest", "user"), ("rest_framework.request:Request", "user")})
"""Attributes of a library's objects whose rows are there, each by its class."""
