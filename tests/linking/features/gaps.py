"""The snippets that the call graph does not get exactly right yet, by what is wrong: to be emptied."""

_NAMES_BY_REASON = {
    "missing: an object that stands for a number or a position leads to no __index__": ("classes/numbers",),
    "missing: property(get, set) has no setter": ("classes/property made by hand",),
    "missing: a base class that is an argument, and what the table of a class made by type() holds": (
        "classes/class factory with a base as its argument",
        "classes/class made by type()",
    ),
    "missing: default_factory is not called": ("classes/factory of a dataclass field",),
    "missing: methods of text, bytes, numbers, sets and tuples that a call or a literal gives": (
        "classes/slots, class variables and deleted names",
        "functions/methods of literals",
        "functions/methods of what built-ins return",
    ),
    "missing: what send() hands to a generator; extra: a generator is taken for a list": (
        "functions/value sent into a generator",
    ),
    "extra: an element counted from the end of a list may be any": ("functions/callbacks in tuples inside a list",),
    "missing: the text that an enumeration's member has as its name": (
        "classes/enumeration with behaviour in its members",
    ),
    "extra: the bound of a type variable counts beside what is given for it": (
        "types/helper returns what its class argument makes",
    ),
    "missing: globals()": ("functions/getattr of its own module by globals",),
    "extra: a helper is told apart by its calls two levels deep only": ("generic/helper with a callback in a lambda",),
    "missing and extra: a star import does not hide what stood before it": (
        "modules/star import hides what stood before",
    ),
}

GAPS = {name: reason for reason, names in _NAMES_BY_REASON.items() for name in names}
"""Name of the snippet -> what is missing or extra."""
