"""What stands behind an edge: kind, resolution, rule, file and line; and how call sites are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

CASES = [
    pytest.param(
        "def f():\n    g()\ndef g(): pass",
        ("m:f", "m:g", "call", "exact", "name", 2),
        id="name",
    ),
    pytest.param(
        "class A:\n    def f(self):\n\n        self.g()\n    def g(self): pass",
        ("m:A.f", "m:A.g", "call", "exact", "attribute of a known value", 4),
        id="attribute",
    ),
    pytest.param(
        "class A: pass\ndef f():\n    return A()",
        ("m:f", "m:A", "construct", "exact", "name", 3),
        id="construction",
    ),
    pytest.param(
        "class A:\n    def __new__(cls): return object.__new__(cls)\n    def __init__(self): pass\ndef f():\n    A()",
        ("m:f", "m:A.__init__", "construct", "exact", "name", 5),
        id="construction with a maker",
    ),
    pytest.param(
        "class A:\n    def g(self): pass\ndef f(a: A):\n    a.g()",
        ("m:f", "m:A.g", "call", "inferred", "declared type", 4),
        id="declared type",
    ),
    pytest.param(
        "def one(): pass\ndef two(): pass\ndef f(x):\n    h = one if x else two\n    h()",
        ("m:f", "m:two", "call", "inferred", "one of 2 that reach this call", 5),
        id="one of several",
    ),
    pytest.param(
        "def f(x):\n    x.very_special()\nclass A:\n    def very_special(self): pass",
        ("m:f", "m:A.very_special", "call", "guessed", "the only method of that name", 2),
        id="guess",
    ),
    pytest.param(
        "import lib\ndef f(): pass\ndef g():\n    lib.run(\n        f)",
        ("m:g", "m:f", "callback", "inferred", "passed to code outside", 4),
        id="callback of something unknown",
    ),
    pytest.param(
        "import lib\n"
        + "".join(f"def f{n}(): pass\n" for n in range(25))
        + "KINDS = {"
        + ", ".join(f"'{n}': f{n}" for n in range(25))
        + "}\n"
        + "def g(kind):\n    lib.show(KINDS[kind])",
        ("m:g", "m:f7", "callback", "guessed", "one of 25 that are passed to code outside", 29),
        id="whatever a table of many things holds, given to something unknown",
    ),
    pytest.param(
        "def f(rows):\n    return sorted(rows, key=g)\ndef g(row): pass",
        ("m:f", "m:g", "callback", "exact", "called by a library", 2),
        id="callback of something known",
    ),
    pytest.param(
        "def d(f): return f\n\n@d\ndef f(): pass",
        ("m:", "m:d", "decorate", "exact", "name", 3),
        id="decoration",
    ),
    pytest.param(
        "class A:\n    @property\n    def p(self): pass\n    def f(self):\n        self.p",
        ("m:A.f", "m:A.p", "property", "exact", "implied by the syntax", 5),
        id="property",
    ),
    pytest.param(
        "class Bus:\n    table = {}\n    def on(self, name, f):\n        self.table.setdefault(name, []).append(f)\n"
        "    def tell(self, name):\n        for f in self.table[name]:\n            f()\n"
        "bus = Bus()\nbus.on('paid', lambda: None)\ndef ship(): pass\nbus.on('paid', ship)\ndef pay():\n    bus.tell('paid')\n",
        ("m:pay", "m:ship", "signal", "exact", "listens to paid", 13),
        id="announcement under a constant name",
    ),
    pytest.param(
        "TABLE = {}\ndef keep(f):\n    TABLE[f.__name__] = f\n    return f\n@keep\ndef ship(): pass\n@keep\ndef pay(): pass\n"
        "def find(name): return TABLE.get(name)\ndef run(name, given):\n    found = find(name)\n    if found:\n        found()\n"
        "def check(name):\n    run(name, 1)\ndef f():\n    check(name='ship')\n",
        ("m:f", "m:ship", "callback", "exact", "runs what stands under ship", 17),
        id="picked by a constant name and run further down",
    ),
    pytest.param(
        "TABLE = {}\ndef keep(f):\n    TABLE[f.__name__] = f\n    return f\n@keep\ndef ship(): pass\n@keep\ndef pay(): pass\n"
        "def find(name): return TABLE.get(name)\ndef run(name, given=False):\n    steps = ['a', 'b']\n    if given:\n"
        "        steps = given\n    found = find(name)\n    found()\n    return steps\n"
        "def check(name):\n    run(name, 1)\ndef f():\n    check(name='ship')\n",
        ("m:f", "m:ship", "callback", "exact", "runs what stands under ship", 20),
        id="picked by a constant name and run beside plain data",
    ),
    pytest.param(
        "class A:\n    @property\n    def p(self): pass\nclass B:\n    @property\n    def p(self): pass\n"
        "def f(flag):\n    x = A() if flag else B()\n    x.p",
        ("m:f", "m:A.p", "property", "inferred", "implied by the syntax, one of 2", 9),
        id="one of several properties",
    ),
    pytest.param(
        "from django.db import models, transaction\nclass Order(models.Model):\n    @transaction.atomic\n"
        "    def save(self, *given): pass\ndef f():\n    Order.objects.create()",
        ("m:f", "m:Order.save", "call", "exact", "django.db.models:QuerySet.create calls it", 6),
        id="decorated method that a library calls",
    ),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_one_edge(draw: Draw, source: str, expected: tuple[str, str, str, str, str, int]) -> None:
    app = draw(source)
    edges = [(d.source, d.target, d.kind, d.resolution, d.rule, d.line) for d in app.dependencies()]
    assert expected in edges
    assert {d.file for d in app.dependencies()} == {"m.py"}
    assert app.system.source_lines["m.py"][expected[5]] == source.split("\n")[expected[5] - 1].strip()


def test_only_what_the_code_names_is_called_outside(draw: Draw) -> None:
    app = draw(
        "import json\nfrom flask import Flask\napp = Flask(__name__)\n"
        "@app.route('/')\ndef view(): return json.dumps({}, indent=2)"
    )
    assert app.external() == {("m:", "flask:Flask"), ("m:", "flask:Scaffold.route"), ("m:view", "json:dumps")}


_DECORATOR = """
def keep(function):
    def inner(*arguments):
        return function(*arguments)
    return inner
