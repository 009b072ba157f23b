"""django-mptt: models whose rows form trees, kept in order by columns that each change of the tree rewrites."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_MODELS = """
from typing import ClassVar, Self

from decompose.effects import cascades, deletes, inserts, reads, updates
from django.db.models import ForeignKey, ManyToManyField, Model, OneToOneField
from mptt.fields import TreeForeignKey, TreeManyToManyField, TreeOneToOneField
from mptt.managers import TreeManager
from mptt.querysets import TreeQuerySet

class MPTTModel(Model):
    __queries_by_manager__ = "get_ancestors get_family get_children get_descendants get_leafnodes get_siblings"
    objects: ClassVar[TreeManager[Self]]
    _tree_manager: ClassVar[TreeManager[Self]]
    class Meta:
        abstract = True
    def get_ancestors(self, ascending=False, include_self=False) -> TreeQuerySet[Self]: ...
    def get_family(self) -> TreeQuerySet[Self]: ...
    def get_children(self) -> TreeQuerySet[Self]: ...
    def get_descendants(self, include_self=False) -> TreeQuerySet[Self]: ...
    def get_leafnodes(self, include_self=False) -> TreeQuerySet[Self]: ...
    def get_siblings(self, include_self=False) -> TreeQuerySet[Self]: ...
    @reads("Self")
    def get_next_sibling(self, *args, **filters) -> Self: ...
    @reads("Self")
    def get_previous_sibling(self, *args, **filters) -> Self: ...
    @reads("Self")
    def get_root(self) -> Self: ...
    def get_level(self): ...
    def get_descendant_count(self): ...
    def is_leaf_node(self): ...
    def is_root_node(self): ...
    def is_child_node(self): ...
    def is_ancestor_of(self, other, include_self=False): ...
    def is_descendant_of(self, other, include_self=False): ...
    @reads("Self")
    @updates("Self")
    def insert_at(self, target, position="first-child", save=False, **options) -> None: ...
    @reads("Self")
    @updates("Self")
    def move_to(self, target, position="first-child") -> None: ...
    @reads("Self")
    @inserts("Self")
    @updates("Self")
    def save(self, *args, **options) -> None: ...
    @reads("Self")
    @updates("Self")
    @deletes("Self")
    @cascades("Self")
    def delete(self, *args, **options) -> None: ...
"""

_MANAGERS = """
from typing import Generic, Self, TypeVar

from decompose.effects import inserts, reads, updates
from django.db.models import Manager, QuerySet
from mptt.querysets import TreeQuerySet

M = TypeVar("M")
J = TypeVar("J")
S = TypeVar("S")
A = TypeVar("A")

class TreeManager(Manager[M, J, S, A]):
    def get_queryset_descendants(self, queryset, include_self=False) -> TreeQuerySet[M]: ...
    def get_queryset_ancestors(self, queryset, include_self=False) -> TreeQuerySet[M]: ...
    def root_nodes(self) -> Self: ...
    @reads("M")
    def root_node(self, tree_id) -> M: ...
    @reads("M")
    @inserts("M")
    @updates("M")
    def create(self, **values) -> M: ...
    @reads("M")
    @updates("M")
    def insert_node(self, node, target, **options) -> M: ...
    @reads("M")
    @updates("M")
    def move_node(self, node, target, position="last-child") -> None: ...
    @reads("M")
    @updates("M")
    def rebuild(self, **options) -> None: ...
    @reads("M")
    @updates("M")
    def partial_rebuild(self, tree_id, **options) -> None: ...
    def add_related_count(self, queryset, *args, **options) -> TreeQuerySet[M]: ...
"""

_QUERYSETS = """
from typing import Self, TypeVar

from django.db.models import QuerySet

M = TypeVar("M")
J = TypeVar("J")
S = TypeVar("S")
A = TypeVar("A")

class TreeQuerySet(QuerySet[M, J, S, A]):
    def get_descendants(self, *args, **options) -> Self: ...
    def get_ancestors(self, *args, **options) -> Self: ...
"""

_FIELDS = """
from typing import Self, TypeVar

from decompose import Reference
from django.db.models import ForeignKey, ManyToManyField, OneToOneField

T = TypeVar("T")

class TreeForeignKey(ForeignKey[T]):
    def __init__(self, to: type[T] | Reference[T], on_delete=None, **options) -> None: ...

class TreeOneToOneField(OneToOneField[T]):
    def __init__(self, to: type[T] | Reference[T], on_delete=None, **options) -> None: ...

class TreeManyToManyField(ManyToManyField[T]):
    def __init__(self, to: type[T] | Reference[T], **options) -> None: ...
"""

_UTILS = """
from typing import Iterator, TypeVar

from decompose.effects import reads
from django.db.models import QuerySet

T = TypeVar("T")

@reads("T")
def get_cached_trees(queryset: QuerySet[T]) -> list[T]: ...
@reads("T")
def tree_item_iterator(items: QuerySet[T], ancestors=False, callback=None) -> Iterator[tuple[T, dict]]: ...
"""

FRAMEWORK = Framework(
    name="django-mptt",
    summaries={
        "mptt.models": _MODELS.replace("import ClassVar", "import ClassVar, Self"),
        "mptt.managers": _MANAGERS.replace("import Generic", "import Generic, Self"),
        "mptt.querysets": _QUERYSETS.replace("import TypeVar", "import Self, TypeVar"),
        "mptt.fields": _FIELDS,
        "mptt.utils": _UTILS,
    },
    examples=(
        Example(
            """
            from django.db import models
            from mptt.models import MPTTModel, TreeForeignKey

            class Shelf(MPTTModel):
                parent = TreeForeignKey("self", null=True, on_delete=models.CASCADE)
                def label(self): pass

            def show(shelf: Shelf):
                for inner in shelf.get_children():
                    inner.label()
                Shelf.objects.root_nodes().first().label()
            """,
            calls=frozenset({"m:show -[call]-> m:Shelf.label"}),
        ),
        Example(
            """
            from django.db import models
            from mptt.managers import TreeManager
            from mptt.models import MPTTModel

            class Shelves(TreeManager):
                def open(self): return self.filter(open=True)

            class Shelf(MPTTModel):
                objects = Shelves()

            def show(shelf: Shelf):
                Shelf.objects.root_nodes().open()
                return shelf.get_children().filter(x=1).open()
            """,
            calls=frozenset({"m:show -[call]-> m:Shelves.open", "m:Shelf -[construct]-> m:Shelves"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            import mptt

            def show(shelf):
                for inner in shelf.get_children():
                    inner.label()
            """,
        ),
    ),
)
