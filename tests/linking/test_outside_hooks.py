"""Methods that libraries call on objects of an application's subclasses."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

CALLED = [
    ("from logging import LoggerAdapter", "LoggerAdapter", "process"),
    ("import xml.sax", "xml.sax.ContentHandler", "startElement"),
    ("from xml.sax.handler import ContentHandler", "ContentHandler", "characters"),
    ("import asyncio", "asyncio.DatagramProtocol", "datagram_received"),
    ("from queue import Queue", "Queue", "_put"),
    ("from django import forms", "forms.Textarea", "format_value"),
    ("from django.forms.widgets import SelectMultiple", "SelectMultiple", "optgroups"),
    ("from django.db import models", "models.Field", "from_db_value"),
    ("from django.db.models import CharField", "CharField", "get_prep_value"),
    ("from django.db.models import Func", "Func", "as_postgresql"),
    ("from django.core.files.storage import FileSystemStorage", "FileSystemStorage", "get_available_name"),
    ("from django.core.mail.backends.smtp import EmailBackend", "EmailBackend", "send_messages"),
    ("from rest_framework import serializers", "serializers.RelatedField", "to_representation"),
    ("from rest_framework.permissions import IsAuthenticated", "IsAuthenticated", "has_permission"),
    ("from rest_framework.pagination import CursorPagination", "CursorPagination", "get_paginated_response"),
    ("from sqlalchemy.types import TypeDecorator", "TypeDecorator", "process_bind_param"),
    ("from wtforms.fields import StringField", "StringField", "process_formdata"),
    ("from marshmallow import fields", "fields.Field", "_serialize"),
    ("from pydantic import BaseModel", "BaseModel", "model_post_init"),
    ("from pydantic_settings import BaseSettings", "BaseSettings", "settings_customise_sources"),
    ("import click", "click.ParamType", "convert"),
    ("from werkzeug.routing import BaseConverter", "BaseConverter", "to_url"),
    ("from docutils.parsers.rst import Directive", "Directive", "run"),
]


@pytest.mark.parametrize(("importing", "base", "method"), CALLED, ids=[f"{base}.{name}" for _, base, name in CALLED])
def test_a_library_calls_what_its_subclass_overrides(draw: Draw, importing: str, base: str, method: str) -> None:
    source = f"""
    {importing}
    class Own({base}):
        def {method}(self, *given): return self.kept(given)
        def kept(self, given): pass
    """
    app = draw(textwrap.dedent(source))
    assert ("m:Own", f"m:Own.{method}") in app.calls("callback")
    assert not [called for _, called in app.calls("callback") if called.endswith("kept")]


def test_a_method_of_the_class_may_be_one(draw: Draw) -> None:
    source = """
    from pydantic_settings import BaseSettings
    class Settings(BaseSettings):
        @classmethod
        def settings_customise_sources(cls, *given): pass
        @property
        def get_field_value(self): pass
    """
    app = draw(textwrap.dedent(source))
    assert app.calls("callback") == {("m:Settings", "m:Settings.settings_customise_sources")}


def test_a_view_that_is_called_by_hand_does_what_it_does_for_a_request(draw: Draw) -> None:
    app = draw("""
        from django.db import models
        from django.views.generic import ListView, View

        class Row(models.Model): pass

        class Rows(ListView):
            paginate_by = 10
            def get_queryset(self): return Row.objects.filter(id=1)
            def get_context_data(self, **given): return super().get_context_data(**given)

        class First(View):
            def get(self, request): return one()
            def other(self, request): return one()

        class Second(View):
            def dispatch(self, request): return two()

        class Both(View):
            def dispatch(self, request):
                view = First if request.user else Second
                return view.as_view()(request)

        def one(): pass
        def two(): pass
        def listed(request): return Rows.as_view()(request)
        def unused(): return First.as_view()
    """)
    found = {(d.source, d.target) for d in app.dependencies() if d.kind == "call" and ":" in d.source}
    assert found == {
        ("m:First.get", "m:one"),
        ("m:First.other", "m:one"),
        ("m:Second.dispatch", "m:two"),
        ("m:Both.dispatch", "m:First.get"),
        ("m:Both.dispatch", "m:Second.dispatch"),
        ("m:listed", "m:Rows.get_queryset"),
        ("m:listed", "m:Rows.get_context_data"),
    }
    reads = {(a.definition, a.role) for a in app.system.accesses if a.table.endswith("row")}
    assert ("m:Rows.get_context_data", "execute") in reads
    assert ("m:Rows.get_queryset", "build") in reads
