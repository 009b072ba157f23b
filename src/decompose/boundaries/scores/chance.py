"""What chance is: the same orders of the nodes on every machine, with any numpy, and in the report's page.

A node's place in an order is that of its hash. The page shuffles by the same rule (``chance.js``), so that what it counts
after a change is what the command line counts of the same split.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

SHUFFLES = 200
_SEED = 0x9E3779B9


def orders(nodes: int, count: int = SHUFFLES) -> np.ndarray[Any, np.dtype[np.int32]]:
    """Orders of so many nodes, one in each of ``count`` columns."""
    import numpy as np

    own = _mixed(np.arange(nodes, dtype=np.uint32))
    seeds = _mixed(np.arange(count, dtype=np.uint32) + np.uint32(_SEED))
    # The number of the node is below its hash in one integer, so that no two are equal and any way of sorting does.
    number = np.arange(nodes, dtype=np.uint64)
    found = np.empty((count, nodes), dtype=np.int32)
    for order, seed in zip(found, seeds, strict=True):
        keys = _mixed(own ^ seed).astype(np.uint64) << np.uint64(32)
        keys |= number
        keys.sort()
        order[:] = keys.astype(np.uint32)
    return np.ascontiguousarray(found.T)


def _mixed(numbers: np.ndarray[Any, np.dtype[np.uint32]]) -> np.ndarray[Any, np.dtype[np.uint32]]:
    """The last step of MurmurHash3 (Appleby, 2011): every bit of a number depends on every other."""
    import numpy as np

    mixed: np.ndarray[Any, np.dtype[np.uint32]] = numbers ^ (numbers >> np.uint32(16))
    mixed *= np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(13)
    mixed *= np.uint32(0xC2B2AE35)
    mixed ^= mixed >> np.uint32(16)
    return mixed
