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


BUILT = """
    from flask_appbuilder import ModelView, expose
    from flask_appbuilder.api import ModelRestApi
    from flask_appbuilder.models.sqla.interface import SQLAInterface
    from kept import kept
    from models import Bill, User

    class Bills(ModelView):
        datamodel = SQLAInterface(Bill)
        exclude_route_methods = {"delete"}
        def pre_add(self, item): self.datamodel.session.query(User).first()
        @expose("/close/<pk>")
        def close(self, pk):
            self.datamodel.edit(self.datamodel.get(pk))

    class Users(ModelRestApi):
        resource_name = "user"
        datamodel = SQLAInterface(User)
        include_route_methods = {"get", "delete", "own"}
        @expose("/own", methods=["POST"])
        @kept(title=lambda: "own")
        def own(self): pass
"""
KEPT = """
    from sqlalchemy.orm import Session
    def kept(title):
        def decorate(function):
            def wrapper(self, session: Session):
                title()
                session.delete(Seen())
                session.commit()
            return wrapper
        return decorate
"""
SEEN = """
    class Seen(Base):
        __tablename__ = "seen"
        id: Mapped[int] = mapped_column(primary_key=True)
"""


def test_what_flask_appbuilder_exposes_works_on_the_rows_that_the_class_names(draw: Draw) -> None:
    app = draw({"models.py": MODELS, "kept.py": "def kept(title): return lambda function: function", "built.py": BUILT})
    assert app.accesses() == {
        *(("built:Bills", operation, "bills") for operation in ALL[:3]),
        ("built:Bills.pre_add", "read", "users"),
        ("built:Bills.close", "read", "bills"),
        ("built:Bills.close", "update", "bills"),
        ("built:Users", "read", "users"),
        ("built:Users", "delete", "users"),
    }


def test_what_a_class_answers_is_not_done_by_who_calls_its_functions_without_names(draw: Draw) -> None:
    """The wrapper calls what the class gives the decorator; users are deleted by another route of the class."""
    kept = KEPT.replace("import Session", "import Session\n    from models import Seen")
    app = draw({"models.py": MODELS + SEEN, "kept.py": kept, "built.py": BUILT})
    around = {t.tables_written for t in app.system.transactions if t.definition != "built:Bills.close"}
    assert around == {("seen",)}
