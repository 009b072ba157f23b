from typing import Any

from decompose.effects import calls_back
from pyramid.registry import Registry
from pyramid.response import Response
from starlette.sessions import Session as KeptSession

class MultiDict(dict[str, str]):
    __has_more__ = True
    def getone(self, key) -> str: ...
    def getall(self, key) -> list[str]: ...
    def mixed(self) -> dict[str, Any]: ...

class Session(KeptSession):
    def flash(self, msg, queue="", allow_duplicate=True) -> None: ...
    def changed(self) -> None: ...

class Request:
    __has_more__ = True
    __keeps_attributes__ = True

    GET: MultiDict
    POST: MultiDict
    params: MultiDict
    headers: dict[str, str]
    cookies: dict[str, str]
    environ: dict[str, Any]
    matchdict: dict[str, str]
    registry: Registry
    response: Response
    session: Session
    body: bytes
    text: str
    method: str
    path: str
    path_info: str
    path_qs: str
    path_url: str
    url: str
    host: str
    host_url: str
    application_url: str
    domain: str
    scheme: str
    query_string: str
    referer: str
    referrer: str
    user_agent: str
    remote_addr: str
    client_addr: str
    content_type: str
    accept_encoding: str
    exception: Exception
    identity: Any
    def route_path(self, route_name, *elements, **options) -> str: ...
    def route_url(self, route_name, *elements, **options) -> str: ...
    def current_route_path(self, *elements, **options) -> str: ...
    def current_route_url(self, *elements, **options) -> str: ...
    def resource_url(self, resource, *elements, **options) -> str: ...
    def resource_path(self, resource, *elements, **options) -> str: ...
    def static_path(self, path, **options) -> str: ...
    def static_url(self, path, **options) -> str: ...
    def find_service(self, iface=None, context=None, name=""): ...
    @calls_back("callback")
    def add_response_callback(self, callback) -> None: ...
    @calls_back("callback")
    def add_finished_callback(self, callback) -> None: ...
