"""Templates are compiled once and kept where Python keeps its compiled modules: compiling them all takes as long as a small analysis."""

from __future__ import annotations

import hashlib
import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

if TYPE_CHECKING:
    from jinja2.bccache import Bucket


class CompiledTemplates(jinja2.FileSystemBytecodeCache):
    """The compiled templates of the environment that ``module`` makes; where nothing can be kept they are compiled each time."""

    def __init__(self, module: str) -> None:
        # What is compiled depends on the environment and on the library as well as on the template.
        made_by = hashlib.sha1(
            Path(module).read_bytes() + jinja2.__version__.encode(), usedforsecurity=False
        ).hexdigest()
        super().__init__(str(Path(cache_from_source(module)).parent), f"{made_by[:12]}-%s.template")

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                Path(self.directory).mkdir(parents=True, exist_ok=True)
                super().dump_bytecode(bucket)
