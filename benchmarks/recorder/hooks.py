"""Tells a recorder of each statement. Each ``install_X`` changes library X in place, for the rest of the process."""

import contextlib
import functools
import importlib.util
import re
import sys


def install(recorder, names=None):
    """Install the hooks of NAMES, or of each ORM that can be imported. The names of those installed."""
    done = []
    for name in names or ("django", "sqlalchemy", "peewee"):
        if importlib.util.find_spec(name.split(".")[0]) is not None:
            HOOKS[name](recorder)
            done.append(name)
        elif names:
            raise SystemExit("recorder: no module named %s" % name)
    return done


def _origins(recorder, places, call, *args, **kwargs):
    """Call with PLACES as the origins of the statements made meanwhile."""
    before = getattr(recorder.local, "origins", ())
    recorder.local.origins = places
    try:
        return call(*args, **kwargs)
    finally:
        recorder.local.origins = before


def _with(place, places):
    return places if place is None or place in places else (*places, place)


# -- Django -----------------------------------------------------------------------------------------------------


def install_django(recorder):
    """Statements come from each connection's execute wrapper; their origins from the Query, which each queryset
    method copies together with the stamp put on it here.
    """
    from django.db.backends.signals import connection_created
    from django.db.models.sql import compiler
    from django.db.models.sql.query import Query

    def wrapper(execute, sql, params, many, context):
        recorder.record(sql, sys._getframe(1))
        return execute(sql, params, many, context)

    def connected(sender, connection, **kwargs):
        if wrapper not in connection.execute_wrappers:
            connection.execute_wrappers.append(wrapper)

    connection_created.connect(connected, weak=False, dispatch_uid="recorder")

    init, chain = Query.__init__, Query.chain

    @functools.wraps(init)
    def new_init(self, *args, **kwargs):
        init(self, *args, **kwargs)
        self._recorder = _with(recorder.here(sys._getframe(1)), ())

    @functools.wraps(chain)
    def new_chain(self, *args, **kwargs):
        made = chain(self, *args, **kwargs)
        made._recorder = _with(recorder.here(sys._getframe(1)), getattr(self, "_recorder", ()))
        return made

    Query.__init__, Query.chain = new_init, new_chain

    for cls in vars(compiler).values():
        if isinstance(cls, type) and "execute_sql" in vars(cls):
            _wrap_execute_sql(recorder, cls)


def _wrap_execute_sql(recorder, cls):
    execute_sql = cls.execute_sql

    @functools.wraps(execute_sql)
    def new(self, *args, **kwargs):
        return _origins(recorder, getattr(self.query, "_recorder", ()), execute_sql, self, *args, **kwargs)

    cls.execute_sql = new


def django_tables(recorder):
    from django.apps import apps

    if apps.ready:
        for model in apps.get_models(include_auto_created=True, include_swapped=True):
            _table(recorder, model._meta.db_table, model, app_label=model._meta.app_label)


def _table(recorder, table, cls, **more):
    module = sys.modules.get(cls.__module__)
    file = recorder.app_file(getattr(module, "__file__", None) or "<none>")
    known = recorder.tables.get(table)
    if known is None or (file and not known["file"]):
        recorder.tables[table] = dict(
            model="%s:%s" % (cls.__module__, cls.__qualname__), file=file, own=bool(file), **more
        )


# -- SQLAlchemy -------------------------------------------------------------------------------------------------


