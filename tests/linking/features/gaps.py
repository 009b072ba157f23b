"""The snippets that the call graph does not get exactly right yet, by what is wrong: to be emptied."""

_NAMES_BY_REASON = {
    "extra: which names of a list are asked for is not followed": (
        "functions/pipeline of generators chosen by a comprehension",
    ),
    "extra: a default in the place of what one call gives is that of all calls": (
        "idioms/dependency container with factories and singletons",
    ),
    "missing: a global by a name that callers give": (
        "functions/functions kept as attributes of functions and called by getattr",
    ),
    "missing: text that what an abstract property gives hands out": (
        "classes/abstract property and a template in the base",
    ),
    "extra: a helper is told apart by its calls two levels deep only": ("generic/helper with a callback in a lambda",),
    "extra: what a name holds in a loop it held all the time": (
        "functions/middleware of callables around a handler",
        "functions/wrapped in a loop over decorators",
        "functions/middleware classes in a chain that is built backwards",
        "generic/middleware chain folded from classes",
        "programs/middleware chain",
        "functions/function composed from a list of functions by a loop",
    ),
    "extra: what a base does with self it does with each subclass": (
        "classes/exception that is made by a class method and caught by its base",
        "types/frozen dataclass order and inheritance",
    ),
    "missing: which class a wrapped method of a metaclass makes": ("classes/call of a metaclass below a decorator",),
    "extra: a class made while running is one with its base": (
        "classes/class that is subscripted to make a typed list",
        "classes/factory of classes and a registry of pairs of class and options",
        "classes/class that is subscripted gives a subclass with another target",
    ),
    "extra: a list of the class around is not looked up for a name": ("generic/pipeline of steps named in a list",),
    "extra: which item is asked for is not followed": (
        "functions/method caller, attribute getter and item getter",
        "functions/callable kept in a named tuple and in a frozen dataclass",
        "functions/list appended, extended, sliced and popped",
        "types/named tuple with methods",
    ),
    "extra: which of the attributes of a class are marked": ("classes/class decorator that collects marked methods",),
    "missing: that each attribute of an object is asked through one method": (
        "classes/object whose every attribute is asked through one method",
    ),
    "missing: that an attribute which is set is converted and checked": (
        "classes/attrs class with converters, a validator and a default by decorator",
    ),
    "missing: that what is equal by its hash is compared": (
        "classes/linked nodes with slots that compare, hash and copy",
        "classes/money with division, comparison by both sides and hashing in a set",
    ),
    "missing: what an own method gives in the place of that of a list": (
        "classes/text that is a class of its own, and a list that checks",
    ),
    "missing: every attribute that an object has": (
        "functions/mixin that registers routes from marked methods",
        "applications/checks found among the members of an object",
    ),
    "missing: that a module of settings holds text": (
        "modules/settings module chosen by name, with a class path in it",
    ),
    "missing: what a library hands to its hooks": (
        "classes/handlers and filters of the logging module",
        "programs/command line that is built from decorated functions",
        "applications/text replaced by what functions give",
        "applications/reader of pages with hooks for its tags",
        "applications/formatter that looks up what a text asks for",
    ),
    "extra: which type an argument has is not asked where a function is chosen by it": (
        "functions/single dispatch by type of the argument",
        "functions/singledispatch on annotations",
        "idioms/single dispatch and a registry of its implementations",
        "functions/single dispatch with a class that registers itself",
    ),
    "missing: that what a converter gives is text": ("types/attrs class with a converter, a validator and a factory",),
    "extra: what another module puts in place of a function does not hide it": (
        "modules/monkey patched module attribute and method",
    ),
    "extra: what an attribute is declared to hold may be of any class that takes its place, whichever are put in": (
        "types/declared attribute lists",
    ),
    "extra: a test of an attribute's class tells nothing of the attribute": (
        "programs/state machine with states as classes",
    ),
    "missing: that what stands in the environment is text": (
        "programs/settings object that reads the environment once",
    ),
    "missing: that an object of a class which is given to code outside is called": (
        "applications/action of the argument parser, and a function as a type",
    ),
    "missing: what a namespace is made with": (
        "applications/functions in a namespace and in a table that cannot be changed",
    ),
    "missing and extra: a set of weak references is named as a set": (
        "programs/weak registry of instances and a class-level counter",
    ),
    "missing: what a wrapper says that it wraps": ("functions/function that is cached and one that is wrapped twice",),
    "missing and extra: a star import does not hide what stood before it": (
        "modules/star import hides what stood before",
    ),
    "missing: that what a dictionary holds under a key is text, where other keys hold other things": (
        "functions/map filter and sorted with keys",
        "mixed/attribute by name over a fixed list, with a default function",
    ),
    "extra: what the keywords of a class are given is not known by their names": (
        "mixed/metaclass that keeps a registry and a call hook",
    ),
    "extra: which of the exceptions below the one named arrives": (
        "functions/exception hierarchy with handler objects",
        "idioms/exception classes with a hierarchy, chaining and notes",
    ),
    "missing and extra: what binds a decorated method is called through it": ("functions/stacked decorators rewrap",),
    "extra: which of two definitions a version of Python takes": ("functions/conditional definitions",),
    "missing and extra: what a metaclass puts into the body of a class, or is asked for": (
        "classes/metaclass prepares a namespace that refuses doubles",
        "classes/metaclass that wraps methods",
        "classes/metaclass with prepare and class property",
    ),
    "extra: that what an attribute held before is replaced": (
        "classes/state machine swaps its class attribute",
        "classes/replaced method on one instance",
        "classes/monkeypatched class method",
        "classes/property gives an object whose method is called",
        "idioms/class decorator that wraps the public methods",
        "idioms/methods that inspection finds are wrapped",
        "programs/dependency injection container",
    ),
    "extra: a table is asked for all keys that it is given": ("functions/table of converters by type with a fallback",),
    "extra: what a name of the function around held before that bound it anew": (
        "functions/closure cell is rebound before it is called",
    ),
    "missing: that what a parameter is given is text": (
        "classes/borg state with a property and a class method that resets",
        "modules/commands that a registry module collects from two others",
        "types/match on classes, mappings, sequences and guards",
        "functions/partial of a partial, and of a method",
        "mixed/descriptor that knows its name and its owner",
        "mixed/stack of methods as handlers of a retrying client",
    ),
    "extra: that the call of a metaclass takes the place of making an object": (
        "idioms/metaclass whose call keeps one object for each key",
    ),
    "missing and extra: what is set under names that are asked of the class itself": (
        "idioms/methods that are wrapped by names asked of the class",
    ),
    "extra: that an operator asks the right side only where the left one does not answer": (
        "idioms/arithmetic between classes that answer from the right",
    ),
    "missing: what matches of a pattern are": ("programs/tokenizer and parser",),
    "missing: what the annotations in a class body name": (
        "programs/checks gathered from a class's annotations and run for each field",
    ),
}

GAPS = {name: reason for reason, names in _NAMES_BY_REASON.items() for name in names}
"""Name of the snippet -> what is missing or extra."""
