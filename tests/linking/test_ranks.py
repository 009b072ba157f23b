"""The names by which values are put in order."""

from __future__ import annotations

import ast

from decompose.facts import extract
from decompose.linking.program import Program
from decompose.linking.ranks import Ranks
from decompose.linking.values import Values


def test_names_of_arguments_inside_of_arguments_stay_short_and_apart() -> None:
    program, values = Program(), Values()
    program.add("m", "m.py", extract(ast.parse("class Pair: pass\nclass Other: pass\n")), is_package=False)
    ranks = Ranks(program, values)
    both = [values.intern("C", 1, ()), values.intern("C", 2, ())]
    for _ in range(24):
        both = [values.intern("C", 1, ((inner,), (inner,))) for inner in both]
    names = [ranks[value][0] for value in both]
    assert names[0] != names[1]
    assert max(map(len, names)) < 1000


def test_of_methods_of_many_objects_each_is_among_the_first() -> None:
    """However many objects two methods are bound to, both are kept of more than a variable takes."""
    program, values = Program(), Values()
    classes = "".join(f"class K{number}:\n    pass\n" for number in range(40))
    program.add("m", "m.py", extract(ast.parse(f"{classes}def first(): pass\ndef last(): pass\n")), is_package=False)
    ranks = Ranks(program, values)
    functions = [values.intern("F", scope.index, -1) for scope in program.scopes if scope.is_function]
    bound = [
        values.intern("B", function, values.instance(scope.index))
        for function in functions
        for scope in program.scopes
        if scope.facts.name.startswith("K")
    ]
    kept = sorted(bound, key=ranks.__getitem__)[:40]
    assert {values[value][1] for value in kept} == set(functions)
    assert sum(values[value][1] == functions[0] for value in kept) in range(12, 29)
