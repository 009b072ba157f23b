"""Celery's tasks with a class of their own: ``@app.task(base=Import, bind=True)`` makes the function a method of that class."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.frames import Site
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.makers import Makers
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Scope
from decompose.linking.registrations import Registrations
from decompose.linking.values import Value
from decompose.linking.wiring import Given, Wire, own_frame

_DECORATORS = ("celery:Celery.task", "celery:shared_task")
_AROUND = ("before_start", "on_failure", "on_success", "on_retry", "after_return")


def wires(linked: Linked) -> Iterator[Given | Wire]:
    """What a task that is bound is given first: itself, an object of the class that it names as its base.

    The methods of that class that are for it run around each task, bound or not.
    """
    for site in linked.sites_calling(*_DECORATORS):
        scope = site.frame.scope
        bases = _bases(linked, site) if site.kind == "call" and not scope.library else []
        bound = bool(bases) and linked.keyword(scope, site.operation, "bind") is True
        for function in _tasks(linked, site) if bases else ():
            for base in bases:
                yield from _around(linked, function, base)
                if bound and function.facts.parameters:
                    value = _as_value(linked, function)
                    yield Given(value, function.facts.parameters[0][0], linked.values.instance(base))


def _around(linked: Linked, function: Scope, base: int) -> Iterator[Wire]:
    """From a task to what its class has run around it."""
    cls = linked.program.scopes[base]
    for name in _AROUND:
        found = linked.bound_method(cls, name)
        if found is not None:
            acting = linked.values.instance(base)
            yield Wire(function, function.facts.line, found[0], "callback", "runs around the task", acting=acting)


def _as_value(linked: Linked, function: Scope) -> Value:
    home = function.parent
    frame = own_frame(linked.engine, home) if home is not None else linked.engine.module_frame(function.module)
    return linked.values.intern("F", function.index, frame.index)


def _bases(linked: Linked, site: Site) -> list[int]:
    """The classes of the application that a decorator is given as the base of its task."""
    described = (linked.values[value] for value in linked.argument_values(site, keyword_ref(site.operation, "base")))
    return sorted(d[1] for d in described if d[0] == "C" and not linked.program.scopes[d[1]].library)


def _tasks(linked: Linked, site: Site) -> Iterator[Scope]:
    for place, decorated, _ in Registrations(Makers(linked)).decorated(site):
        yield from (handler for handler in linked.handlers(place, decorated) if handler.is_function)


FRAMEWORK = Framework(
    name="Celery's bases of tasks",
    summaries={},
    packages=("celery",),
    wires=(wires,),
    examples=(
        Example(
            """
            from celery import Celery, Task, shared_task

            app = Celery("m")

            class Import(Task):
                def before_start(self, task_id, args, kwargs): pass
                def execute(self): pass

            class Export(Task):
                def execute(self): pass

            @app.task(base=Import, bind=True)
            def load(self, number): self.execute()

            @shared_task(bind=True, base=Export)
            def send(task): task.execute()

            @app.task(base=Import)
            def count(numbers): numbers.execute()
            """,
            entries=frozenset({"task m.load -> m:load", "task m.send -> m:send", "task m.count -> m:count"}),
            calls=frozenset(
                {
                    "m:load -[call]-> m:Import.execute",
                    "m:send -[call]-> m:Export.execute",
                    "m:load -[callback]-> m:Import.before_start",
                    "m:count -[callback]-> m:Import.before_start",
                    "m:Import -[callback]-> m:Import.before_start",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            import celery

            class Import:
                def execute(self): pass

            class Export:
                def execute(self): pass

            class Board:
                def task(self, base, bind):
                    return lambda function: function

            board = Board()

            @board.task(base=Import, bind=True)
            def load(self): self.execute()
            """,
            calls=frozenset(
                {
                    "m: -[construct]-> m:Board",
                    "m: -[call]-> m:Board.task",
                    "m: -[decorate]-> m:Board.task",
                }
            ),
        ),
    ),
)
