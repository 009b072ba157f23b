from builtins import Iterable, Iterator
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import ClassVar, Generic, Self, TypeVar
from uuid import UUID

from django.core.exceptions import MultipleObjectsReturned, ObjectDoesNotExist

from decompose import Kind, Reference, TableName
from decompose.effects import (
    builds,
    calls_on,
    cascades,
    cascades_of_query,
    comes_in_order,
    deletes,
    executes,
    forgets,
    inserts,
    joins,
    leaves_out,
    leaves_to,
    loads_along,
    loads_required,
    looks_up,
    names,
    only_without,
    orders,
    reads,
    scans,
    scans_where_joined,
    selects_nothing,
    stores,
    unless,
    updates,
    validates,
    keeps,
    sets,
)

M = TypeVar("M")
Owner = TypeVar("Owner")
T = TypeVar("T")
J = TypeVar("J")  # what a query touches besides the rows of its model
S = TypeVar("S")  # the relations that a query loads along
A = TypeVar("A")  # the rows that it loads along
L = TypeVar("L")  # the lookups that an expression names
N = TypeVar("N")
E = TypeVar("E")
W = TypeVar("W")  # the relations that an expression has a query load along
X = TypeVar("X")
B = TypeVar("B")  # the table between the two sides of a relation


class Options(Generic[M]):
    """What Django knows of a model, as its ``_meta``."""

    __has_more__ = True
    model: type[M]
    default_manager: Manager[M]
    base_manager: Manager[M]

    def get_field(self, field_name): ...
    def get_fields(self, include_parents=True, include_hidden=False): ...


class Model:
    _meta: ClassVar[Options[Self]]
    objects: ClassVar[Manager[Self]]
    _default_manager: ClassVar[Manager[Self]]
    _base_manager: ClassVar[Manager[Self]]
    DoesNotExist: ClassVar[type[ObjectDoesNotExist]]
    MultipleObjectsReturned: ClassVar[type[MultipleObjectsReturned]]

    def __init__(self, *args, **kwargs) -> None: ...
    @leaves_out("update", "force_insert")
    @leaves_out("insert", "update_fields")
    @leaves_out("insert", "force_update")
    @inserts("Self")
    @updates("Self")
    def save(self, force_insert=False, force_update=False, using=None, update_fields=None, *args, **options) -> None: ...
    @leaves_out("update", "force_insert")
    @leaves_out("insert", "update_fields")
    @leaves_out("insert", "force_update")
    @inserts("Self")
    @updates("Self")
    def asave(self, force_insert=False, force_update=False, using=None, update_fields=None, *args, **options) -> None: ...
    @inserts("Self")
    @updates("Self")
    def save_base(self, *args, **options) -> None: ...
    @deletes("Self")
    @cascades("Self")
    def delete(self, *args, **options) -> None: ...
    @deletes("Self")
    @cascades("Self")
    def adelete(self, *args, **options) -> None: ...
    @classmethod
    @sets("name", "value")
    @keeps("value")
    def add_to_class(cls, name, value): ...
    @reads("Self")
    def refresh_from_db(self, **options) -> None: ...
    @reads("Self")
    def arefresh_from_db(self, **options) -> None: ...
    @validates("Self")
    @calls_on("Self", "clean", "clean_fields*", "validate_unique*", "validate_constraints*")
    def full_clean(self, **options) -> None: ...
    def clean(self) -> None: ...
    @validates("Self")
    def clean_fields(self, **options) -> None: ...
    @validates("Self")
    def validate_unique(self, **options) -> None: ...
    def get_absolute_url(self): ...
    def get_deferred_fields(self): ...
    def serializable_value(self, name): ...
    @reads("Self")
    def get_next_by_FOO(self, **lookups) -> Self: ...


