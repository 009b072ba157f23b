from typing import TypeVar

from decompose.effects import calls_back
from pyramid.config import Configurator
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response

F = TypeVar("F")

class ApplicationCreated: ...
class NewRequest:
    request: Request
class ContextFound:
    request: Request
class BeforeTraversal:
    request: Request
class NewResponse:
    request: Request
    response: Response
class BeforeRender(dict): ...

class subscriber:
    def __init__(self, *ifaces, **predicates) -> None: ...
    @calls_back("wrapped")
    def __call__(self, wrapped: F) -> F: ...
