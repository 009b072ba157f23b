"""The snippets that the call graph does not get exactly right yet, by what is wrong: to be emptied."""

_NAMES_BY_REASON = {
    "extra: the class that defines a method counts as its receiver, although only subclasses are in view": (
        "generic/three levels and only the lowest is used",
    ),
    "extra: a mixin's super() leads to object, although it never is the last of its hosts": (
        "classes/cooperative mixins",
    ),
    "missing: syntax other than loops, items read, binary operators and with does not lead to special methods": (
        "classes/numbers",
        "classes/comparison",
    ),
    "missing: deleters of properties, __set__, __set_name__, __setattr__, __delattr__ and read-only __getattr__": (
        "classes/property with setter and deleter",
    ),
    "missing: property(get, set) is not a property; extra: its arguments are taken for callbacks": (
        "classes/property made by hand",
    ),
    "extra: an instance of the class is taken for the result, beside what __new__ returns": (
        "classes/__new__ gives another class's instance",
    ),
    "missing: what __getattr__ of a class or a module returns": (
        "classes/proxy",
        "modules/lazy names by a table",
    ),
    "missing: a base class that is an argument, classes made by type(), type(self) and __class__, __subclasses__()": (
        "classes/class factory with a base as its argument",
        "classes/class made by type()",
        "classes/type() of an object",
        "classes/subclasses by __subclasses__",
    ),
    "missing: __post_init__, default_factory; extra: field() is taken for the value of the attribute": (
        "classes/factory of a dataclass field",
    ),
    "missing: methods of text, bytes, numbers, sets and tuples; extra: str() stands for the type": (
        "classes/slots, class variables and deleted names",
        "functions/methods of literals",
        "functions/methods of what built-ins return",
    ),
    "missing: an assignment through nonlocal, to an attribute of a function, by += on a list, by list + list": (
        "functions/attribute of a function",
    ),
    "extra: what partial() holds is taken for a callback; missing: its arguments are not handed on": (
        "functions/partial with a function as its argument",
    ),
    "missing: what send() hands to a generator; extra: a generator is taken for a list": (
        "functions/value sent into a generator",
    ),
    "missing: names put together with a constant part, globals()": ("functions/getattr of its own module by globals",),
    "missing: import_module with a relative or formatted name, __import__": ("modules/import by __import__",),
    "extra: a helper is told apart by its calls at one level only": (
        "generic/helper through a helper",
        "generic/helper with a callback in a lambda",
    ),
    "missing and extra: a star import does not hide what stood before it": (
        "modules/star import hides what stood before",
    ),
}

GAPS = {name: reason for reason, names in _NAMES_BY_REASON.items() for name in names}
"""Name of the snippet -> what is missing or extra."""