class QuerySet(Generic[M, J, S, A]):
    __binds_owner__ = True
    __operation__ = "read"
    __keeps_rows__ = True
    __gives_loaded__ = "all"
    model: type[M]
    query: Self

    def __init__(self, model: type[M] = None, query=None, using=None, hints=None) -> None: ...
    @classmethod
    def as_manager(cls) -> Self: ...
    def all(self) -> Self: ...
    @selects_nothing()
    def none(self) -> Self: ...
    @looks_up("J", "M", "N")
    @joins("J", "E")
    def filter(self, *args: Expression[N, E], **lookups: Expression[N, E] | QuerySet[E, E]) -> Self: ...
    @looks_up("J", "M", "N")
    @joins("J", "E")
    def exclude(self, *args: Expression[N, E], **lookups: Expression[N, E] | QuerySet[E, E]) -> Self: ...
    @looks_up("J", "M", "N")
    @joins("J", "E")
    def complex_filter(self, lookups: Expression[N, E]) -> Self: ...
    @looks_up("J", "M", "N")
    @joins("J", "E")
    def annotate(self, *args: Expression[N, E], **expressions: Expression[N, E]) -> Self: ...
    @looks_up("J", "M", "N")
    @joins("J", "E")
    def alias(self, *args: Expression[N, E], **expressions: Expression[N, E]) -> Self: ...
    @looks_up("J", "M", "N")
    @joins("J", "E")
    @orders("J", "M", "S")
    def order_by(self, *fields: Expression[N, E]) -> Self: ...
    def reverse(self) -> Self: ...
    @looks_up("J", "M")
    def distinct(self, *fields) -> Self: ...
    @loads_along("A", "M")
    @loads_required("A", "M", "S")
    @names("S")
    def select_related(self, *fields) -> Self: ...
    @names("S")
    def select_properties(self, *names) -> Self: ...
    @loads_along("A", "M", "N")
    @joins("A", "E")
    @joins("S", "W")
    @names("S")
    def prefetch_related(self, *lookups: Expression[N, E] | Prefetch[N, E, W]) -> Self: ...
    @builds("lock", "M")
    def select_for_update(self, **options) -> Self: ...
    def defer(self, *fields) -> Self: ...
    def only(self, *fields) -> Self: ...
    def using(self, alias) -> Self: ...
    @joins("J", "E")
    def extra(self, select=None, where=None, params=None, tables: TableName[E] = None, **options) -> Self: ...
    @joins("J", "E")
    def union(self, *others: QuerySet[E, E], **options) -> Self: ...
    @joins("J", "E")
    def intersection(self, *others: QuerySet[E, E]) -> Self: ...
    @joins("J", "E")
    def difference(self, *others: QuerySet[E, E]) -> Self: ...
    @executes("raw_query")
    def raw(self, raw_query, **options) -> Self: ...
    @looks_up("J", "M", "N")
    @joins("J", "E")
    @forgets("S", "A")
    def values(self, *fields: Expression[N, E], **expressions: Expression[N, E]) -> Self: ...
    @looks_up("J", "M", "N")
    @joins("J", "E")
    @forgets("S", "A")
    def values_list(self, *fields: Expression[N, E], **options) -> Self: ...
    def dates(self, *args) -> Self: ...
    def datetimes(self, *args) -> Self: ...
    def get_queryset(self) -> QuerySet[M, J, S, A]: ...
    @looks_up("J", "M", "N")
    @joins("J", "E")
    @reads("M", "J", "A")
    def get(self, *args: Expression[N, E], **lookups: Expression[N, E] | QuerySet[E, E]) -> M: ...
    @looks_up("J", "M", "N")
    @joins("J", "E")
    @reads("M", "J", "A")
    def aget(self, *args: Expression[N, E], **lookups: Expression[N, E] | QuerySet[E, E]) -> M: ...
    @reads("M", "J", "A")
    @comes_in_order("M", "S")
    def first(self) -> M: ...
    @reads("M", "J", "A")
    @comes_in_order("M", "S")
    def afirst(self) -> M: ...
    @reads("M", "J", "A")
    @comes_in_order("M", "S")
    def last(self) -> M: ...
    @reads("M", "J", "A")
    @comes_in_order("M", "S")
    def alast(self) -> M: ...
    @looks_up("J", "M")
    @reads("M", "J", "A")
    def earliest(self, *fields) -> M: ...
    @looks_up("J", "M")
    @reads("M", "J", "A")
    def aearliest(self, *fields) -> M: ...
    @looks_up("J", "M")
    @reads("M", "J", "A")
    def latest(self, *fields) -> M: ...
    @looks_up("J", "M")
    @reads("M", "J", "A")
    def alatest(self, *fields) -> M: ...
    @reads("M", "J", "A")
    def in_bulk(self, *args, **options) -> dict[object, M]: ...
    @reads("M", "J", "A")
    def ain_bulk(self, *args, **options) -> dict[object, M]: ...
    @scans("M", "J")
    def count(self): ...
    @scans("M", "J")
    def acount(self): ...
    @scans("M", "J")
    def exists(self): ...
    @scans("M", "J")
    def aexists(self): ...
    @reads("M", "J", "A")
    @comes_in_order("M", "S")
    def __len__(self): ...
    @reads("M", "J", "A")
    @comes_in_order("M", "S")
    def __bool__(self): ...
    @looks_up("J", "M", "N")
    @joins("J", "E")
    @scans("M", "J")
    def aggregate(self, *args: Expression[N, E], **expressions: Expression[N, E]): ...
    @looks_up("J", "M", "N")
    @joins("J", "E")
    @scans("M", "J")
    def aaggregate(self, *args: Expression[N, E], **expressions: Expression[N, E]): ...
    @scans("M", "J")
    def contains(self, instance): ...
    @scans("M", "J")
    def acontains(self, instance): ...
    @scans("M", "J")
    def explain(self, **options): ...
    @scans("M", "J")
    def aexplain(self, **options): ...
    @reads("M", "J", "A")
    @comes_in_order("M", "S")
    def iterator(self, *args, **options) -> Iterator[M]: ...
    @reads("M", "J", "A")
    @comes_in_order("M", "S")
    def aiterator(self, *args, **options) -> Iterator[M]: ...
    @reads("M", "J", "A")
    @comes_in_order("M", "S")
    def __iter__(self) -> Iterator[M]: ...
    @reads("M", "J", "A")
    @comes_in_order("M", "S")
    def __getitem__(self, index) -> M: ...
    @joins("J", "E")
    def __or__(self, other: QuerySet[E, E]) -> Self: ...
    @joins("J", "E")
    def __and__(self, other: QuerySet[E, E]) -> Self: ...
    @leaves_to("M", "save")
    @inserts("M")
    def create(self, **values) -> M: ...
    @leaves_to("M", "save")
    @inserts("M")
    def acreate(self, **values) -> M: ...
    @leaves_to("M", "save")
    @looks_up("J", "M")
    @reads("M", "J", "A")
    @inserts("M")
    def get_or_create(self, **options) -> tuple[M, bool]: ...
    @leaves_to("M", "save")
    @looks_up("J", "M")
    @reads("M", "J", "A")
    @inserts("M")
    def aget_or_create(self, **options) -> tuple[M, bool]: ...
    @leaves_to("M", "save")
    @looks_up("J", "M")
    @reads("M", "J", "A")
    @inserts("M")
    @updates("M")
    def update_or_create(self, **options) -> tuple[M, bool]: ...
    @leaves_to("M", "save")
    @looks_up("J", "M")
    @reads("M", "J", "A")
    @inserts("M")
    @updates("M")
    def aupdate_or_create(self, **options) -> tuple[M, bool]: ...
    @inserts("M")
    def bulk_create(self, objects: Iterable[E], *args, **options) -> list[M]: ...
    @inserts("M")
    def abulk_create(self, objects: Iterable[E], *args, **options) -> list[M]: ...
    @updates("M")
    def bulk_update(self, objects: Iterable[E], fields, **options): ...
    @updates("M")
    def abulk_update(self, objects: Iterable[E], fields, **options): ...
    @looks_up("J", "M", "N")
    @joins("J", "E")
    @updates("M")
    @scans("J")
    @scans_where_joined("M", "J")
    def update(self, **values: Expression[N, E] | QuerySet[E, E]): ...
    @looks_up("J", "M", "N")
    @joins("J", "E")
    @updates("M")
    @scans("J")
    @scans_where_joined("M", "J")
    def aupdate(self, **values: Expression[N, E] | QuerySet[E, E]): ...
    @deletes("M")
    @scans("J")
    @scans_where_joined("M", "J")
    @cascades_of_query("M")
    def delete(self): ...
    @deletes("M")
    @scans("J")
    @scans_where_joined("M", "J")
    @cascades_of_query("M")
    def adelete(self): ...
    @deletes("M")
    @scans("J")
    @scans_where_joined("M", "J")
    def _raw_delete(self, using): ...


