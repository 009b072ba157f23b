"""The words by which the rules and kinds of dependencies and accesses are known."""

from __future__ import annotations

CALL_KINDS = frozenset({"call", "construct", "decorate", "callback", "signal", "task", "template", "property"})
"""Kinds of dependency that run code of the target; ``inherit``, ``import``, ``type-import`` (only under
``TYPE_CHECKING``) and ``reference`` do not."""

RUNS_DECORATED = "runs what it decorates"
"""The rule of a call from a wrapper to the function it wraps: true, but it ties nobody to the decorator's author."""

BY_NAME, BY_ATTRIBUTE, BY_VALUE = "name", "attribute of a known value", "value followed through the program"
"""The rules of plain calls, by how the code names what it calls."""

ONE_OF = "one of "
"""How the rule begins of a call of one of several functions that reach it."""

DECLARED_TYPE = "declared type"
"""The rule of a call of what the declared type of an object has, or a class derived from that."""

REACH_LINE = "tables that reach this line"
"""Stands in the rule of an access to one of several tables."""

ONLY_IN_TESTS = "only where a setting for tests is on"
"""The rule of a call under a condition that only tests meet, such as that tasks run at once: nobody runs it in operation."""

INSTEAD_OF_QUEUE = "where a setting says that it is not queued"
"""The rule of a call of what the same function puts into a queue, unless a setting turns that off."""

TIES_NOBODY = frozenset({RUNS_DECORATED, ONLY_IN_TESTS, INSTEAD_OF_QUEUE})
"""Rules of calls that are no reason to keep the two together."""

GIVEN = "a function that its caller gives it"
"""The rule of a call of a parameter: such a function cannot be given over a network."""

GIVEN_AROUND = "a function that is given to the one around it"
"""The same for a function within a function, such as the wrapper that a decorator makes."""

RETURNED = "query returned"
"""The rule of a query that a function makes and hands back: it runs after the function has."""

BY_LIBRARY = "called by a library"
"""The rule of a call that a library makes of a function that it was handed."""

PASSED_OUTSIDE = "passed to code outside"
"""The rule of a call that code of which nothing is known may make of what it was handed."""

ALONG = "along with others"
"""How the rule ends of an access to what a statement touches besides the rows that it is about."""

BY_CASCADE = "by cascade"
"""Stands in the rule of an access to rows of others that are deleted or changed because a row is deleted."""

BY_COPY = "by copy"
"""Stands in the rule of an access to a history that a change of a row is copied to."""

APART = ", in a statement of its own"
"""Stands in the rule of an access where other statements run on the line as well: it is no part of a join with theirs."""

THROUGH_DECORATOR = "through"
"""The kind that says the same for people: who calls a decorated function runs it, whatever wrapper is called first."""

REQUEST = "request"
"""The scope of a transaction that a framework opens around each request."""
