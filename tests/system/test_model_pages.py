"""Pages of administrations that are made for a model: what they do to its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
    class Base(DeclarativeBase): pass
    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
    class Bill(Base):
        __tablename__ = "bills"
        id: Mapped[int] = mapped_column(primary_key=True)
"""
ALL = ("read", "insert", "update", "delete")


def test_a_page_of_flask_admin_does_everything_that_its_class_does_not_forbid(draw: Draw) -> None:
    pages = """
        from flask_admin import Admin
        from flask_admin.contrib.sqla import ModelView
        from models import Bill, User

        class Bills(ModelView):
            can_delete = False
            def __init__(self, session): super().__init__(Bill, session)

        def build(app, session):
            admin = Admin(app)
            admin.add_view(ModelView(User, session))
            admin.add_view(Bills(session))
    """
    app = draw({"models.py": MODELS, "pages.py": pages})
    assert app.accesses() == {
        *(("pages:build", operation, "users") for operation in ALL),
        *(("pages:Bills", operation, "bills") for operation in ALL[:3]),
    }
    lines = {(a.definition, a.line, a.resolution) for a in app.system.accesses}
    assert lines == {("pages:build", 11, "inferred"), ("pages:Bills", 5, "inferred")}


def test_a_page_of_sqladmin_names_its_model_where_the_class_begins(draw: Draw) -> None:
    pages = """
        from sqladmin import ModelView
        from models import Bill

        class Bills(ModelView, model=Bill):
            can_create = False
            can_edit = False
    """
    app = draw({"models.py": MODELS, "pages.py": pages})
    assert app.accesses() == {("pages:Bills", "read", "bills"), ("pages:Bills", "delete", "bills")}