def install_sqlalchemy(recorder):
    """Statements come from before_cursor_execute. Origins: of a query, the functions that built it; of a row written
    at a flush, those that made the object, set its attributes, or asked for its deletion.
    """
    from sqlalchemy import event
    from sqlalchemy.engine import Engine
    from sqlalchemy.orm import Mapper, Session, attributes
    from sqlalchemy.orm.query import Query
    from sqlalchemy.sql import selectable
    from sqlalchemy.sql.base import Generative

    local = recorder.local

    @event.listens_for(Engine, "before_cursor_execute")
    def before(conn, cursor, statement, parameters, context, executemany):
        recorder.record(statement, sys._getframe(1), _flushed(local, statement))

    def stamp(made, by):
        with contextlib.suppress(AttributeError, TypeError):
            made.__dict__["_recorder"] = _with(recorder.here(sys._getframe(1)), getattr(by, "_recorder", ()))
        return made

    for cls in {Generative, Query}:
        if "_generate" in vars(cls):

            def new_generate(self, *args, _generate=cls._generate, **kwargs):
                return stamp(_generate(self, *args, **kwargs), self)

            cls._generate = new_generate
    for cls in (Query, selectable.Select):
        if "__init__" in vars(cls):

            def new_init(self, *args, _init=cls.__init__, **kwargs):
                _init(self, *args, **kwargs)
                stamp(self, self)

            cls.__init__ = new_init

    for cls, names in (
        (Query, ("_iter", "__iter__", "update", "delete", "_execute_and_instances")),
        (Session, ("execute", "scalars", "scalar")),
    ):
        for name in names:
            if name in vars(cls):
                setattr(cls, name, _with_statement_origins(recorder, getattr(cls, name), cls is Query))

    set_attribute, delete = attributes.InstrumentedAttribute.__set__, Session.delete

    def touch(obj):
        state = getattr(obj, "_sa_instance_state", None)
        here = recorder.here(sys._getframe(1))
        if state is not None and here is not None:
            state.info.setdefault("recorder", {})[here] = None

    def new_set(self, instance, value):
        set_attribute(self, instance, value)
        touch(instance)

    def new_delete(self, instance, *args, **kwargs):
        touch(instance)
        return delete(self, instance, *args, **kwargs)

    attributes.InstrumentedAttribute.__set__, Session.delete = new_set, new_delete

    @event.listens_for(Mapper, "init")
    def init(target, args, kwargs):
        touch(target)

    def written(verb):
        def listener(mapper, connection, target):
            state = target._sa_instance_state
            places = state.info.pop("recorder", ())
            for table in _written_tables(mapper, state, verb):
                vars(local).setdefault("flushed", {}).setdefault((verb, table), {}).update(dict.fromkeys(places))

        return listener

    for verb in ("insert", "update", "delete"):
        event.listen(Mapper, "before_" + verb, written(verb))

    @event.listens_for(Session, "after_flush")
    def after(session, flush_context):
        vars(local).pop("flushed", None)


WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE)\s+(?:INTO\s+|FROM\s+)?([\w.\"`\[\]]+)", re.I)


def _flushed(local, statement):
    """The places that made, changed or deleted the objects whose rows this statement of a flush writes, or None."""
    flushed = getattr(local, "flushed", None)
    write = WRITE.match(statement) if flushed else None
    if write:
        places = flushed.get((write.group(1).lower(), re.sub(r"[\"`\[\]]", "", write.group(2))))
        return sorted(places) if places else None
    return None


def _written_tables(mapper, state, verb):
    tables = [t for t in mapper.tables if getattr(t, "fullname", None)]
    if verb == "update":
        changed = {
            c.table
            for key in state.committed_state
            if key in mapper.column_attrs
            for c in mapper.column_attrs[key].columns
            if getattr(c, "table", None) is not None
        }
        tables = [t for t in tables if t in changed]
    return [t.fullname for t in tables]


def _with_statement_origins(recorder, method, of_self):
    @functools.wraps(method)
    def new(self, *args, **kwargs):
        source = self if of_self else (args[0] if args else kwargs.get("statement"))
        places = getattr(source, "_recorder", None)
        if places is None:
            return method(self, *args, **kwargs)
        return _origins(recorder, places, method, self, *args, **kwargs)

    return new


def sqlalchemy_tables(recorder):
    import gc

    from sqlalchemy import MetaData, Table
    from sqlalchemy.orm import Mapper

    library = {
        id(v)
        for name, module in list(sys.modules.items())
        if name.startswith("sqlalchemy.")
        for v in vars(module).values()
        if isinstance(v, MetaData)
    }
    objects = gc.get_objects()
    mapped, own = {}, set()
    for mapper in [o for o in objects if issubclass(type(o), Mapper)]:
        table = mapper.local_table
        if isinstance(table, Table):
            _table(recorder, table.fullname, mapper.class_)
            mapped.setdefault(id(table.metadata), table.metadata)
            if recorder.tables[table.fullname]["own"]:
                own.add(id(table.metadata))
    for table in [o for o in objects if issubclass(type(o), Table)]:
        metadata = id(table.metadata)
        if metadata not in library:
            recorder.tables.setdefault(
                table.fullname, {"model": None, "file": None, "own": metadata in own or metadata not in mapped}
            )


# -- peewee -----------------------------------------------------------------------------------------------------


def install_peewee(recorder):
    import peewee

    execute_sql = peewee.Database.execute_sql

    @functools.wraps(execute_sql)
    def new(self, sql, *args, **kwargs):
        recorder.record(sql, sys._getframe(1))
        return execute_sql(self, sql, *args, **kwargs)

    peewee.Database.execute_sql = new


# -- drivers, for applications that write their SQL themselves --------------------------------------------------


def _traced(recorder, base):
    """A subclass of a driver's cursor or connection class that records what it executes, once where one calls another."""

    def method(name):
        def new(self, sql, *args, **kwargs):
            outermost = not getattr(recorder.local, "executing", False)
            if outermost:
                recorder.record(sql, sys._getframe(1))
                recorder.local.executing = True
            try:
                return getattr(super(cls, self), name)(sql, *args, **kwargs)
            finally:
                if outermost:
                    recorder.local.executing = False

        return new

    names = [n for n in ("execute", "executemany", "executescript") if hasattr(base, n)]
    cls = type(base.__name__, (base,), {n: method(n) for n in names})
    return cls


def install_sqlite3(recorder):
    import sqlite3

    connect = sqlite3.connect
    traced = functools.lru_cache(maxsize=None)(functools.partial(_traced, recorder))

    @functools.lru_cache(maxsize=None)
    def traced_connection(base):
        class Connection(traced(base)):
            def cursor(self, factory=sqlite3.Cursor):
                return super().cursor(traced(factory))

        return Connection

    @functools.wraps(connect)
    def new(*args, **kwargs):
        kwargs["factory"] = traced_connection(kwargs.get("factory") or sqlite3.Connection)
        return connect(*args, **kwargs)

    sqlite3.connect = sqlite3.dbapi2.connect = new


def install_psycopg2(recorder):
    import psycopg2
    from psycopg2.extensions import cursor as plain

    connect = psycopg2.connect

    @functools.wraps(connect)
    def new(*args, **kwargs):
        kwargs["cursor_factory"] = _traced(recorder, kwargs.get("cursor_factory") or plain)
        return connect(*args, **kwargs)

    psycopg2.connect = new


def _record_calls(recorder, classes, names):
    """Record at the call of each method of NAMES, coroutine functions too: the caller's frame is on the stack then."""

    def recording(method):
        @functools.wraps(method)
        def new(self, query, *args, **kwargs):
            recorder.record(query, sys._getframe(1))
            return method(self, query, *args, **kwargs)

        return new

    for cls in classes:
        for name in names:
            if name in vars(cls):
                setattr(cls, name, recording(getattr(cls, name)))


def install_psycopg(recorder):
    import psycopg

    _record_calls(recorder, (psycopg.Cursor, psycopg.AsyncCursor), ("execute", "executemany"))


def install_asyncpg(recorder):
    import asyncpg

    _record_calls(recorder, (asyncpg.Connection,), ("execute", "executemany", "fetch", "fetchrow", "fetchval"))


def install_aiosqlite(recorder):
    import aiosqlite

    names = ("execute", "executemany", "executescript", "execute_insert", "execute_fetchall")
    _record_calls(recorder, (aiosqlite.Connection, aiosqlite.Cursor), names)


HOOKS = {
    "django": install_django,
    "sqlalchemy": install_sqlalchemy,
    "peewee": install_peewee,
    "sqlite3": install_sqlite3,
    "psycopg2": install_psycopg2,
    "psycopg": install_psycopg,
    "asyncpg": install_asyncpg,
    "aiosqlite": install_aiosqlite,
}


def describe_tables(recorder):
    """Add to the recorder what the ORMs in this process know of their tables."""
    for name, describe in (("django.apps", django_tables), ("sqlalchemy.orm", sqlalchemy_tables)):
        if name in sys.modules:
            describe(recorder)
