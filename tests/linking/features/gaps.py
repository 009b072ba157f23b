"""The snippets that the call graph does not get exactly right yet, by what is wrong: to be emptied."""

_NAMES_BY_REASON = {
    "extra: the class that defines a method counts as its receiver, although only subclasses are in view": (
        "classes/super follows the order of the receiver's class",
        "classes/super in a class method and in a property",
        "classes/class methods and static methods",
        "classes/property of a subclass",
        "generic/class method of the base for each subclass",
        "generic/three levels and only the lowest is used",
        "modules/class inherited across modules",
    ),
    "extra: a mixin's super() leads to object, although it never is the last of its hosts": (
        "classes/cooperative mixins",
    ),
    "missing: abstractmethod, overload and cached_property as decorators are no calls": (
        "classes/abstract base class",
        "classes/cached property",
        "types/declared base class may be any subclass",
        "types/overloads",
    ),
    "missing: syntax other than loops, items read, binary operators and with does not lead to special methods": (
        "classes/awaitable object",
        "classes/items",
        "classes/numbers",
        "classes/text",
        "classes/comparison",
        "classes/length and truth",
        "classes/iteration by a built-in",
        "classes/special methods are those of the class",
        "classes/exception raised without parentheses",
        "classes/subclass of a built-in",
    ),
    "missing: __isub__; extra: __radd__ where __add__ answers": ("classes/arithmetic",),
    "missing: deleters of properties, __set__, __set_name__, __setattr__, __delattr__ and read-only __getattr__": (
        "classes/property with setter and deleter",
        "classes/descriptor",
        "classes/attribute access in one's own hands",
    ),
    "missing: property(get, set) is not a property; extra: its arguments are taken for callbacks": (
        "classes/property made by hand",
    ),
    "extra: an instance of the class is taken for the result, beside what __new__ returns": (
        "classes/__new__ gives another class's instance",
    ),
    "missing: what __getattr__ of a class or a module returns": (
        "classes/proxy",
        "modules/lazy names of a module",
        "modules/lazy names by a table",
    ),
    "missing: a base class that is an argument, classes made by type(), type(self) and __class__, __subclasses__()": (
        "classes/class factory with a base as its argument",
        "classes/class made by type()",
        "classes/type() of an object",
        "classes/subclasses by __subclasses__",
    ),
    "missing: a metaclass's __new__ and methods, type as its base; extra: object in its place": (
        "classes/metaclass that constructs",
        "classes/metaclass that registers",
    ),
    "missing: __init_subclass__ is not called by the definition of a subclass": (
        "classes/registration by __init_subclass__",
        "classes/registration by __init_subclass__ with an argument",
    ),
    "missing: __post_init__, default_factory; extra: field() is taken for the value of the attribute": (
        "classes/dataclass",
        "classes/factory of a dataclass field",
    ),
    "missing: a named tuple is not unpacked by its fields": ("classes/named tuple",),
    "missing: members of an enumeration are not constructed": ("classes/enumeration with a constructor",),
    "extra: private names of a subclass answer for those of its base": ("classes/private names",),
    "missing: methods of text, bytes, numbers, sets and tuples; extra: str() stands for the type": (
        "classes/slots, class variables and deleted names",
        "functions/methods of literals",
        "functions/methods of what built-ins return",
        "functions/min, max, sort and reduce",
        "types/plain types",
    ),
    "missing: an assignment through nonlocal, to an attribute of a function, by += on a list, by list + list": (
        "functions/nonlocal assigned in a closure",
        "functions/attribute of a function",
        "functions/list grown by an augmented assignment",
        "functions/list extended, inserted and added",
    ),
    "extra: the elements of a list are not told apart by their numbers": (
        "functions/list unpacked into arguments",
        "functions/list element by its number",
        "functions/unpacking with a star",
    ),
    "extra: what partial() holds is taken for a callback; missing: its arguments are not handed on": (
        "functions/partial with a function as its argument",
        "functions/partial that nobody calls",
    ),
    "extra: the argument of wraps() is taken for a callback": ("functions/decorator with functools.wraps",),
    "missing: the function that lru_cache(...) decorates is not called by its callers": ("functions/cached function",),
    "missing: what send() hands to a generator; extra: a generator is taken for a list": (
        "functions/value sent into a generator",
        "types/iterator and generator results",
    ),
    "missing: the results of the function given to map(); extra: object in their place": (
        "functions/map gives what the function returns",
    ),
    "extra: a lambda called in its own function beside others is a recursion": (
        "functions/dispatch table of lambdas and methods",
    ),
    "missing: names put together with a constant part, globals()": (
        "functions/getattr with a formatted name",
        "functions/getattr with a concatenated name and a default",
        "functions/getattr of its own module by globals",
    ),
    "missing: import_module with a relative or formatted name, __import__": (
        "modules/import_module with a constant",
        "modules/import_module with a formatted name",
        "modules/import by __import__",
    ),
    "extra: a helper is told apart by its calls at one level only": (
        "generic/helper through a helper",
        "generic/helper with a callback in a lambda",
    ),
    "missing and extra: a star import does not hide what stood before it": (
        "modules/star import hides what stood before",
    ),
    "missing: an annotation beside a constant is not read through the class": (
        "types/annotated attribute with a plain default",
    ),
    "missing: a type variable that a method returns, by the receiver's argument or its subclass's": (
        "types/generic class by its argument",
        "types/generic class by its subclass",
    ),
    "missing: TypeVar(bound), Callable[[], A], NewType, cast, *args: A, keys of a TypedDict": (
        "types/bound of a type variable",
        "types/callable that is declared",
        "types/NewType",
        "types/cast",
        "types/annotated rest of the arguments",
        "types/keys of a TypedDict",
    ),
    "extra: an attribute that a built-in type does not have": ("types/isinstance narrows",),
}

GAPS = {name: reason for reason, names in _NAMES_BY_REASON.items() for name in names}
"""Name of the snippet -> what is missing or extra."""
