"""Linking leaves the facts of files as they are: those who link again, and other files, share parts of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from decompose.facts import collect_facts
from decompose.system import build_system

if TYPE_CHECKING:
    from tests.conftest import Draw

MADE = """
    class Base: pass
    def run(self): pass
    Made = type("Made", (Base,), {"run": run})
    def start(): Made().run()
"""
TRANSLATED = """
    from django.db import models
    from parler.models import TranslatableModel, TranslatedFields
    class Page(TranslatableModel):
        translations = TranslatedFields(title=models.CharField(max_length=80))
"""
MAPPED = """
    from sqlalchemy import Column, Integer
    from sqlalchemy.orm import declarative_base, declared_attr, relationship
    Base = declarative_base()
    class Version:
        id = Column(Integer, primary_key=True)
    class Versioned:
        @declared_attr
        def versions(self):
            self.Version = type(f"{self.__name__}Version", (Version, Base), {"__tablename__": "page_versions"})
            return relationship(self.Version)
    class Page(Versioned, Base):
        __tablename__ = "pages"
        id = Column(Integer, primary_key=True)
"""


def test_linking_changes_no_facts(draw: Draw) -> None:
    tree = draw({"made.py": MADE, "translated.py": TRANSLATED, "mapped.py": MAPPED, "empty.py": "def f(): pass\n"}).tree
    collected = collect_facts(tree.base, tree.to_parse())
    before = msgspec.msgpack.encode(collected.facts)
    system = build_system(tree, collected=collected)
    assert {"pages", "page_versions", "translated_page_translation"} <= {table.name for table in system.tables}
    assert msgspec.msgpack.encode(collected.facts) == before
