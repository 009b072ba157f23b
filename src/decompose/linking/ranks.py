"""Which of too many values a variable keeps: told by what they are, so that no code elsewhere has a say in it."""

from __future__ import annotations

from hashlib import blake2b

from decompose.linking.program import Program
from decompose.linking.values import Value, Values

Rank = tuple[str, str, Value]
_LONGEST = 200
"""The names of arguments inside of arguments would double with each step."""


class Ranks(dict[Value, Rank]):
    """Value -> its kind and name; the number, which hangs on what else became known before, decides between equals only."""

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
                name = inside[0] if isinstance(inside[0], str) else ""
        rank = self[value] = (kind, _shortened(name), value)
        return rank

    def _name(self, value: Value) -> str:
        return self[value][1] if value >= 0 else ""


def _shortened(name: str) -> str:
    """A long name by its beginning and its hash."""
    return name if len(name) <= _LONGEST else name[:_LONGEST] + blake2b(name.encode(), digest_size=16).hexdigest()
