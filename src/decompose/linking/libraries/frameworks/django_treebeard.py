"""django-treebeard: models whose rows form trees; changes of the tree are methods of the class and of the rows."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_NODE = """
from typing import Self

from decompose.effects import cascades, deletes, inserts, reads, updates
from django.db.models import Manager, Model, QuerySet

class Node(Model):
    __queries_by_manager__ = "get_root_nodes get_tree get_children get_siblings get_descendants get_ancestors"
    class Meta:
        abstract = True
    @classmethod
    def get_root_nodes(cls) -> QuerySet[Self]: ...
    @classmethod
    @reads("Self")
    def get_first_root_node(cls) -> Self: ...
    @classmethod
    @reads("Self")
    def get_last_root_node(cls) -> Self: ...
    @classmethod
    def get_tree(cls, parent=None) -> QuerySet[Self]: ...
    @classmethod
    @reads("Self")
    @inserts("Self")
    @updates("Self")
    def add_root(cls, **values) -> Self: ...
    @classmethod
    @reads("Self")
    @inserts("Self")
    def load_bulk(cls, bulk_data, *args, **options): ...
    @classmethod
    @reads("Self")
    def dump_bulk(cls, *args, **options): ...
    @classmethod
    @reads("Self")
    def get_annotated_list(cls, *args, **options) -> list[tuple[Self, dict]]: ...
    @classmethod
    @reads("Self")
    def find_problems(cls): ...
    @classmethod
    @reads("Self")
    @updates("Self")
    def fix_tree(cls, **options): ...
    @reads("Self")
    @inserts("Self")
    @updates("Self")
    def add_child(self, **values) -> Self: ...
    @reads("Self")
    @inserts("Self")
    @updates("Self")
    def add_sibling(self, pos=None, **values) -> Self: ...
    @reads("Self")
    @updates("Self")
    def move(self, target, pos=None) -> None: ...
    @reads("Self")
    @deletes("Self")
    @updates("Self")
    @cascades("Self")
    def delete(self, *args, **options) -> None: ...
    def get_children(self) -> QuerySet[Self]: ...
    @reads("Self")
    def get_children_count(self): ...
    def get_siblings(self) -> QuerySet[Self]: ...
    def get_descendants(self) -> QuerySet[Self]: ...
    @reads("Self")
    def get_descendant_count(self): ...
    def get_ancestors(self) -> QuerySet[Self]: ...
    @reads("Self")
    def get_parent(self, update=False) -> Self: ...
    @reads("Self")
    def get_root(self) -> Self: ...
    @reads("Self")
    def get_first_child(self) -> Self: ...
    @reads("Self")
    def get_last_child(self) -> Self: ...
    @reads("Self")
    def get_first_sibling(self) -> Self: ...
    @reads("Self")
    def get_last_sibling(self) -> Self: ...
    @reads("Self")
    def get_next_sibling(self) -> Self: ...
    @reads("Self")
    def get_prev_sibling(self) -> Self: ...
    def get_depth(self): ...
    def is_root(self): ...
    def is_leaf(self): ...
    def is_sibling_of(self, node): ...
    def is_child_of(self, node): ...
    def is_descendant_of(self, node): ...
"""


def _kind(prefix: str) -> str:
    return f"""
from typing import TypeVar

from django.db.models import Manager, QuerySet
from treebeard.models import Node

M = TypeVar("M")
J = TypeVar("J")
S = TypeVar("S")
A = TypeVar("A")

class {prefix}_NodeQuerySet(QuerySet[M, J, S, A]): ...
class {prefix}_NodeManager(Manager[M, J, S, A]): ...
class {prefix}_Node(Node):
    class Meta:
        abstract = True
"""


FRAMEWORK = Framework(
    name="django-treebeard",
    summaries={
        "treebeard.models": _NODE,
        "treebeard.mp_tree": _kind("MP"),
        "treebeard.ns_tree": _kind("NS"),
        "treebeard.al_tree": _kind("AL"),
    },
    examples=(
        Example(
            """
            from django.db import models
            from treebeard.mp_tree import MP_Node

            class Shelf(MP_Node):
                name = models.CharField(max_length=9)
                def label(self): pass

            def show(shelf: Shelf):
                for inner in shelf.get_children():
                    inner.label()
                Shelf.add_root(name="top").label()
            """,
            calls=frozenset({"m:show -[call]-> m:Shelf.label"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            import treebeard

            def show(shelf):
                for inner in shelf.get_children():
                    inner.label()
            """,
        ),
    ),
)
