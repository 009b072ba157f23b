from typing import Any, TypeVar

from decompose.effects import calls_back, calls_on

P = TypeVar("P")
U = TypeVar("U")


class JSONEncoder:
    __has_more__ = True
    __hooks__ = "default"

    @calls_on("Self", "default")
    def encode(self, o) -> str: ...
    @calls_on("Self", "default")
    def iterencode(self, o, _one_shot=False): ...
    def default(self, o): ...


# What is read is of no class: `load` and `loads` are left to what is said of code without a summary.
@calls_back("default", "U")
@calls_on("P", "default", "encode", "iterencode")
def dump(obj: U | list[U] | dict[Any, U], fp, *, cls: type[P] = None, default=None, **options) -> None: ...
@calls_back("default", "U")
@calls_on("P", "default", "encode", "iterencode")
def dumps(obj: U | list[U] | dict[Any, U], *, cls: type[P] = None, default=None, **options) -> str: ...
