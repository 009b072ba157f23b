"""Runs snippets and writes down which of their functions called which.

Each line of its input names one, as JSON: ``folder`` is the snippet, ``outside`` what it imports from elsewhere, ``driver`` the Python
text that makes it run. A line of output, also JSON, answers it: ``seen``, see `Recorder`, or null where the snippet failed, and ``said``,
all that the snippet wrote. Each runs in a copy of this process, so that none can disturb another or the tests; to start Python
anew for each would take longer than all the rest.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import traceback
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR, CO_OPTIMIZED
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

for _common in ("asyncio", "attr", "dataclasses", "enum", "logging", "typing"):
    __import__(_common)  # once for all copies

_HANGS_AFTER = 300
"""Seconds."""
_PAUSING = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR


class Recorder:
    """A profile function, and what it saw.

    ``edges``: (caller, callee) among the snippet's functions, also through code of others. ``paused``: generators and coroutines
    that ran; the interpreter does not tell who made them. ``classes``: classes defined. ``built_in``: (caller, last part of
    the name) of C functions called directly.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.edges: set[tuple[str, str]] = set()
        self.paused: set[str] = set()
        self.classes: set[str] = set()
        self.built_in: set[tuple[str, str]] = set()
        self._definitions: dict[int, tuple[CodeType, str | None]] = {}

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        """See `sys.setprofile`."""
        if event == "c_call":
            caller, name = self.definition(frame.f_code), argument.__name__
            declares = isinstance(getattr(argument, "__self__", None), property)
            if caller is not None and not declares and not name.startswith("__"):  # those are implied by syntax
                self.built_in.add((caller, name))
        elif event == "call":
            callee = self.definition(frame.f_code)
            if callee is not None:
                self._called(frame, callee)

    def _called(self, frame: FrameType, callee: str) -> None:
        code = frame.f_code
        if code.co_name == "<module>":
            return
        if not code.co_flags & CO_OPTIMIZED:
            self.classes.add(callee)
            return
        inner = code.co_name.startswith("<")
        if code.co_flags & _PAUSING:
            if not inner:
                self.paused.add(callee)
            return
        caller = self._caller(frame)
        if caller is not None and not (inner and caller == callee):
            self.edges.add((caller, callee))

    def _caller(self, frame: FrameType) -> str | None:
        outer = frame.f_back
        while outer is not None:
            definition = self.definition(outer.f_code)
            if definition is not None:
                return definition
            outer = outer.f_back
        return None

    def definition(self, code: CodeType) -> str | None:
        """The id of the definition that code belongs to; None for code of others. Asked at every call, so remembered."""
        known = self._definitions.get(id(code))  # codes of two files can be equal
        if known is None:
            known = self._definitions[id(code)] = code, self._definition(code)
        return known[1]

    def _definition(self, code: CodeType) -> str | None:
        path = Path(code.co_filename)
        if not path.is_relative_to(self.folder):
            return None
        parts = path.relative_to(self.folder).with_suffix("").parts
        module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        names: list[str] = []
        for name in code.co_qualname.split("."):
            if name == "<locals>":
                continue
            if name.startswith("<"):
                break
            names.append(name)
        return f"{module}:{'.'.join(names)}"


def record(folder: str, outside: str, driver: str) -> dict[str, list[Any]]:
    """Run the driver under the recorder."""
    sys.path[:0] = [folder, outside]
    recorder = Recorder(Path(folder))
    threading.setprofile(recorder)
    sys.setprofile(recorder)
    try:
        exec(compile(driver, "<driver>", "exec"), {"__name__": "driver"})
    finally:
        sys.setprofile(None)
    return {name: sorted(found) for name, found in vars(recorder).items() if isinstance(found, set)}


def in_a_copy(request: dict[str, str]) -> dict[str, Any]:
    """Record one snippet in a copy of this process; what it writes goes to files beside it."""
    said, seen = Path(request["folder"]).with_name("said.txt"), Path(request["folder"]).with_name("seen.json")
    child = os.fork()
    if not child:
        signal.alarm(_HANGS_AFTER)
        written = os.open(said, os.O_WRONLY | os.O_CREAT)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(written, 1)
        os.dup2(written, 2)
        failed = 1
        try:
            seen.write_text(json.dumps(record(**request)), encoding="utf-8")
            failed = 0
        except BaseException:  # noqa: BLE001 - whatever a snippet raises is told, and the copy ends here
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(failed)
    status = os.waitpid(child, 0)[1]
    text = said.read_text(encoding="utf-8", errors="replace")
    return {"seen": None if status else json.loads(seen.read_text(encoding="utf-8")), "said": text}


def main() -> None:
    """Answer each line of the input."""
    for line in sys.stdin:
        sys.stdout.write(json.dumps(in_a_copy(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
