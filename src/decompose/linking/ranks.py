"""Which of too many values a variable keeps: told by what they are, so that no code elsewhere has a say in it."""

from __future__ import annotations

from hashlib import blake2b

from decompose.linking.program import Program
from decompose.linking.values import Value, Values

Rank = tuple[str, Value]


class Ranks(dict[Value, Rank]):
    """Value -> a hash of its kind and name, which leaves some of each class and function where there are too many of all.

    The number, which hangs on what else became known before, decides between equals only.
    """

    def __init__(self, program: Program, values: Values) -> None:
        super().__init__()
        self._program = program
        self._values = values

    def __missing__(self, value: Value) -> Rank:
        kind, *inside = self._values[value]
        match kind:
            case "F" | "C" | "I" | "G" | "S":
                name = self._program.scopes[inside[0]].definition
                if kind in "CI":
                    name += "".join(f"[{','.join(map(self._name, argument))}]" for argument in inside[1])
            case "B":
                name = " ".join(map(self._name, inside))
            case "M":
                name = self._program.modules[inside[0]].name
            case "L":
                name = ",".join(map(self._name, inside[0]))
            case "Y":
                name = self._name(inside[0])
            case "X":
                name = ":".join(inside)
            case _:
                name = inside[0] if isinstance(inside[0], str) and kind != "O" else ""
        rank = self[value] = (blake2b(f"{kind} {name}".encode(errors="replace"), digest_size=12).hexdigest(), value)
        return rank

    def _name(self, value: Value) -> str:
        return self[value][0] if value >= 0 else ""