class Manager(QuerySet[M, J, S, A]):
    __told_as__ = "QuerySet"  # the result of a query that starts at a manager
    __begins_with__ = "get_queryset"

    def __init__(self, *args, **options) -> None: ...
    def db_manager(self, using=None, hints=None) -> Self: ...
    @classmethod
    def from_queryset(cls, queryset_class: type[T], class_name=None) -> type[BeginsWith[M, J, S, A, T]] | type[T] | type[Self]: ...


BaseManager = Manager


class OutsideQuery(QuerySet[M, J, S, A]):
    """What a manager of a package that is not in view is taken to give, by whatever it has beside Django's methods."""

    __told_as__ = "QuerySet"
    __is_taken_for_granted__ = True

    # With a key, it is an object that has a method of that name: what finds rows is given by name.
    @only_without("key")
    @looks_up("J", "M", "N")
    @joins("J", "E")
    @reads("M", "J", "A")
    def get(self, key=None, **lookups: Expression[N, E] | QuerySet[E, E]) -> M: ...
    def __getattr__(self, name) -> Callable[..., Self]: ...


class OutsideManager(Manager[M, J, S, A]):
    """A manager of a package that is not in view."""

    @inserts("M")
    def create_user(self, *args, **fields) -> M: ...
    @inserts("M")
    def create_superuser(self, *args, **fields) -> M: ...
    def __getattr__(self, name) -> Callable[..., OutsideQuery[M, J, S, A]]: ...


