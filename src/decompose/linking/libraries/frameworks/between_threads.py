"""Code that is run in a thread from an event loop, or in an event loop from a thread: asgiref, AnyIO, Starlette, FastAPI, Trio, Django Channels."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_WRAPPING = """
from typing import TypeVar

from decompose.effects import keeps

F = TypeVar("F")

class _Decorator:
    def __call__(self, function: F) -> F: ...

"""
_ASGIREF = f"""{_WRAPPING}
@keeps("func")
def sync_to_async(func: F = None, *, thread_sensitive=True, executor=None, context=None) -> F | _Decorator: ...
@keeps("awaitable")
def async_to_sync(awaitable: F = None, *, force_new_loop=False) -> F | _Decorator: ...
"""
_CHANNELS_DB = f"""{_WRAPPING}
@keeps("func")
def database_sync_to_async(func: F = None, thread_sensitive=True, executor=None) -> F | _Decorator: ...
"""
_ASYNCER = f"""{_WRAPPING}
@keeps("function")
def asyncify(function: F, *, cancellable=False, abandon_on_cancel=False, limiter=None) -> F: ...
@keeps("async_function")
def syncify(async_function: F, raise_sync_error=True) -> F: ...
"""
_RUNNING = """
from typing import Callable, Self, TypeVar

from decompose.effects import runs

T = TypeVar("T")

"""
_STARLETTE = f"""{_RUNNING}
@runs("func", "callback")
def run_in_threadpool(func: Callable[..., T], *args, **kwargs) -> T: ...
def iterate_in_threadpool(iterator: T) -> T: ...
"""
_TO_THREAD = f"""{_RUNNING}
@runs("func", "callback")
def run_sync(func: Callable[..., T], *args, abandon_on_cancel=False, cancellable=False, limiter=None) -> T: ...
"""
_FROM_THREAD = f"""{_RUNNING}
@runs("func", "callback")
def run(func: Callable[..., T], *args) -> T: ...
@runs("func", "callback")
def run_sync(func: Callable[..., T], *args) -> T: ...
"""
_GROUPS = """
class TaskGroup:
    __has_more__ = True
    def __aenter__(self) -> Self: ...
    @runs("func", "callback")
    def start_soon(self, func, *args, name=None) -> None: ...
    @runs("func", "callback")
    def start(self, func: Callable[..., T], *args, name=None) -> T: ...
"""
_ANYIO = f"""{_RUNNING}
from anyio import from_thread, to_thread
{_GROUPS}
def create_task_group() -> TaskGroup: ...
@runs("func", "callback")
def run(func: Callable[..., T], *args, **options) -> T: ...
"""
_TRIO = f"""{_RUNNING}
from trio import from_thread, to_thread
{_GROUPS}
def open_nursery() -> TaskGroup: ...
@runs("async_fn", "callback")
def run(async_fn: Callable[..., T], *args, **options) -> T: ...
"""

FRAMEWORK = Framework(
    name="between threads and event loops",
    summaries={
        "asgiref.sync": _ASGIREF,
        "channels.db": _CHANNELS_DB,
        "asyncer": _ASYNCER,
        "starlette.concurrency": _STARLETTE,
        "fastapi.concurrency": "from starlette.concurrency import iterate_in_threadpool, run_in_threadpool\n",
        "anyio": _ANYIO,
        "anyio.to_thread": _TO_THREAD,
        "anyio.from_thread": _FROM_THREAD,
        "trio": _TRIO,
        "trio.to_thread": _TO_THREAD,
        "trio.from_thread": _FROM_THREAD,
    },
    examples=(
        Example(
            """
            from asgiref.sync import async_to_sync, sync_to_async
            from channels.db import database_sync_to_async

            class Order:
                def pay(self): pass

            def find(key): return Order()
            async def newest(): return Order()

            @sync_to_async
            def first(key): return Order()

            @database_sync_to_async
            def last(key): return Order()

            @sync_to_async(thread_sensitive=False)
            def any_other(key): return Order()

            async def show():
                (await sync_to_async(find)(1)).pay()
                (await first(2)).pay()
                (await last(3)).pay()
                (await any_other(4)).pay()

            def command():
                async_to_sync(newest)().pay()
            """,
            calls=frozenset(
                {
                    "m:show -[call]-> m:find",
                    "m:show -[call]-> m:first",
                    "m:show -[call]-> m:last",
                    "m:show -[call]-> m:any_other",
                    "m:show -[call]-> m:Order.pay",
                    "m:command -[call]-> m:newest",
                    "m:command -[call]-> m:Order.pay",
                    "m:find -[construct]-> m:Order",
                    "m:newest -[construct]-> m:Order",
                    "m:first -[construct]-> m:Order",
                    "m:last -[construct]-> m:Order",
                    "m:any_other -[construct]-> m:Order",
                }
            ),
        ),
        Example(
            """
            import anyio
            from anyio import from_thread, to_thread
            from fastapi.concurrency import run_in_threadpool

            class Order:
                def pay(self): pass

            def find(order: Order): return order
            async def pay(order): order.pay()

            async def show(order: Order):
                (await run_in_threadpool(find, order)).pay()
                (await to_thread.run_sync(find, order)).pay()
                async with anyio.create_task_group() as group:
                    group.start_soon(pay, order)

            def in_thread(order: Order):
                from_thread.run(pay, order)

            anyio.run(show, Order())
            """,
            calls=frozenset(
                {
                    "m: -[callback]-> m:show",
                    "m: -[construct]-> m:Order",
                    "m:show -[callback]-> m:find",
                    "m:show -[call]-> m:Order.pay",
                    "m:show -[callback]-> m:pay",
                    "m:pay -[call]-> m:Order.pay",
                    "m:in_thread -[callback]-> m:pay",
                }
            ),
        ),
        Example(
            """
            import asyncio

            class Order:
                def pay(self): pass

            def find(key): return Order()
            def tick(): pass
            async def newest(): return Order()

            async def show():
                loop = asyncio.get_running_loop()
                (await loop.run_in_executor(None, find, 1)).pay()
                loop.call_later(5, tick)

            def main():
                asyncio.new_event_loop().run_until_complete(newest()).pay()
            """,
            calls=frozenset(
                {
                    "m:show -[callback]-> m:find",
                    "m:show -[call]-> m:Order.pay",
                    "m:show -[callback]-> m:tick",
                    "m:main -[call]-> m:newest",
                    "m:main -[call]-> m:Order.pay",
                    "m:find -[construct]-> m:Order",
                    "m:newest -[construct]-> m:Order",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            def sync_to_async(function): pass
            def find(): pass
            def show():
                sync_to_async(find)
            """,
            calls=frozenset({"m:show -[call]-> m:sync_to_async"}),
        ),
    ),
)
