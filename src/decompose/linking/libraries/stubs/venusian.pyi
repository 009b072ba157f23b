from typing import TypeVar

from decompose.effects import calls_back, keeps

C = TypeVar("C")
N = TypeVar("N")
F = TypeVar("F")

class AttachInfo:
    __has_more__ = True

@keeps("wrapped")
@calls_back("callback", "C", "N", "F")
def attach(wrapped: F, callback, category=None, depth=1, name=None) -> AttachInfo: ...
