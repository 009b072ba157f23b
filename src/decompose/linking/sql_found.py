"""The SQL text that the program is seen to run, to make, and to read from files."""

from __future__ import annotations

from typing import NamedTuple

from decompose.linking.values import Value


class SqlUse(NamedTuple):
    """A scope, acting for a receiver, runs a text at a line; the rule says by which function."""

    scope: int
    receiver: Value
    text: Value
    rule: str
    line: int


class SqlFound:
    """What linking finds of it."""

    def __init__(self) -> None:
        self.uses: set[SqlUse] = set()
        self.made: set[tuple[int, Value, Value, int]] = set()
        """Scope, receiver, text and line where a text is made into a statement that runs elsewhere."""
        self.places_of_files: dict[Value, tuple[str, int]] = {}
        """A text of a file -> the file and the line of its name; line 0 for all that stands in the file."""
        self.read_by_name: dict[tuple[int, str, str], Value] = {}
        """Function, parameter and what is given for it -> the text of the file that the function reads and runs then."""

    def place(self, text: Value, file: str, line: int = 0) -> None:
        """Where a text of a file is; the first place counts."""
        self.places_of_files.setdefault(text, (file, line))
