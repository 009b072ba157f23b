"""What further frameworks route, out of the tables that they keep: (method, path, what answers) for each.

Of a class, (class, name) of each method that answers, where the framework chooses among them. Paths stand without a regular
expression's signs.
"""

import inspect
import re

VERBS = ("get", "post", "put", "patch", "delete")


def reader(app):
    """The function that reads what this application routes, or nothing."""
    for cls in type(app).__mro__:
        for package in cls.__module__.split("."):  # a copy of a framework stands somewhere in the application
            if package in _READERS:
                return _READERS[package]
    return None


def _aiohttp(app):
    for route in app.router.routes():
        path = route.resource.canonical if route.resource is not None else ""
        if inspect.isclass(route.handler):
            for verb in VERBS:
                if hasattr(route.handler, verb):
                    yield verb.upper(), path, (route.handler, verb)
        elif route.method != "HEAD":  # which is added to each that answers GET
            yield "ANY" if route.method == "*" else route.method, path, route.handler


def _sanic(app):
    for route in app.router.routes:
        view = getattr(route.handler, "view_class", None)
        path = "/" + route.path.lstrip("/")
        for method in sorted(route.methods):
            answering = (view, method.lower()) if hasattr(view, method.lower()) else None if view else route.handler
            if answering is not None:
                yield ("WEBSOCKET" if route.extra.websocket else method), path, answering


def _tornado(app):
    return _tornado_rules(app.default_router, "")


def _tornado_rules(router, prefix):
    for rule in router.rules:
        pattern = getattr(getattr(rule.matcher, "regex", None), "pattern", "")
        if hasattr(rule.target, "rules"):
            for row in _tornado_rules(rule.target, prefix + pattern):
                yield row
        elif inspect.isclass(rule.target):
            path = "/" + _plain(pattern).lstrip("/")
            answering = {verb: getattr(rule.target, verb) for verb in (*VERBS, "head", "options")}
            own = [verb for verb, m in answering.items() if not m.__qualname__.endswith("_unimplemented_method")]
            for verb in own:
                yield verb.upper(), path, (rule.target, verb)
            if not own:
                yield "ANY", path, rule.target


def _plain(pattern):
    parse = getattr(re, "_parser", None) or __import__("sre_parse")
    return "".join(_signs(parse.parse(pattern)))


def _signs(parsed):
    for kind, told in parsed:
        name = str(kind)
        if name == "LITERAL":
            yield chr(told)
        elif name == "SUBPATTERN" and told[0] is not None:
            yield "<>"
        elif name == "SUBPATTERN":
            yield "".join(_signs(told[-1]))
        elif name == "MAX_REPEAT" and told[:2] == (0, 1):
            # What may be left out is, but for a slash at the end; the route answers there as well.
            yield "".join(sign for sign in _signs(told[2]) if sign == "/")
        elif name == "ANY":
            yield "."
        elif name.endswith("REPEAT"):
            yield "".join(_signs(told[2])) + "*"


def _bottle(app):
    for route in app.routes:
        target = route.config.get("mountpoint.target")
        if target is None:
            yield route.method, route.rule, route.callback
            continue
        for method, path, answering in _bottle(target):
            yield method, route.config["mountpoint.prefix"].rstrip("/") + path, answering


def _litestar(app):
    for route in app.routes:
        kind = type(route).__name__
        handlers = getattr(route, "route_handlers", None) or [route.route_handler]
        for handler in handlers:
            methods = getattr(handler, "http_methods", None) or ["WEBSOCKET" if "WebSocket" in kind else "ANY"]
            for method in sorted(methods):
                if method != "OPTIONS":
                    yield method, route.path, handler.fn


_READERS = {"aiohttp": _aiohttp, "sanic": _sanic, "tornado": _tornado, "bottle": _bottle, "litestar": _litestar}
