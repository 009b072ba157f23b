"""The layers around Litestar's handlers: the controller, the routers that list it, the application; with their paths and hooks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from decompose.facts import HOLE, Op
from decompose.facts.records import Ref
from decompose.linking.frames import Site
from decompose.linking.libraries.decorator_routes import join
from decompose.linking.libraries.mounts import Mounts
from decompose.linking.linked import Linked
from decompose.linking.makers import Makers
from decompose.linking.origins import added, keyword_ref
from decompose.linking.program import Scope

VERBS = {
    "get": "GET", "post": "POST", "put": "PUT", "patch": "PATCH", "delete": "DELETE", "head": "HEAD",
    "websocket": "WEBSOCKET", "websocket_listener": "WEBSOCKET", "websocket_stream": "WEBSOCKET", "asgi": "ANY", "route": "",
}  # fmt: skip
_ROUTER, _APPLICATION = "litestar:Router", "litestar:Litestar"
_REGISTER = f"{_ROUTER}.register"
_LISTENER = "litestar.handlers:WebsocketListener"
_HOOKS = {
    "guards": "guards",
    "before_request": "runs before",
    "after_request": "runs after",
    "after_response": "runs after",
}
"""What a layer gives its handlers to run, and what is said of it."""
_LISTENER_METHODS = ("on_accept", "on_receive", "on_disconnect")
_MAX_LAYERS = 40
_MAX_PARTS = 8
"""So deep may lists be put together."""


class Handler(NamedTuple):
    """What answers, the call that says so (none for a class that listens), with which method and below which paths of its own."""

    function: Scope
    site: Site | None
    methods: tuple[str, ...]
    paths: tuple[str, ...]


class Layers:
    """All handlers, and what lies around them."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self._mounts = Mounts(linked)
        self._makers = Makers(linked)
        self._made: dict[tuple[int, int], Site] = {}
        self._listing: dict[int, list[Site]] = {}
        for site in linked.sites_calling(_ROUTER, _APPLICATION, _REGISTER):
            is_router = site.kind == "call" and self._calls(site, _ROUTER)
            registers = self._calls(site, _REGISTER)
            if not registers:
                self._made[site.frame.scope.index, site.operation[1]] = site
            listed = site.argument(0, "value") if registers else site.argument(1 if is_router else 0, "route_handlers")
            for value in linked.listed_values(sorted(linked.argument_values(site, listed))):
                described = linked.values[value]
                if described[0] in ("F", "C"):
                    self._listing.setdefault(described[1], []).append(site)

    def _calls(self, site: Site, definition: str) -> bool:
        scopes = self.linked.program.scopes
        return any(scopes[t].definition in (definition, f"{definition}.__init__") for t, _, _ in site.targets)

    def handlers(self) -> Iterator[Handler]:
        """The functions that a decorator makes handlers, and the classes whose methods listen."""
        for name, verb in VERBS.items():
            for site in self.linked.sites_calling(f"litestar:{name}"):
                methods = (verb,) if verb else tuple(self._stated(site, "http_method")) or ("ANY",)
                paths = tuple(self._stated(site, "path", 0)) or ("/",)
                for decoration in self.linked.decorations(site):
                    for function in self.linked.handlers(decoration, decoration.arguments[0]):
                        if function.is_function:
                            yield Handler(function, site, methods, paths)
        for cls in self.linked.application_classes():
            if self.linked.inherits(cls, _LISTENER):
                path = self._path_of(cls)
                for name in _LISTENER_METHODS:
                    found = self.linked.bound_method(cls, name)
                    if found is not None:
                        yield Handler(found[0], None, ("WEBSOCKET",) if name == "on_receive" else (), (path or "/",))

    def _stated(self, site: Site, name: str, position: int = -1) -> Iterator[str]:
        """The texts that an argument gives, one or a list of them."""
        ref = site.argument(position, name)
        if ref != -1:
            yield from dict.fromkeys(self._texts(site.frame.scope, ref, _MAX_PARTS))

    def _texts(self, scope: Scope, ref: Ref, depth: int) -> Iterator[str]:
        """The texts that a value is or lists, also where lists are put together and loops fill in what they go over."""
        told = self.linked.constant(scope, ref)
        origin = self.linked.origin(scope, ref) if type(ref) is int else None
        if isinstance(told, list | tuple):
            yield from (text if isinstance(text, str) else "<dynamic>" for text in told)
        elif isinstance(told, str) and HOLE not in told:
            yield told
        elif origin is not None and origin.operation[0] == Op.CONTAINER and depth:
            for element in origin.operation[3]:
                yield from self._texts(origin.scope, element, depth - 1)
        elif origin is not None and depth and (sides := added(origin.scope, origin.operation[1])) and told is None:
            for side in sides:
                yield from self._texts(origin.scope, side, depth - 1)
        else:
            choices = self._makers.choices(scope, ref)
            texts = (self.linked.constant(scope, ref, choice) for choice in choices)
            yield from (text if isinstance(text, str) and HOLE not in text else "<dynamic>" for text in texts)

    def paths(self, handler: Handler) -> list[str]:
        """All paths below which a handler is found: that of its controller, and those of the routers that list it."""
        prefixes = [
            join(above, own) if own else above
            for owner in self._owners(handler)
            for own in [self._path_of(owner) if owner is not handler.function and handler.site is not None else ""]
            for above in self._above(owner)
        ]
        found = (
            join(prefix, "" if path == "/" and prefix else path)
            for prefix in dict.fromkeys(prefixes)
            for path in handler.paths
        )
        # Litestar takes no slash for the end of a path.
        return list(dict.fromkeys(path.rstrip("/") or "/" for path in found))

    def _owners(self, handler: Handler) -> list[Scope]:
        """What is listed of a handler: its controller, or those that inherit it; the function where it is none's method."""
        function = handler.function
        cls = function.parent if function.is_method else None
        if cls is None:
            return [function]
        heirs = [cls, *self.linked.hierarchy.subclasses.get(cls.index, ())]
        own = [heir for heir in heirs if self._is_inherited(heir, cls, function.facts.name)]
        return [heir for heir in own if heir.index in self._listing] or [cls]

    def _is_inherited(self, heir: Scope, owner: Scope, name: str) -> bool:
        member = self.linked.hierarchy.member(heir, name)
        return member is not None and member.owner is owner

    def _above(self, listed: Scope) -> list[str]:
        """The paths of the routers that list something: one, empty, where nothing does."""
        found = []
        for site in self._listing.get(listed.index, []):
            made = self._made_by(site)
            own = self._path_of_call(made) if made is not None else ""
            around = self._mounts.paths_above(_key(made)) if made is not None else [""]
            found += [join(before, own) if own else before for before in around]
        return found or [""]

    def _made_by(self, site: Site) -> Site | None:
        """The call that made the router, also where a method of it is called."""
        if _key(site) in self._made:
            return site
        origin = self._mounts.receiver(site)
        return self._made.get((origin.scope.index, origin.operation[1])) if origin is not None else None

    def _path_of_call(self, site: Site) -> str:
        position = 0 if self._calls(site, _ROUTER) else -1
        path = self.linked.keyword(site.frame.scope, site.operation, "path", position)
        return path if isinstance(path, str) and path != "/" else ""

    def _path_of(self, cls: Scope) -> str:
        member = self.linked.hierarchy.member(cls, "path")
        path = self.linked.constant(member.owner, member.ref) if member is not None and member.ref is not None else None
        return path if isinstance(path, str) and path != "/" else ""

    def run_for(self, handler: Handler) -> Iterator[tuple[Scope, str]]:
        """What each layer gives to run for a handler, with what it is: a guard, or a hook around each request."""
        owners = self._owners(handler)
        layers = [
            site
            for owner in owners
            for listing in self._listing.get(owner.index, [])
            for site in self._outward(listing)
        ]
        for name, said in _HOOKS.items():
            if handler.site is not None:
                yield from ((function, said) for function in self._given(handler.site, name))
            for owner in owners:
                values = (
                    self.linked.listed_values(self.linked.attribute_values(owner, name))
                    if not owner.is_function
                    else ()
                )
                yield from ((function, said) for function in self.linked.functions_among(values))
            for site in layers:
                yield from ((function, said) for function in self._given(site, name))

    def _outward(self, site: Site) -> Iterator[Site]:
        """The routers around what a call lists, the innermost first, and the application."""
        made = self._made_by(site)
        waiting, seen = [_key(made)] if made is not None else [], set[tuple[int, int]]()
        while waiting and len(seen) < _MAX_LAYERS:
            key = waiting.pop()
            if key not in seen and key in self._made:
                seen.add(key)
                yield self._made[key]
                waiting += self._mounts.around(key)

    def _given(self, site: Site, name: str) -> Iterator[Scope]:
        ref: Ref = keyword_ref(site.operation, name)
        values = self.linked.argument_values(site, ref) if ref != -1 else ()
        return self.linked.functions_among(self.linked.listed_values(sorted(values)))


def _key(site: Site) -> tuple[int, int]:
    return site.frame.scope.index, site.operation[1]
