"""Temporal: activities and workflows that workers run, started by workflows, clients and schedules."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_ACTIVITY = """
from typing import TypeVar

from decompose.effects import enters

F = TypeVar("F")

class _Decorator:
    def __call__(self, fn: F) -> F: ...

@enters("task", "fn", "name")
def defn(fn: F = None, *, name=None, **options) -> F | _Decorator: ...
def heartbeat(*details) -> None: ...
"""

_WORKFLOW = (
    """
from typing import TypeVar

from decompose.effects import enters, runs

F = TypeVar("F")

class _Decorator:
    def __call__(self, fn: F) -> F: ...

def defn(cls: F = None, **options) -> F | _Decorator: ...
def init(fn: F) -> F: ...
@enters("task", "fn")
def run(fn: F) -> F: ...
@enters("consumer", "fn", "name")
def signal(fn: F = None, *, name=None, **options) -> F | _Decorator: ...
@enters("consumer", "fn", "name")
def query(fn: F = None, *, name=None, **options) -> F | _Decorator: ...
class _Update:
    @enters("consumer", "fn", "name")
    def __call__(self, fn: F = None, *, name=None, **options) -> F | _Decorator: ...
update: _Update

"""
    + "".join(
        f"""
@runs("activity", "task")
async def {started}(activity, arg=None, *, args=(), **options): ...
"""
        for started in (
            "execute_activity",
            "execute_activity_method",
            "execute_activity_class",
            "execute_local_activity",
            "execute_local_activity_method",
            "execute_local_activity_class",
            "start_activity",
            "start_activity_method",
            "start_activity_class",
            "start_local_activity",
            "start_local_activity_method",
            "start_local_activity_class",
        )
    )
    + """
@runs("workflow", "task")
async def execute_child_workflow(workflow, arg=None, *, args=(), **options): ...
@runs("workflow", "task")
async def start_child_workflow(workflow, arg=None, *, args=(), **options): ...
"""
)

_CLIENT = """
from decompose.effects import runs

class WorkflowHandle:
    __has_more__ = True
    @runs("signal", "task")
    async def signal(self, signal, arg=None, *, args=(), **options): ...
    @runs("query", "call")
    async def query(self, query, arg=None, *, args=(), **options): ...
    @runs("update", "task")
    async def execute_update(self, update, arg=None, *, args=(), **options): ...
    @runs("update", "task")
    async def start_update(self, update, arg=None, *, args=(), **options): ...

class ScheduleActionStartWorkflow:
    @runs("workflow", "task")
    def __init__(self, workflow, arg=None, *, args=(), **options) -> None: ...

class Client:
    __has_more__ = True
    @classmethod
    async def connect(cls, target_host, **options) -> Client: ...
    @runs("workflow", "task")
    async def execute_workflow(self, workflow, arg=None, *, args=(), **options): ...
    @runs("workflow", "task")
    async def start_workflow(self, workflow, arg=None, *, args=(), **options) -> WorkflowHandle: ...
    def get_workflow_handle(self, workflow_id, **options) -> WorkflowHandle: ...
    def get_workflow_handle_for(self, workflow, workflow_id, **options) -> WorkflowHandle: ...
"""

FRAMEWORK = Framework(
    name="Temporal",
    summaries={
        "temporalio.activity": _ACTIVITY,
        "temporalio.workflow": _WORKFLOW,
        "temporalio.client": _CLIENT,
    },
    examples=(
        Example(
            """
            from temporalio import activity, workflow
            from temporalio.client import Client

            @activity.defn
            async def charge(order): pass

            class Mails:
                @activity.defn(name="send-mail")
                async def send(self, order): pass

            @workflow.defn
            class Ordering:
                @workflow.run
                async def run(self, order):
                    await workflow.execute_activity(charge, order)
                    await workflow.execute_activity_method(Mails.send, order)

                @workflow.signal
                def cancel(self): pass

                @workflow.update
                def change(self): pass

            async def order(number):
                client = await Client.connect("host")
                handle = await client.start_workflow(Ordering.run, number, id="x")
                await handle.signal(Ordering.cancel)
            """,
            entries=frozenset(
                {
                    "task m.charge -> m:charge",
                    "task send-mail -> m:Mails.send",
                    "task m.Ordering.run -> m:Ordering.run",
                    "consumer cancel -> m:Ordering.cancel",
                    "consumer change -> m:Ordering.change",
                }
            ),
            calls=frozenset(
                {
                    "m:Ordering.run -[task]-> m:charge",
                    "m:Ordering.run -[task]-> m:Mails.send",
                    "m:order -[task]-> m:Ordering.run",
                    "m:order -[task]-> m:Ordering.cancel",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            class activity:
                @staticmethod
                def defn(function): return function

            @activity.defn
            def charge(): pass
            """,
            calls=frozenset({"m: -[decorate]-> m:activity.defn"}),
        ),
    ),
)
