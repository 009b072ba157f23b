"""Functions, closures, decorators and names: each snippet with all of its call edges and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

CASES = [
    pytest.param(
        """
        def helper(): pass
        def main():
            helper()
            helper()
        def unused(): pass
        """,
        ["m:main -> m:helper"],
        id="plain function",
    ),
    pytest.param(
        """
        def f():
            def inner(): g()
            inner()
        def g(): pass
        """,
        ["m:f -> m:f.inner", "m:f.inner -> m:g"],
        id="nested function",
    ),
    pytest.param(
        """
        def g(): pass
        g()
        if __name__ == "__main__":
            g()
        """,
        ["m: -> m:g"],
        id="top-level code",
    ),
    pytest.param(
        """
        def quick(): pass
        def slow(): pass
        def pick(hurry=False): return quick if hurry else slow
        def main(): pick()()
        def hasty(): pick(True)()
        """,
        ["m:hasty -> m:pick", "m:hasty -> m:quick", "m:main -> m:pick", "m:main -> m:slow"],
        id="one of two, by an argument and a default, on one line",
    ),
    pytest.param(
        """
        def make():
            def inner(): return target()
            return inner
        def target(): pass
        def main():
            made = make()
            made()
        """,
        ["m:main -> m:make", "m:main -> m:make.inner", "m:make.inner -> m:target"],
        id="closure returned and called",
    ),
    pytest.param(
        """
        def make(function):
            def inner(): return function()
            return inner
        def one(): pass
        def two(): pass
        def first(): make(one)()
        def second(): make(two)()
        """,
        [
            "m:first -> m:make",
            "m:first -> m:make.inner",
            "m:make.inner -> m:one",
            "m:make.inner -> m:two",
            "m:second -> m:make",
            "m:second -> m:make.inner",
        ],
        id="closure over an argument",
    ),
    pytest.param(
        """
        def one(): pass
        def two(): pass
        def shadowed(one):
            one()
        def local():
            one = two
            one()
        """,
        ["m:local -> m:two"],
        id="parameters and locals shadow",
    ),
    pytest.param(
        """
        def one(): pass
        def two(): pass
        def main():
            f = one
            f()
            f = two
        """,
        ["m:main -> m:one"],
        id="a variable is what was last assigned",
    ),
    pytest.param(
        """
        def one(): pass
        def two(): pass
        def main(flag):
            if flag:
                f = one
            else:
                f = two
            f()
        """,
        ["m:main -> m:one", "m:main -> m:two"],
        id="branches join",
    ),
    pytest.param(
        """
        def one(): pass
        def two(): pass
        def main(flag):
            f = one if flag else two
            f()
            (one or two)()
        """,
        ["m:main -> m:one", "m:main -> m:two"],
        id="conditional expression",
    ),
    pytest.param(
        """
        try:
            from fast import work
        except ImportError:
            def work(): pass
        def main(): work()
        """,
        ["m:main -> m:work"],
        id="fallback for an import",
    ),
    pytest.param(
        """
        def target(): pass
        alias = target
        other = alias
        def main(): other()
        """,
        ["m:main -> m:target"],
        id="module-level alias",
    ),
    pytest.param(
        """
        def target(): pass
        def apply(function, *args):
            return function(*args)
        def main(): apply(target, 1)
        """,
        ["m:apply -> m:target", "m:main -> m:apply"],
        id="function as an argument",
    ),
    pytest.param(
        """
        def target(): pass
        def apply(*, function): function()
        def main():
            options = {"function": target}
            apply(**options)
        """,
        ["m:apply -> m:target", "m:main -> m:apply"],
        id="keyword arguments unpacked",
    ),
    pytest.param(
        """
        def one(): pass
        def two(): pass
        def apply(first, second): second()
        def main():
            arguments = (one, two)
            apply(*arguments)
        """,
        ["m:apply -> m:two", "m:main -> m:apply"],
        id="positional arguments unpacked",
    ),
    pytest.param(
        """
        def fallback(): pass
        def run(action=fallback): action()
        """,
        ["m:run -> m:fallback"],
        id="default argument",
    ),
    pytest.param(
        """
        def target(): pass
        def main():
            call = lambda: target()
            call()
        """,
        ["m:main -> m:target"],
        id="lambda belongs to the function around it",
    ),
    pytest.param(
        """
        from functools import partial
        def target(a, b): pass
        def main():
            bound = partial(target, 1)
            bound(2)
        """,
        ["m:main -> m:target"],
        id="partial",
    ),
    pytest.param(
        """
        def key(row): pass
        def main(rows):
            return sorted(rows, key=key)
        """,
        ["m:main -> m:key"],
        id="callback of a built-in",
    ),
    pytest.param(
        """
        def double(x): pass
        def main(rows):
            return list(map(double, rows)) + [double(x) for x in rows]
        """,
        ["m:main -> m:double"],
        id="map and comprehension",
    ),
    pytest.param(
        """
        def decorate(function):
            def wrapper(*args):
                return function(*args)
            return wrapper
        @decorate
        def target(): pass
        def main(): target()
        """,
        ["m: -> m:decorate", "m:decorate.wrapper -> m:target", "m:main -> m:decorate.wrapper"],
        id="decorator that wraps",
    ),
    pytest.param(
        """
        from functools import wraps
        def decorate(function):
            @wraps(function)
            def wrapper(*args):
                return function(*args)
            return wrapper
        @decorate
        def target(): pass
        def main(): target()
        """,
        ["m: -> m:decorate", "m:decorate.wrapper -> m:target", "m:main -> m:decorate.wrapper"],
        id="decorator with functools.wraps",
    ),
    pytest.param(
        """
        def register(function):
            return function
        @register
        def target(): pass
        def main(): target()
        """,
        ["m: -> m:register", "m:main -> m:target"],
        id="decorator that returns its argument",
    ),
    pytest.param(
        """
        def retry(times):
            def decorate(function):
                def wrapper(): return function()
                return wrapper
            return decorate
        @retry(3)
        def target(): pass
        def main(): target()
        """,
        [
            "m: -> m:retry",
            "m: -> m:retry.decorate",
            "m:main -> m:retry.decorate.wrapper",
            "m:retry.decorate.wrapper -> m:target",
        ],
        id="decorator with arguments",
    ),
    pytest.param(
        """
        from somewhere import traced
        @traced
        def target(): pass
        def main(): target()
        """,
        ["m:main -> m:target"],
        id="unknown decorator keeps the function",
    ),
    pytest.param(
        """
        class Retry:
            def __init__(self, function): self.function = function
            def __call__(self): return self.function()
        @Retry
        def target(): pass
        def main(): target()
        """,
        ["m: -> m:Retry.__init__", "m:Retry.__call__ -> m:target", "m:main -> m:Retry.__call__"],
        id="class as a decorator",
    ),
    pytest.param(
        """
        def target(): pass
        def produce():
            yield target
        def main():
            for function in produce():
                function()
        """,
        ["m:main -> m:produce", "m:main -> m:target"],
        id="generator of functions",
    ),
    pytest.param(
        """
        import asyncio
        async def leaf(): pass
        async def main():
            await leaf()
            await asyncio.gather(leaf(), leaf())
        """,
        ["m:main -> m:leaf"],
        id="coroutines",
    ),
    pytest.param(
        """
        def even(n): return n == 0 or odd(n - 1)
        def odd(n): return n != 0 and even(n - 1)
        """,
        ["m:even -> m:odd", "m:odd -> m:even"],
        id="mutual recursion",
    ),
    pytest.param(
        """
        counter = None
        def target(): pass
        def install():
            global counter
            counter = target
        def main(): counter()
        """,
        ["m:main -> m:target"],
        id="global assigned in a function",
    ),
    pytest.param(
        """
        def outer():
            step = None
            def set_step():
                nonlocal step
                step = target
            set_step()
            step()
        def target(): pass
        """,
        ["m:outer -> m:outer.set_step", "m:outer -> m:target"],
        id="nonlocal assigned in a closure",
    ),
    pytest.param(
        """
        def save(): pass
        def main(thing):
            print("save")
            thing.save
            len([])
        """,
        [],
        id="a name that is only mentioned is not called",
    ),
    pytest.param(
        """
        def target(): return 1
        def main():
            if (found := target()):
                return f"{target()} {found!r}"
            match found:
                case 1:
                    target()
        """,
        ["m:main -> m:target"],
        id="walrus, f-string and match",
    ),
    pytest.param(
        """
        def early():
            return
            target()
        def target(): pass
        """,
        ["m:early -> m:target"],
        id="code after a return counts",
    ),
    pytest.param(
        """
        def one(): pass
        def two(): pass
        def pair(): return one, two
        def main():
            _, second = pair()
            second()
        """,
        ["m:main -> m:pair", "m:main -> m:two"],
        id="tuple unpacked by position",
    ),
    pytest.param(
        """
        from typing import overload
        @overload
        def f(x: int) -> int: ...
        @overload
        def f(x: str) -> str: ...
        def f(x): return g()
        def g(): pass
        def main(): f(1)
        """,
        ["m:f -> m:g", "m:main -> m:f"],
        id="overloads",
    ),
    pytest.param(
        """
        from functools import singledispatch
        @singledispatch
        def show(x): base()
        @show.register
        def _(x: int): special()
        def base(): pass
        def special(): pass
        def main(): show(1)
        """,
        ["m:_ -> m:special", "m:main -> m:_", "m:main -> m:show", "m:show -> m:base"],
        id="single dispatch",
    ),
    pytest.param(
        """
        from functools import lru_cache, cache
        @lru_cache(maxsize=None)
        def one(): pass
        @cache
        def two(): one()
        def main(): two()
        """,
        ["m:main -> m:two", "m:two -> m:one"],
        id="cached functions",
    ),
    pytest.param(
        """
        import threading
        from concurrent.futures import ThreadPoolExecutor
        def work(): pass
        def other(): pass
        def main(pool: ThreadPoolExecutor):
            threading.Thread(target=work).start()
            pool.submit(other)
        """,
        ["m:main -> m:other", "m:main -> m:work"],
        id="threads and executors call back",
    ),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_calls(draw: Draw, source: str, expected: list[str]) -> None:
    assert draw(source).call_lines() == expected


@pytest.mark.parametrize("before", range(8))
def test_a_default_is_read_where_the_function_is_written_whoever_knows_it_by_its_name(draw: Draw, before: int) -> None:
    bound = "".join(f"def bound{number}(): pass\n" for number in range(before))
    app = draw({
        "m.py": f"""
from django.db import models
{bound}
def clock(): pass
def kept(): pass

def path(instance, filename, now=clock):
    instance.named(kept)
    return now()

class Photo(models.Model):
    image = models.ImageField(upload_to=path)
    def named(self, function): return 1
""",
    })  # fmt: skip
    assert {callee for caller, callee in app.calls("call") if caller == "m:path"} == {"m:Photo.named", "m:clock"}
