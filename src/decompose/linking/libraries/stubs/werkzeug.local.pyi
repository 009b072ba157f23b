from typing import Callable, TypeVar

from decompose.effects import calls_back

T = TypeVar("T")


# A proxy is told as what it stands for.
@calls_back("local")
def LocalProxy(local: Callable[..., T], name=None, *, unbound_message=None) -> T: ...
