"""What ``with`` statements run besides their bodies, and where."""

from __future__ import annotations

from decompose.linking import Linked

Actor = tuple[str, str]


def is_entering(actor: Actor) -> bool:
    """Whether this is what a ``with`` statement runs first: what it opens lasts to the end of the block."""
    return actor[0].rpartition(".")[2] in ("__enter__", "__aenter__")


def is_leaving(actor: Actor) -> bool:
    """Whether this is what a ``with`` statement runs last."""
    return actor[0].rpartition(".")[2] in ("__exit__", "__aexit__")


def last_lines(linked: Linked) -> dict[tuple[str, int], int]:
    """File and line of a ``with`` statement -> the last line of its body, behind which it is left."""
    modules = [module for module in linked.program.modules if not module.library]
    return {(module.file, first): last for module in modules for first, _, last in module.facts.blocks}
