"""Library summaries: stub files that say what a library's functions return and do.

A summary is an ordinary stub (``NAME.pyi``, named by the dotted module) whose functions may carry effects:

    @reads("T"), @inserts("T"), @updates("T"), @deletes("T")   the rows of the class bound to T (or ``Self``)
    @reads("T", "J")                the rows of T are loaded; those of J, and of more, are looked at on the way
    @scans("T")                     the rows are looked at and not loaded, so nothing is loaded along with them
    @scans_where_joined("T", "J")   the same, where anything stands for J
    @collects("T")                  what such a deletion would take along is looked up, to be shown
    @copies("T")                    the rows are copied into the table that their class keeps its copies in
    @builds("read", "T")            a query is made here and runs elsewhere
    @cascades("T"), @cascades_of_query("T")   deletes what depends on the rows, one row's or those a query selects
    @joins("J", "U")                J stands for what U stands for, too
    @looks_up("J", "T", "N")        J gains what is touched by lookups from T across relations, such as
                                    ``customer__name``: string arguments, names of keywords, and the names in N
    @loads_along("J", "T", "N")     the same for relations that are loaded along, whose rows are read to the last
    @loads_required("J", "T", "N")  the same, where the call names nothing, for all relations whose keys are never empty, by
                                    whose names N grows
    @orders("J", "T", "N")          J gains what is touched by the order that the call asks for, and N that it asks for one
    @comes_in_order("T", "N")       rows of T come in the order that their class states, unless N says that a call asked for one
    @selects_nothing()              the query that it gives never runs
    @lays_out("T")                  where several classes are given by position, T stands for tuples with a row of each, too
    @forgets("J")                   J stands for nothing from here on, but that the query says in which order rows come
    @scans_across("T", "a__b")      rows that lie along these paths of relations from T, or from a class of the summary, are looked at
    @names("N")                     N gains the string arguments and the names of keywords
    @names("N", "to_attr")          the same, unless this argument is given
    @executes("statement")          the argument is run: SQL text, or a statement object
    @transaction("session")         opens a transaction of that kind: around the block or the function that it is given to
    @commits("session"), @rolls_back("session")   end a transaction of that kind
    @connects("session")            what it gives is a connection of its own: nothing of others is committed by it
    @after_commit()                 what is called back runs after the transaction, outside of it
    @builds("lock", "T")            rows are locked until the transaction ends
    @stores("cache", "read", "key") something in a store of that kind is read, written or deleted (``open``: read or written, as the
                                    argument ``mode`` says); its name is the argument of that name (the first of several), or ``=constant``, or ``.Index.name``, an attribute of the receiver's class, or
                                    ``@attribute``, the attribute that the receiver was got by, or ``~N``, what N stands for, a
                                    type variable (see ``Given``); none means all of the store
    @stores("other database", "read", "~N unless T")  not where T stands for a table
    @stores("cache", "read", "~N", "function")  the same, done by the function that this argument is, if it has a name
    @invokes("F", "task")           the function bound to F runs, by this kind of call
    @listens("N", "receiver")       the argument is added to what waits under N, the last type variable of the object or a name
    @announces("N", "signal")       the functions that wait under N run, by this kind of call; ``@announces("N", "signal", "pairs")``:
                                    and are given back in a list, each with its result
    @gives("N")                     what waits under N is the result: the elements of a queue; ``@gives("N", "listed")``: in a list
    @calls_back("key", "T")         the argument, or each of the list that it is, is called, with values of T (and so on), or objects
                                    of the class T
    @runs("job", "task")            the argument, a function or the name of one, runs by this kind of call, with the
                                    arguments behind it
    @runs("job", "task", "args", "kwargs")  the same, with what the arguments of these names hold
    @draws("function")              the argument is called if it is a function
    @enters("task", "job", "name")  the argument, or what the result decorates, is an entry point of this kind, under the
                                    name that the last argument gives, if it does
    @serves("view", "path", "GET")  the same for HTTP: the path, and the method, or the argument that lists methods
    @mounts("path", "app")          routes that the argument holds, an application or a list, are found below the path
    @mounts("path")                 what is made is found below the path, wherever it is put
    @compares("T"), @sums("T")      values of T are compared with each other, or added up
    @tests("T")                     of each value of T it is asked whether it is true
    @compares("T", "key")           the same, where this argument is not given
    @compares_greater("T", "key")   the same, by ``>``
    @completes("__lt__", "__gt__ __le__", "__eq__")  decorates a class: those of these methods that it lacks are made of the first one, and
                                    call the last one too
    @opens("manager")               the argument is entered like the manager of a ``with`` block, and left in the end
    @puts("item", "heap")           the argument becomes an element of the other argument, a list
    @supplies("func")               the argument, a function, is kept together with the arguments behind it
    @supplies("func", "method")     the same; it will be called on an object, which is not among them
    @calls_own("run", "task")       the object's own method of that name runs, by this kind of call
    @calls_own("__getitem__", "call", "V")  the same; V stands for what it gives, too
    @unless("commit", False)        none of the effects, where this argument is this constant
    @unless("save", False, "calls_on")  not this effect, there
    @only_with("instance")          none of the effects, where this argument is not given
    @only_without("obj")            none of the effects, where this argument is given
    @made_with("instance", "data", "update", "create")  of what is called on the object ``update`` is called only where it was made with the
                                    first argument, ``instance``, and ``create`` only where it was made without; where that is seen: its
                                    maker is called in view, as a class or with the argument ``data``
    @hands_made_with("row", "instance"), @hands_made_without("row", "instance")  the argument ``row`` of a method that the library
                                    calls was made with that argument, or without
    @leaves_out("insert", "name")   no insert (and so on), where this argument is given, as something that is there
    @needs("cascade", "name")       no cascade (and so on), unless this argument may be given as something that counts as true
    @validates("T"), @saves_relations("T"), @replaces_relations("T"), @loads_relations("T"), @offers_choices("T"), @represents("T")
                                    what the class of a form or a serializer says that this does to the rows of its model
    @loads_fields("Self", "T")      the fields that the class declares are read from the object bound to T, and so on with the
                                    classes of the fields
    @calls_on("T", "get", "post")   these methods are called on what T stands for (``Self``: the object itself); ``visit_*``: all of
                                    the application's whose names begin so
    @calls_named("T", "N"), @asks_named("T", "N")   the method, or the attribute, of that name (see ``Name``) is called or read
    @leaves_to("T", "save", "M")    the same, for methods of the application: it is they that write the rows of M, then (of T,
                                    if there is no M)
    @runs_query_of("rows", "a b")   the query that this method of the object gives is run; with further names, only where the
                                    application's class has one of them; ``rows()``: what it gave whoever called it before
    @gives_own("queryset")          the result is what an attribute of that name of the object has, if the application gives it one
    @gives_members("T")             the result is a list of pairs of what the module, class or object bound to T has: each name, with what it is
    @gives_members("T", "wanted")   the same; of a module only what it defines itself, where the function ``wanted`` asks for that
    @holds("rows", "rows", "{M}_rows", ".called")  the result is a dictionary with what the object has as this attribute, or what its
                                    method gives (``rows()``), under these keys: ``{M}`` is the name of the class bound to M, in
                                    small letters, ``.called`` the text that its class has there; and with what its ancestors state
    @names_classes("T", "A")        A stands for the classes that the annotations of the function, or the class, bound to T name
    @renders("context")             queries in the argument, or in the dictionary that it is, are run
    @keeps("wrapped")               the argument is only kept, never called
    @sets("name", "value")          the object, or class, has an attribute of that name from then on
    @fills("default_factory")       the argument is called for a field of the class around, whenever an object is made without it
    @handles("converter")           the argument is called for a field of the class around, whenever an object is made
    @asks("thing", "__len__")       the first of these special methods that the argument has is called

``decompose.Reference[T]`` as a parameter's type means that a class may be given by its name in a string;
``decompose.Declared[T]`` that the string is a group of entry points, and T what the project itself declares there;
``decompose.DeclaredObject[T]`` the same with objects of the classes among them;
``decompose.TableName[T]`` that the string is the name of the table that T stands for from there on.
``decompose.Name[T]`` that T stands for the string, a name of an attribute.
``decompose.Given[T]`` that T stands for the argument, whatever it is: what names a store.
``Given[N] | TableName[T]``: the same, and T stands for a table where a text or a setting, ``$NAME``, names it.
``decompose.EveryTable`` stands for the rows of whatever table there is.
After ``joins`` and its like ``Self`` is the receiver's class with the type arguments that its variables have by then.
``__reached_by__ = "signature().parameters"`` in a class body: the class has no name of its own; this is how its objects are got.
``__hooks__ = "* clean_*"`` in a class body: methods that the library calls on an object of a subclass, those declared there and
some by their names. Of these ``__hooks_of_each_request__ = "setup"`` are called whatever method of an object answers a request; where
there is ``__hooks_answering__ = "create"``, the others are called only where one of these methods of the library does; where there is
``__hooks_called_by__ = "form_valid by post put, render by get"``, those named are, also of classes below.
``__named_hooks__ = "actions by list, columns"`` in a class body: attributes in which a subclass lists functions, or methods by their names,
which the library calls, and by which of its methods.
``__answered_in_transactions__ = "save_page by new_page, delete_page"`` in a class body: methods of the library that open a transaction
around each request, and by which others of it these are come to.
``__decorators_in__ = "decorators"`` in a class body: the attributes in which a subclass lists decorators of its methods.
``__is_its_argument__ = True`` in a class body: as an annotation with an argument, the class is a marker, and stands for that argument.
``__calls_nothing__`` in a class body: code outside calls none of the methods that subclasses define.
``__known_by__ = "query get"`` and ``__known_with__ = "Base Statement"`` in a class body: an object of which nothing else is known
is one of the class if one of these methods is called with one of these classes, or an instance of it.
``__offers_choices__`` in a class body: given to a template, an instance does what ``@offers_choices`` says.
``__begins_with__ = "get_queryset"`` in a class body: its methods are also those of what this method of a subclass gives.
``__queries_by_manager__ = "get_children"`` in a class body: methods whose query is one of the application's manager.
``__gives_methods__ = "get_next_by_{name}=get_next_by_FOO"`` in the class body of a field: methods that it gives its model under its own
name, each with the method of every model that does the same.
``__copies_rows_into__ = "{label}_historical{name}"`` in a class body: what a model has as an attribute of it makes a library copy
its rows into that table, and is a manager of ``__read_by__`` on the model.
``__binds_methods__`` in a class body: the functions that its first type argument stands for, and those that listen to them,
become methods of the object through which it is read.
``__get_class__`` and ``__get_object__`` in a class body: read through a class, or an object, an attribute of the class does what this
method does, with the class as ``Owner``. What a query names by ``names`` is not asked again of its rows by ``__get_object__``.
``__saves_nested__`` in the class body of a serializer: with ``saves_relations`` what the serializers inside were given is saved, too.
``__fields_of_row__`` in a class body: with ``loads_fields`` every field of the object is read, whatever the class declares.
``__keeps_models_below__`` in the class body of a model: the models below one are kept in its table.
``__each_has_its_own__ = True`` in the class body of a model: each database has such a table, for what the library itself keeps there; no split
gives it an owner.
``__has_more__ = True`` in a class body: it has methods of which nothing is told here; a method that no class of the application has is
the library's own. ``__keeps_attributes__`` in a class body: applications put attributes of their own on its objects, and things into the containers
that these have for them.
``__is_taken_for_granted__ = True`` in a class body: no code proves that an object is of this class, so what it does is inferred.
``__holds_data__ = True`` in the class body of a field: an attribute that a class declares by it holds plain data, whatever seems to be put
there: no function, no class, and no object of the application but members of its enumerations. ``__data_beside__ = "_id"``: so does the
attribute with that ending to its name.
``__keeps_rows__`` in the class body of a query: it keeps the rows that it has found, and is not run again.
``__gives_loaded__ = "all"`` beside it: of a collection of related rows, what this method gives was run already if the collection was loaded along.
``__container__ = "list"`` in a class body: what it makes is followed like the language's own container of that kind.
A class ``InheritedMapping`` beside ``Mapping = dict``: what a class inherits from that names ``Mapping`` as its base.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache, lru_cache, partial
from importlib import metadata, resources

from decompose.facts import FileFacts, extract
from decompose.facts.type_parameters import has_type_parameters
from decompose.linking.libraries.framework import known_frameworks

ENTRY_POINT_GROUP = "decompose.summaries"
"""Third parties add summaries with an entry point of this group: a function returning ``{module: stub text}``."""

_ALWAYS = frozenset({"builtins", "decompose", "typing", "collections"})

_OWN = (
    "from typing import Generic, TypeVar\nT = TypeVar('T')\n"
    + "".join(
        f"class {name}(Generic[T]): ...\n"
        for name in ("Reference", "TableName", "Name", "Given", "Declared", "DeclaredObject")
    )
    + "K = TypeVar('K')\nclass Kind(Generic[T, K]): ...\n"
    + "class EveryTable: ...\n"
)


_SAME_INTERFACE = {
    "MySQLdb": "pymysql",
    "opensearch_dsl": "elasticsearch_dsl",
    "opensearchpy.helpers": "elasticsearch.helpers",
}
"""Libraries that were written to take the place of others, name for name."""


def load_summaries(imported: frozenset[str]) -> list[tuple[str, FileFacts]]:
    """Module name and facts of the summaries that an application needs which imports these packages; built-ins first.

    What the needed ones import is needed too. The rest is not even read.
    """
    texts = _texts()
    needed: dict[str, FileFacts] = {}
    packages = set(imported) | _ALWAYS
    while True:
        found = [name for name in texts if name not in needed and name.partition(".")[0] in packages]
        if not found:
            break
        for name in found:
            needed[name] = facts_of_summary(name)
            packages.update(needed[name].packages)
    names = sorted(needed, key=lambda name: (name != "builtins", name))
    return [(name, needed[name]) for name in names]


@lru_cache(maxsize=1)
def _texts() -> dict[str, Callable[[], str]]:
    """Every summary, to be read when it is needed."""
    folder = resources.files("decompose.linking.libraries") / "stubs"
    texts: dict[str, Callable[[], str]] = {
        file.name.removesuffix(".pyi"): partial(file.read_text, encoding="utf-8")
        for file in folder.iterdir()
        if file.name.endswith(".pyi")
    }
    texts.update((name, texts[other]) for name, other in _SAME_INTERFACE.items())
    for framework in known_frameworks():
        texts.update((name, partial(str, text)) for name, text in framework.summaries.items())
    for entry_point in metadata.entry_points(group=ENTRY_POINT_GROUP):
        texts.update((name, partial(str, text)) for name, text in entry_point.load()().items())
    texts["decompose"] = partial(str, _OWN)
    return texts


def summarised_modules() -> frozenset[str]:
    """The names of all modules of which there is a summary."""
    return frozenset(_texts())


@cache
def facts_of_summary(name: str) -> FileFacts:
    """What the summary of a module says."""
    text = _texts()[name]()
    return extract(
        ast.parse(text), has_nonlocal="nonlocal" in text, has_type_parameters=has_type_parameters(text.encode())
    )