"""


def test_what_happens_to_be_known_of_more_than_is_followed_is_guessed(draw: Draw) -> None:
    handlers = "\n".join(f"@add\ndef handle{n}(): pass" for n in range(60))
    source = "HANDLERS = []\ndef add(handler):\n    HANDLERS.append(handler)\n    return handler\n" + handlers
    fire = "\ndef fire():\n    for handler in HANDLERS:\n        handler()\n"
    told = [d for d in draw({"m.py": source + fire}).system.dependencies if d.source == "m:fire"]
    assert told
    assert {(d.resolution, d.rule.split()[:4] == ["one", "of", "more", "than"]) for d in told} == {("guessed", True)}


@pytest.mark.parametrize("count", [12, 60])
def test_nothing_flows_from_a_call_of_which_it_is_chance_what_is_known(draw: Draw, count: int) -> None:
    makers = "".join(f"@add\ndef make{n}(ring):\n    ring()\n    return Thing()\n" for n in range(count))
    source = (
        "class Thing:\n    def show(self): pass\nclass Other:\n    def show(self): pass\n"
        "def bell(): pass\n"
        "MAKERS = []\ndef add(maker):\n    MAKERS.append(maker)\n    return maker\n"
        + makers
        + "def fire():\n    for make in MAKERS:\n        make(bell).show()\n"
    )
    told = {(d.source, d.target): d.resolution for d in draw({"m.py": source}).system.dependencies}
    few = count == 12
    assert told["m:fire", "m:make3"] == ("inferred" if few else "guessed")
    assert (("m:fire", "m:Thing.show") in told, ("m:make3", "m:bell") in told) == (few, few)


def test_a_wrapper_runs_all_that_it_wraps_however_much_that_is(draw: Draw) -> None:
    promise = "from typing import Callable, TypeVar, cast\nF = TypeVar('F', bound=Callable[..., int])\n"
    promising = _DECORATOR.replace("function)", "function: F) -> F", 1).replace("return inner", "return cast(F, inner)")
    functions = "\n".join(f"@keep\ndef get{n}() -> int: return {n}" for n in range(60))
    told = [
        d for d in draw({"m.py": promise + promising + functions}).system.dependencies if d.source == "m:keep.inner"
    ]
    assert {d.target for d in told} == {f"m:get{n}" for n in range(60)}
    assert {(d.resolution, d.rule) for d in told} == {("exact", "runs what it decorates")}


def test_what_is_said_to_the_user_and_where_he_is_sent_is_not_called(draw: Draw) -> None:
    app = draw(
        "from django.contrib import messages\nfrom django.shortcuts import redirect\n"
        "def home(request): pass\n"
        "def leave(request):\n    messages.error(home, 'gone')\n    return redirect(home)"
    )
    assert not app.dependencies()


def test_what_a_lookup_gives_back_where_it_finds_nothing_is_not_called_by_it(draw: Draw) -> None:
    app = draw(
        "import lib\ndef f(): pass\ndef g():\n    lib.known.get('x', f)\n    lib.run('x', f)\n    lib.routes.get('/x', f)"
    )
    lines = {d.line for d in app.dependencies() if (d.target, d.kind) == ("m:f", "callback")}
    assert lines == {5, 6}


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            "def f(x):\n    x.go()\nclass A:\n    def go(self): pass\nclass B:\n    def go(self): pass", id="two"
        ),
        pytest.param("def f(x):\n    x.append(1)\nclass A:\n    def append(self): pass", id="a list has it too"),
        pytest.param("def f(x):\n    x.save()\nclass A:\n    def save(self): pass", id="everybody has it"),
        pytest.param("def f(a: A):\n    a.special()\nclass A: pass\nclass B:\n    def special(self): pass", id="known"),
        pytest.param("import lib\ndef f():\n    lib.special()\nclass B:\n    def special(self): pass", id="outside"),
    ],
)
def test_no_guess(draw: Draw, source: str) -> None:
    assert draw(source).calls() == set()


def test_every_call_site_counts_once(draw: Draw) -> None:
    app = draw(
        """
        import json
        def exact(): pass
        class A:
            def declared(self): pass
            def very_special(self): pass
        def main(a: A, x, y):
            exact()
            a.declared()
            x.very_special()
            json.dumps(1)
            y.unheard_of()
        """
    )
    counts = app.system.call_counts
    assert (counts.exact, counts.inferred, counts.guessed, counts.external, counts.unresolved) == (1, 1, 1, 1, 1)


def test_an_unresolved_call_is_a_blind_spot(draw: Draw) -> None:
    app = draw("def f(x):\n    x.unheard_of()")
    assert [(s.definition, s.file, s.line) for s in app.blind_spots("unresolved call")] == [("m:f", "m.py", 2)]


def test_dynamic_code_is_a_blind_spot(draw: Draw) -> None:
    app = draw(
        """
        import importlib
        def one(name): return importlib.import_module(name)
        def two(text): exec(text)
        def three(name): return __import__(name)
        def four(text): return eval(text)
        """
    )
    assert [s.definition for s in app.blind_spots("dynamic import")] == ["m:one", "m:three"]
    assert [s.definition for s in app.blind_spots("code run from text")] == ["m:two", "m:four"]


def test_lines_of_a_call_over_several_lines(draw: Draw) -> None:
    app = draw(
        """
        class A:
            def one(self): return self
            def two(self): return self
        def f():
            return (
                A()
                .one()
                .two()
            )
        """
    )
    assert {(d.target, d.line) for d in app.dependencies()} == {("m:A", 6), ("m:A.one", 7), ("m:A.two", 8)}


def test_definitions_and_units(draw: Draw) -> None:
    app = draw(
        """
        X = 1
        class A:
            class B:
                def deep(self): pass
            def go(self):
                def inner(): pass
        async def f():
            pass
        """
    )
    assert [(d.id, d.kind, d.line, d.end_line, d.unit) for d in app.system.definitions] == [
        ("m:", "module", 1, 8, "m:"),
        ("m:A", "class", 2, 6, "m:A"),
        ("m:A.B", "class", 3, 4, "m:A"),
        ("m:A.B.deep", "function", 4, 4, "m:A"),
        ("m:A.go", "function", 5, 6, "m:A"),
        ("m:A.go.inner", "function", 6, 6, "m:A"),
        ("m:f", "function", 7, 8, "m:f"),
    ]
    assert [unit.id for unit in app.system.units] == ["m:A", "m:f"]


def test_inheritance_and_references(draw: Draw) -> None:
    app = draw(
        """
        class A: pass
        class B(A): pass
        def f(): return A
        """
    )
    assert app.calls("inherit") == {("m:B", "m:A")}
    assert app.calls("reference") == {("m:f", "m:A")}
    assert app.calls() == set()


LOOKUPS = [
    pytest.param("build = globals().get(f'{name}_report')\n    return build(1)", True, id="get"),
    pytest.param("return globals()[name]()", True, id="item"),
    pytest.param("names = locals()\n    return names[name]()", True, id="locals"),
    pytest.param("return vars(x)[name.upper()]()", True, id="vars"),
    pytest.param("return getattr(x, 'do_' + name)()", True, id="attribute"),
    pytest.param(
        "act = getattr(x, name, None)\n    if act is None: raise KeyError\n    return act(1)", True, id="default"
    ),
    pytest.param("return getattr(x, name)", False, id="not called"),
    pytest.param("return getattr(x, name).close", False, id="read on"),
    pytest.param("return getattr(x, 'close')()", False, id="constant attribute"),
    pytest.param("return globals()['f']()", False, id="constant name"),
    pytest.param("return {'a': f}.get(name)()", False, id="another dictionary"),
]


@pytest.mark.parametrize(("body", "blind"), LOOKUPS)
def test_what_is_called_by_a_computed_name_is_a_blind_spot(draw: Draw, body: str, blind: bool) -> None:
    app = draw(f"def f(x, name):\n    {body}\n")
    line = body.count("\n") + 2
    assert [(s.definition, s.line) for s in app.blind_spots("dynamic attribute")] == [("m:f", line)] * blind


CAUSES = [
    pytest.param("def f(order): order.pay()", "untyped parameter", id="parameter"),
    pytest.param("import ext\ndef f(): (ext.make()[0] + 1).pay()", "other value", id="operator"),
    pytest.param("class A: pass\ndef f(): A().pay()", "unknown attribute", id="attribute that is not there"),
    pytest.param(
        "class A:\n    def __init__(self, x): self.x = x\ndef f(): A(1).x.pay()",
        "unknown attribute",
        id="attribute without a value",
    ),
    pytest.param("def f(): [1, 2][0].pay()\n", "unknown element", id="element"),
    pytest.param("def g(x): return x\ndef f(x): g(x).pay()", "unknown result", id="result"),
    pytest.param("def f(): nobody.pay()", "unknown name", id="name"),
    pytest.param("def f(a, b): getattr(a, b)()", "dynamic name", id="getattr"),
]


@pytest.mark.parametrize(("source", "cause"), CAUSES)
def test_an_unresolved_call_says_what_nothing_is_known_about(draw: Draw, source: str, cause: str) -> None:
    spots = draw(source).blind_spots("unresolved call")
    assert [spot.cause for spot in spots] == [cause]


def test_unresolved_calls_are_counted_as_often_as_they_are_told(draw: Draw) -> None:
    app = draw("def f(a, b):\n    a.x()\n    a.y().z()\n    b()\n    print(1)\n")
    counts = app.system.call_counts
    assert (counts.unresolved, counts.external) == (4, 1)
    assert len(app.blind_spots("unresolved call")) == 4


CROWD = "".join(f"class C{n}:\n    def m{n}(self): pass\n" for n in range(45))


def test_what_happens_to_be_among_more_unlike_values_than_are_followed_is_guessed(draw: Draw) -> None:
    app = draw(
        CROWD + "kept = {}\ndef keep(key, value):\n    kept[key] = value\ndef fill(key):\n"
        + "".join(f"    keep(key, C{n}())\n" for n in range(45))
        + "def use(key):\n    kept[key].m3()\n"
        + "def use_declared(key):\n    found: C4 = kept[key]\n    found.m4()\n"
    )  # fmt: skip
    found = {(d.source, d.target): d.resolution for d in app.dependencies() if d.source in ("m:use", "m:use_declared")}
    assert found == {("m:use", "m:C3.m3"): "guessed", ("m:use_declared", "m:C4.m4"): "inferred"}


def test_what_an_object_gives_that_is_by_chance_among_unlike_ones_goes_no_further(draw: Draw) -> None:
    makes = "class Made:\n    def show(self): pass\nclass Other:\n    def show(self): pass\n" + CROWD.replace(
        "m3(self): pass", "m3(self): return Made()"
    )
    app = draw(
        makes + "kept = {}\ndef keep(key, value):\n    kept[key] = value\ndef fill(key):\n"
        + "".join(f"    keep(key, C{n}())\n" for n in range(45))
        + "def use(key):\n    made = kept[key].m3()\n    made.show()\n"
        + "def use_known():\n    made = C3().m3()\n    made.show()\n"
    )  # fmt: skip
    shown = {d.source: d.resolution for d in app.dependencies() if d.target == "m:Made.show"}
    assert shown == {"m:use_known": "exact"}


def test_whom_a_method_acts_for_is_known_whatever_a_wrapper_gives_it(draw: Draw) -> None:
    app = draw(
        "def traced(function):\n    def call(*args):\n        return function(*args)\n    return call\n"
        + "".join(
            f"class C{n}:\n    @traced\n    def run(self):\n        self.work{n}()\n    def work{n}(self): pass\n"
            for n in range(45)
        )
        + "".join(f"C{n}().run()\n" for n in range(45))
    )
    found = [d.resolution for d in app.dependencies() if d.target == "m:C7.work7" and d.source == "m:C7.run"]
    assert found == ["exact"]


def test_a_method_that_a_summary_leaves_out_is_the_librarys_own_unless_the_application_has_one(draw: Draw) -> None:
    app = draw(
        "import tornado.web\n"
        "class Base(tornado.web.RequestHandler):\n"
        "    def fail(self):\n        self.set_status(500)\n        self.describe()\n        self.later()\n"
        "class Other:\n    def later(self): pass\n"
        "class Page(Base):\n    def describe(self): pass\n"
    )
    assert {callee for caller, callee in app.external() if caller == "m:Base.fail"} == {
        "tornado.web:RequestHandler.set_status"
    }
    assert ("m:Base.fail", "m:Page.describe") in {(d.source, d.target) for d in app.dependencies()}
    unresolved = [spot.reason for spot in app.system.blind_spots if spot.kind == "unresolved call"]
    assert unresolved == [".later(): no known type of the receiver has this attribute"]


def _steps(count: int, step: str) -> str:
    functions = "".join(f"def step{n}(): pass\n" for n in range(count))
    given = "".join(f"    yield ('{n}', {step.format(n)})\n" for n in range(count))
    return f"{functions}def steps():\n{given}def run():\n    for name, step in steps():\n        step()\n"


def test_more_tuples_of_functions_than_are_followed_are_a_blind_spot_where_the_functions_are_called(draw: Draw) -> None:
    app = draw(_steps(45, "step{}"))
    assert [s.definition for s in app.blind_spots("too many values")] == ["m:run"]
    assert len([line for line in app.call_lines() if line.startswith("m:run -> m:step")]) < 45


def test_of_tuples_that_are_not_told_apart_any_more_none_is_lost(draw: Draw) -> None:
    app = draw(_steps(12, "step{}"))
    assert {f"m:step{n}" for n in range(12)} < {d.target for d in app.dependencies() if d.source == "m:run"}


def test_what_tables_that_are_not_told_apart_hold_under_one_key_stays_apart_from_the_other(draw: Draw) -> None:
    app = draw(
        "".join(f"def go{n}(): pass\ndef stop{n}(): pass\n" for n in range(12))
        + "".join(f"def table{n}(): return {{'go': go{n}, 'stop': stop{n}}}\n" for n in range(12))
        + "def tables():\n"
        + "".join(f"    yield table{n}()\n" for n in range(12))
        + "def run():\n    for table in tables():\n        table['go']()\n"
    )
    called = {d.target for d in app.dependencies() if d.source == "m:run"}
    assert called == {"m:tables", *(f"m:go{n}" for n in range(12))}


@pytest.mark.parametrize("source", [_steps(8, "step{}"), _steps(12, "step0"), _steps(12, "'{}'")])
def test_tuples_that_are_all_followed_or_hold_nothing_else_are_none(draw: Draw, source: str) -> None:
    assert draw(source).blind_spots("too many values") == []


def test_what_settings_name_has_the_line_of_its_text(draw: Draw) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/web.py": "class Timed: pass\nclass Slow: pass\nclass Last: pass\ndef failed(): pass\n",
        "shop/settings.py": (
            "import os\n"
            "MIDDLEWARE = (\n"
            "    'django.middleware.common.CommonMiddleware',\n"
            "    'shop.web.Timed',\n"
            ")\n"
            "REST = {'HANDLERS': [{'OF': 'shop.web.failed'}]}\n"
            "if os.environ['SLOW']:\n"
            "    MIDDLEWARE += ('shop.web.Slow',)\n"
            "else:\n"
            "    REST['LAST'] = 'shop.web.Last'\n"
        ),
        "shop/urls.py": "import django\n",
    }
    lines = {target: line for source, target, _, _, _, line in draw(files).evidence("callback") if source}
    assert lines == {"shop.web:Timed": 4, "shop.web:failed": 6, "shop.web:Slow": 8, "shop.web:Last": 10}


def test_code_elsewhere_does_not_change_which_of_too_many_things_are_told(draw: Draw) -> None:
    """A name that holds more things of the outside than a name is let hold keeps the same ones, whoever else has used them before."""
    few, many = ["Apple", "Pear", "Plum"], [f"Tea{number}" for number in range(8)]

    def choice(name: str, kinds: list[str]) -> str:
        branches = (f"    if n == {n}:\n        return shop.{kind}()\n" for n, kind in enumerate(kinds))
        return f"def {name}(n):\n" + "".join(branches)

    module = "".join(
        (
            "import shop\n",
            choice("few", few),
            choice("many", many),
            "def one(n):\n    return few(n) or many(n)\ndef use():\n    one(1).pay()\n",
        )
    )
    used = "import shop\n" + "".join(f"shop.{kind}().drink()\n" for kind in reversed(many))
    paid = [
        {callee for caller, callee in draw({"m.py": module, **beside}).external() if caller == "m:use"}
        for beside in ({}, {"above.py": used}, {"zeal.py": used})
    ]
    assert paid[0] == paid[1] == paid[2]
    assert {f"shop:{kind}.pay" for kind in few} < paid[0]
    assert len(paid[0]) == 8
