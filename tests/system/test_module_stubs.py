"""Packages whose names a ``__getattr__`` finds, as a stub beside them tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from sqlalchemy import Column, Integer
    from sqlalchemy.orm import declarative_base

    Base = declarative_base()

    class Parcel(Base):
        __tablename__ = "parcel"
        id = Column(Integer, primary_key=True)
"""
LAZY = "import lazy_loader\n__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)\n"
STUB = "from . import rows\nfrom .rows import Base, Parcel\n__all__ = ['Base', 'Parcel', 'rows']\n"
SEND = "def send(session):\n    session.add(Parcel())\n    session.commit()\n"


def _inserted(draw: Draw, files: dict[str, str]) -> set[tuple[str, str]]:
    return {(a.definition, a.table) for a in draw(files).system.accesses if a.operation == "insert"}


@pytest.mark.parametrize(
    "imports",
    [
        "from shop.models import Parcel\n",
        "from shop.models import *\n",
        "from shop import models\nParcel = models.Parcel\n",
    ],
    ids=["by name", "by a star", "as an attribute"],
)
@pytest.mark.parametrize(
    "lazy",
    [LAZY, "def __getattr__(name):\n    return find(name)\n"],
    ids=["a library's function", "one of its own"],
)
def test_names_that_getattr_finds_are_what_the_stub_imports(draw: Draw, lazy: str, imports: str) -> None:
    files = {"shop/__init__.py": "", "shop/models/__init__.py": lazy, "shop/models/__init__.pyi": STUB}
    files |= {"shop/models/rows.py": MODELS, "shop/send.py": imports + SEND}
    assert _inserted(draw, files) == {("shop.send:send", "parcel")}


def test_without_getattr_a_stub_says_nothing(draw: Draw) -> None:
    files = {"shop/__init__.py": "", "shop/models/__init__.py": "", "shop/models/__init__.pyi": STUB}
    files |= {"shop/models/rows.py": MODELS, "shop/send.py": "from shop.models import Parcel\n" + SEND}
    assert _inserted(draw, files) == set()


def test_a_name_that_the_module_binds_itself_is_its_own(draw: Draw) -> None:
    lazy = LAZY + "class Parcel: ...\n"
    files = {"shop/__init__.py": "", "shop/models/__init__.py": lazy, "shop/models/__init__.pyi": STUB}
    files |= {"shop/models/rows.py": MODELS, "shop/send.py": "from shop.models import Parcel\n" + SEND}
    assert _inserted(draw, files) == set()


def test_a_stub_that_cannot_be_read_is_left(draw: Draw) -> None:
    files = {"shop/__init__.py": "", "shop/models/__init__.py": LAZY, "shop/models/__init__.pyi": "from . import (\n"}
    files |= {"shop/models/rows.py": MODELS, "shop/send.py": "from shop.models.rows import Parcel\n" + SEND}
    assert _inserted(draw, files) == {("shop.send:send", "parcel")}