class OutsideModel(Model):
    """A model of a package that is not in view, which may bring its own manager."""

    objects: ClassVar[OutsideManager[Self]]

    class Meta:
        abstract = True


class BeginsWith(Generic[M, J, S, A, T]):
    """A manager that was made of a class of queries: what it begins with is one of them."""

    def get_queryset(self) -> Kind[T, M, J, S, A]: ...


class RelatedManager(Manager[M, J, S, A]):
    @updates("M")
    def add(self, *objects, **options) -> None: ...
    @updates("M")
    def aadd(self, *objects, **options) -> None: ...
    @updates("M")
    def remove(self, *objects, **options) -> None: ...
    @updates("M")
    def aremove(self, *objects, **options) -> None: ...
    @updates("M")
    def clear(self, *objects, **options) -> None: ...
    @updates("M")
    def aclear(self, *objects, **options) -> None: ...
    @reads("M")
    @updates("M")
    @scans("E")
    def set(self, objects: QuerySet[E, E], **options) -> None: ...
    @reads("M")
    @updates("M")
    @scans("E")
    def aset(self, objects: QuerySet[E, E], **options) -> None: ...


class Through(Generic[B]):
    """The class of the rows between, whether or not the application has one."""

    objects: Manager[B]
    _default_manager: Manager[B]
    def __call__(self, *args, **values) -> B: ...


class ManyRelatedManager(Manager[M, J, S, A], Generic[M, J, S, A, B]):
    """Its queries join the table between, so that is among what they touch."""

    through: Through[B]

    @leaves_to("M", "save")
    @inserts("M")
    @inserts("B")
    def create(self, **values) -> M: ...
    @leaves_to("M", "save")
    @inserts("M")
    @inserts("B")
    def acreate(self, **values) -> M: ...
    @leaves_to("M", "save")
    @looks_up("J", "M")
    @reads("M", "J", "A")
    @inserts("M")
    @inserts("B")
    def get_or_create(self, **options) -> tuple[M, bool]: ...
    @leaves_to("M", "save")
    @looks_up("J", "M")
    @reads("M", "J", "A")
    @inserts("M")
    @updates("M")
    @inserts("B")
    def update_or_create(self, **options) -> tuple[M, bool]: ...
    @leaves_to("M", "save")
    @looks_up("J", "M")
    @reads("M", "J", "A")
    @inserts("M")
    @inserts("B")
    def aget_or_create(self, **options) -> tuple[M, bool]: ...
    @leaves_to("M", "save")
    @looks_up("J", "M")
    @reads("M", "J", "A")
    @inserts("M")
    @updates("M")
    @inserts("B")
    def aupdate_or_create(self, **options) -> tuple[M, bool]: ...
    @inserts("B")
    @scans("E")
    def add(self, *objects: QuerySet[E, E], **options) -> None: ...
    @inserts("B")
    @scans("E")
    def aadd(self, *objects: QuerySet[E, E], **options) -> None: ...
    @deletes("B")
    @scans("E")
    def remove(self, *objects: QuerySet[E, E], **options) -> None: ...
    @deletes("B")
    @scans("E")
    def aremove(self, *objects: QuerySet[E, E], **options) -> None: ...
    @deletes("B")
    @scans("E")
    def clear(self, *objects: QuerySet[E, E], **options) -> None: ...
    @deletes("B")
    @scans("E")
    def aclear(self, *objects: QuerySet[E, E], **options) -> None: ...
    @reads("B")
    @inserts("B")
    @deletes("B")
    @scans("E")
    @scans("M")
    def set(self, objects: QuerySet[E, E], **options) -> None: ...
    @reads("B")
    @inserts("B")
    @deletes("B")
    @scans("E")
    @scans("M")
    def aset(self, objects: QuerySet[E, E], **options) -> None: ...


