"""What nodes and all below them come to, against a plain walk from each of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from decompose.system.gathered import Bits, Gathered, positions, union

NODES = st.integers(0, 12)


@given(st.lists(st.tuples(NODES, NODES), max_size=40), st.lists(NODES, min_size=1, max_size=6))
def test_each_has_its_own_and_that_of_all_below(edges: list[tuple[int, int]], asked: list[int]) -> None:
    below: dict[int, list[int]] = {}
    for source, target in edges:
        below.setdefault(source, []).append(target)
    bits: Bits[int] = Bits()
    gathered = Gathered(lambda node: below.get(node, []), lambda node: bits.of([node]))
    for start in asked:
        seen, stack = {start}, [start]
        while stack:
            for target in below.get(stack.pop(), []):
                if target not in seen:
                    seen.add(target)
                    stack.append(target)
        assert sorted(bits.things(gathered.of(start))) == sorted(seen)


def test_each_node_is_looked_at_once_however_many_ask() -> None:
    looked: list[int] = []

    def below(node: int) -> list[int]:
        looked.append(node)
        return [(node + 1) % 1000, (node * 7) % 1000]

    gathered = Gathered(below, lambda node: 1 << node)
    assert all(gathered.of(start).bit_count() == 1000 for start in range(1000))
    assert sorted(looked) == list(range(1000))


def test_sets_are_read_from_their_lowest_bit() -> None:
    assert positions(union([0b1000, 0b10])) == [1, 3]
    assert positions(0) == []
