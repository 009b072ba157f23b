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
    names = [ranks[value][1] for value in both]
    assert names[0] != names[1]
    assert max(map(len, names)) < 1000