class LookingRelatedManager(ManyRelatedManager[M, J, S, A, B]):
    """It looks which rows between are there before it adds any."""

    @reads("B")
    @comes_in_order("B", "S")
    @inserts("B")
    @scans("E")
    def add(self, *objects: QuerySet[E, E], **options) -> None: ...
    @reads("B")
    @comes_in_order("B", "S")
    @inserts("B")
    @scans("E")
    def aadd(self, *objects: QuerySet[E, E], **options) -> None: ...


class Field:
    __hooks__ = (
        "from_db_value to_python get_prep_value get_db_prep_value get_db_prep_save pre_save deconstruct db_type formfield "
        "value_to_string contribute_to_class clean validate get_internal_type rel_db_type get_default db_parameters "
        "cast_db_type value_from_object save_form_data get_attname run_validators"
    )

    def __init__(self, *args, **kwargs) -> None: ...


class ForeignKey(Field, Generic[T]):
    __data_beside__ = "_id"
    def __init__(self, to: type[T] | Reference[T], on_delete=None, **options) -> None: ...
    @reads("T")
    def __get__(self, instance, owner) -> T: ...


class ReverseOneToOne(Generic[T]):
    @reads("T")
    def __get__(self, instance, owner) -> T: ...


class OneToOneField(ForeignKey[T]):
    def __init__(self, to: type[T] | Reference[T], on_delete=None, **options) -> None: ...


class ManyToManyField(Field, Generic[T]):
    """What it gives is told beside the tables: it depends on the table between."""

    def __init__(self, to: type[T] | Reference[T], **options) -> None: ...


class _DataField(Field):
    __holds_data__ = True


class AutoField(_DataField): ...


class BigAutoField(_DataField): ...


class Expression(Generic[L, X]):
    """What it names are lookups of the query that it is put into; subqueries are among what that query touches."""

    __hooks__ = "as_* resolve_expression get_group_by_cols convert_value get_source_expressions set_source_expressions"

    @names("L")
    @joins("L", "N")
    @joins("X", "E")
    def __init__(self, *args: Expression[N, E] | QuerySet[E, E], **options: Expression[N, E] | QuerySet[E, E]) -> None: ...
    def asc(self, **options) -> Self: ...
    def desc(self, **options) -> Self: ...
    @joins("L", "N")
    @joins("X", "E")
    def __or__(self, other: Expression[N, E]) -> Self: ...
    @joins("L", "N")
    @joins("X", "E")
    def __and__(self, other: Expression[N, E]) -> Self: ...
    @joins("L", "N")
    @joins("X", "E")
    def __add__(self, other: Expression[N, E]) -> Self: ...
    @joins("L", "N")
    @joins("X", "E")
    def __sub__(self, other: Expression[N, E]) -> Self: ...
    @joins("L", "N")
    @joins("X", "E")
    def __mul__(self, other: Expression[N, E]) -> Self: ...
    @joins("L", "N")
    @joins("X", "E")
    def __truediv__(self, other: Expression[N, E]) -> Self: ...
    @joins("L", "N")
    @joins("X", "E")
    def __xor__(self, other: Expression[N, E]) -> Self: ...
    def __invert__(self) -> Self: ...


class Q(Expression[L, X]): ...


class F(Expression[L, X]): ...


class Aggregate(Expression[L, X]): ...


class Count(Expression[L, X]): ...


class Sum(Expression[L, X]): ...


class Avg(Expression[L, X]): ...


class Max(Expression[L, X]): ...


class Min(Expression[L, X]): ...


class StdDev(Expression[L, X]): ...


