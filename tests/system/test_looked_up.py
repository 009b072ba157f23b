"""What a table has under a name that callers give runs in the transactions of those who give that name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

SHOP = """
    from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
    class Base(DeclarativeBase): pass
    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
    class Order(Base):
        __tablename__ = "orders"
        id: Mapped[int] = mapped_column(primary_key=True)
    session = Session()
    def add_user(data): session.add(User())
    def add_order(data): session.add(Order())
    TABLE = {"user": add_user, "order": add_order}
    def find(name): return TABLE.get(name)
    def run(name, data): TABLE[name](data)
    def run_found(name, data):
        function = find(name)
        if function:
            return function(data)
    def hand_on(name): run_found(name, {})
"""


def test_who_gives_a_name_runs_what_tables_have_under_it(draw: Draw) -> None:
    source = f"""{SHOP}
    def users():
        with session.begin(): run("user", {{}})
    def orders():
        with session.begin(): run("order", {{}})
    def users_found():
        with session.begin(): run_found("user", {{}})
    def orders_found():
        with session.begin(): hand_on("order")
    def any_of_them():
        with session.begin(): run(input(), {{}})
    """
    assert {t.definition: t.tables_written for t in draw(source).system.transactions} == {
        "m:users": ("users",),
        "m:orders": ("orders",),
        "m:users_found": ("users",),
        "m:orders_found": ("orders",),
        "m:any_of_them": ("orders", "users"),
    }


def test_what_stands_in_a_table_under_no_key_that_is_known_may_run_for_any(draw: Draw) -> None:
    source = f"""{SHOP}
    class Note(Base):
        __tablename__ = "notes"
        id: Mapped[int] = mapped_column(primary_key=True)
    def add_note(data): session.add(Note())
    TABLE[input()] = add_note
    def users():
        with session.begin(): run_found("user", {{}})
    """
    assert [t.tables_written for t in draw(source).system.transactions] == [("notes", "users")]