class Variance(Expression[L, X]): ...


class Func(Expression[L, X]): ...


class Case(Expression[L, X]): ...


class When(Expression[L, X]): ...


class Value(Expression[L, X]): ...


class ExpressionWrapper(Expression[L, X]): ...


class Prefetch(Expression[L, X], Generic[L, X, W]):
    """With a name of its own for what it loads (``to_attr``) the collection itself is not loaded."""

    @names("L")
    @names("W", "to_attr")
    @joins("X", "E")
    def __init__(self, lookup, queryset: QuerySet[E, E, S, E] = None, to_attr=None) -> None: ...


@loads_along("A", "M", "N")
@joins("A", "E")
@reads("A")
def prefetch_related_objects(model_instances: Iterable[M], *related_lookups: Expression[N, E]) -> None: ...


class Subquery(Expression[L, X]): ...


class Exists(Expression[L, X]): ...


class Window(Expression[L, X]): ...


class FilteredRelation(Expression[L, X]): ...


CASCADE: object


class CharField(_DataField):
    def __get__(self, instance, owner) -> str: ...


class TextField(_DataField):
    def __get__(self, instance, owner) -> str: ...


class SlugField(_DataField):
    def __get__(self, instance, owner) -> str: ...


class EmailField(_DataField):
    def __get__(self, instance, owner) -> str: ...


class URLField(_DataField):
    def __get__(self, instance, owner) -> str: ...


class IntegerField(_DataField):
    def __get__(self, instance, owner) -> int: ...


class BigIntegerField(_DataField):
    def __get__(self, instance, owner) -> int: ...


class SmallIntegerField(_DataField):
    def __get__(self, instance, owner) -> int: ...


class PositiveIntegerField(_DataField):
    def __get__(self, instance, owner) -> int: ...


class PositiveSmallIntegerField(_DataField):
    def __get__(self, instance, owner) -> int: ...


class PositiveBigIntegerField(_DataField):
    def __get__(self, instance, owner) -> int: ...


class BooleanField(_DataField): ...


class NullBooleanField(_DataField): ...


class DateField(_DataField):
    __gives_methods__ = "get_next_by_{name}=get_next_by_FOO get_previous_by_{name}=get_next_by_FOO"

    def __get__(self, instance, owner) -> date: ...


class DateTimeField(DateField):
    def __get__(self, instance, owner) -> datetime: ...


class TimeField(_DataField):
    def __get__(self, instance, owner) -> time: ...


class DurationField(_DataField):
    def __get__(self, instance, owner) -> timedelta: ...


class DecimalField(_DataField):
    def __get__(self, instance, owner) -> Decimal: ...


class FloatField(_DataField):
    def __get__(self, instance, owner) -> float: ...


class UUIDField(_DataField):
    def __get__(self, instance, owner) -> UUID: ...


class JSONField(_DataField):
    def __get__(self, instance, owner) -> dict | list: ...


class BinaryField(_DataField):
    def __get__(self, instance, owner) -> bytes: ...


class FieldFile(Generic[M]):
    @unless("save", False, "calls_on")
    @stores("files", "write", "@attribute")
    @calls_on("M", "save")
    def save(self, name, content, save=True): ...
    @unless("save", False, "calls_on")
    @stores("files", "delete", "@attribute")
    @calls_on("M", "save")
    def delete(self, save=True): ...
    @stores("files", "open", "@attribute")
    def open(self, mode="rb"): ...
    @stores("files", "read", "@attribute")
    def read(self, size=-1): ...
    @stores("files", "read", "@attribute")
    def chunks(self, chunk_size=None): ...
    @stores("files", "write", "@attribute")
    def write(self, content): ...
    def close(self): ...


class FileField(Field):
    def __get__(self, instance, owner) -> FieldFile: ...
    def __get_object__(self) -> FieldFile[Owner]: ...


class ImageField(FileField): ...


class FilePathField(_DataField):
    def __get__(self, instance, owner) -> str: ...


class GenericIPAddressField(_DataField):
    def __get__(self, instance, owner) -> str: ...


class IPAddressField(_DataField):
    def __get__(self, instance, owner) -> str: ...


class CommaSeparatedIntegerField(_DataField):
    def __get__(self, instance, owner) -> str: ...


class SmallAutoField(_DataField): ...


class GeneratedField(Field): ...
