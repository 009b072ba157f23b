"""The routes of an application, out of the table that its framework keeps: one JSON object for each, sorted.

{method, path, handler, declared, kind}. METHOD is 'ANY' where the table does not restrict it. HANDLER is 'module:qualname' of
the view's function or class, under its decorators; DECLARED the module that lists the route, or null where the table does not
say. KIND is 'http', or 'admin' for the pages of a model's admin class: these are one row for each class and model, with the
name of the model as the path.
"""

import functools
import inspect
import json

from recorder import tables

_MAX_WRAPPERS = 20


def dump(code, out):
    """Run CODE, which leaves an application in the variable ``app``, or nothing for Django, and write its routes."""
    names = {}
    exec(compile(code, "<application>", "exec"), names)
    rows = sorted({json.dumps(row, sort_keys=True) for row in _routes(names.get("app"))})
    with open(out, "w", encoding="utf8") as stream:
        stream.writelines(f"{row}\n" for row in rows)
    return len(rows)


def _routes(app):
    if app is None:
        return _django()
    if hasattr(app, "url_map"):
        return _flask(app)
    if hasattr(app, "registry"):
        return _pyramid(app.registry.introspector)
    if type(app).__module__.startswith("falcon"):
        return _falcon(app._router._roots)
    read = tables.reader(app)
    if read is not None:
        return (_row(method, path, _name(answering)) for method, path, answering in read(app))
    return _starlette(app.routes, "")


def _row(method, path, handler, declared=None, kind="http"):
    return {"method": method, "path": path, "handler": handler, "declared": declared, "kind": kind}


def _flask(app):
    for rule in app.url_map.iter_rules():
        view = app.view_functions.get(rule.endpoint)
        added = {"HEAD"} if not hasattr(getattr(view, "view_class", None), "head") else set()
        added |= {"OPTIONS"} if rule.provide_automatic_options else set()
        methods = set(rule.methods or ["ANY"]) - added
        for method in methods or set(rule.methods):
            yield _row(method, rule.rule, _name(view))


def _pyramid(introspector):
    routes = [found["introspectable"] for found in introspector.get_category("routes") or ()]
    paths = {route["name"]: route["pattern"] for route in routes}
    for found in introspector.get_category("views") or ():
        view = found["introspectable"]
        if view["route_name"] in paths:
            handler = _name(view["callable"])
            if view.get("attr") and inspect.isclass(view["callable"]):
                handler += "." + view["attr"]
            methods = view["request_methods"] or ["ANY"]
            for method in set([methods] if isinstance(methods, str) else methods) - {"HEAD"}:
                yield _row(method, "/" + paths[view["route_name"]].lstrip("/"), handler)


def _falcon(nodes):
    for node in nodes:
        for method, responder in (node.method_map or {}).items() if node.uri_template is not None else ():
            if not responder.__module__.startswith("falcon"):  # what answers that nothing does
                function = inspect.unwrap(getattr(responder, "__func__", responder))
                yield _row(method, node.uri_template, "%s:%s" % (function.__module__, function.__qualname__))
        for row in _falcon(node.children):
            yield row


def _starlette(routes, prefix):
    for route in routes:
        candidates = getattr(
            route, "effective_candidates", None
        )  # FastAPI puts included routers together when it is asked
        inner = candidates() if candidates is not None else getattr(route, "routes", None)
        # of what FastAPI puts together, an ordinary route stands inside
        told = getattr(route, "starlette_route", None) or route
        path = prefix + getattr(told, "path", "")
        if inner is not None and not hasattr(told, "methods"):
            for row in _starlette(inner, path.rstrip("/")):
                yield row
        elif getattr(told, "endpoint", None) is None:
            yield _row("ANY", path, _name(type(getattr(told, "app", told))))
        else:
            web_socket = "WebSocket" in type(getattr(told, "original_route", told)).__name__
            methods = set(getattr(told, "methods", None) or ["WEBSOCKET" if web_socket else "ANY"])
            for method in sorted(methods - {"HEAD"} or methods):
                yield _row(method, path, _name(told.endpoint))


def _django():
    import django

    django.setup()
    from django.urls import get_resolver

    return _django_patterns(get_resolver(), "", None)


def _django_patterns(resolver, prefix, declared):
    from django.urls import URLResolver

    if inspect.ismodule(resolver.urlconf_name) or isinstance(resolver.urlconf_name, str):
        declared = resolver.urlconf_module.__name__
    elif type(resolver.pattern).__name__ != "LocalePrefixPattern":
        declared = None
    for pattern in resolver.url_patterns:
        if _is_spelling(pattern):
            continue
        path = prefix + _django_text(pattern.pattern, prefix)
        if isinstance(pattern, URLResolver):
            for row in _django_patterns(pattern, path, declared):
                yield row
            continue
        view = pattern.callback
        admin = getattr(view, "model_admin", None)
        if admin is not None:
            # The pages that the framework makes for each model are told as one.
            yield _row("ANY", admin.model._meta.object_name, _name(type(admin)), declared, "admin")
            continue
        shown = "/" + _django_plain(path).lstrip("/")
        operations = getattr(getattr(view, "__self__", None), "operations", None)
        if operations is not None:  # Django Ninja: one view for each path
            for operation in operations:
                for method in operation.methods:
                    yield _row(method, shown, _name(operation.view_func), declared)
            continue
        for method in _django_methods(view):
            yield _row(method, shown, _of_admin(view) or _name(view), declared)


def _is_spelling(pattern):
    """Whether a pattern is the one before it once more, with the format of the answer behind it."""
    text = str(pattern.pattern)
    return "<drf_format_suffix" in text or r"\.(?P<format>" in text


def _django_text(pattern, prefix):
    if type(pattern).__name__ == "LocalePrefixPattern":
        return "<language>/"
    text = str(pattern)
    return text[1:] if prefix and text.startswith("^") else text


def _django_plain(path):
    """A pattern without the signs of regular expressions, as Django's own documentation of views shows it."""
    try:
        from django.contrib.admindocs.views import simplify_regex
    except ImportError:
        return path
    return simplify_regex(path) if any(sign in path for sign in "^$(\\") else path


def _of_admin(view):
    """What answers a further page of an admin class or site: where it is written, which a library's base class may be."""
    while not inspect.ismethod(view) and hasattr(view, "__wrapped__"):
        view = view.__wrapped__
    if inspect.ismethod(view) and (hasattr(view.__self__, "admin_site") or hasattr(view.__self__, "_registry")):
        return "%s:%s" % (view.__func__.__module__, view.__func__.__qualname__)
    return None


def _django_methods(view):
    """What a view's class answers, of what it allows; for a view set its route's methods; else what decorators leave, or any."""
    cls = getattr(view, "view_class", None) or getattr(view, "cls", None)
    allowed = {method.lower() for method in getattr(cls, "http_method_names", ())}
    answered = getattr(view, "actions", None) or {method for method in allowed if hasattr(cls, method)}
    methods = {method.upper() for method in answered if method.lower() in allowed}
    for required in _required(view):
        methods = methods & required if methods else required
    return sorted(methods - {"HEAD", "OPTIONS"}) or ([] if getattr(view, "actions", None) else ["ANY"])


def _required(view):
    """What each ``require_http_methods`` around a view lets through: it keeps the list in a cell of its wrapper."""
    for _ in range(_MAX_WRAPPERS):
        code = getattr(view, "__code__", None)
        if code is not None and "request_method_list" in code.co_freevars:
            yield set(view.__closure__[code.co_freevars.index("request_method_list")].cell_contents)
        view = getattr(view, "__wrapped__", None)


def _name(view):
    """'module:qualname' of what answers: a class where the view was made of one."""
    for _ in range(_MAX_WRAPPERS):
        of_class = (
            getattr(view, "view_class", None) or getattr(view, "cls", None) or getattr(view, "_decorated_class", None)
        )
        if inspect.isclass(of_class):
            view = of_class
            break
        if isinstance(view, functools.partial):
            view = view.func
        elif inspect.ismethod(view):
            # Which class serves an inherited method is what the table says; under the wrappers is where it is written.
            function = inspect.unwrap(view.__func__)
            return "%s:%s.%s" % (type(view.__self__).__module__, type(view.__self__).__qualname__, function.__name__)
        elif hasattr(view, "__wrapped__"):
            view = view.__wrapped__
        else:
            break
    if view is None:
        return None
    if isinstance(view, tuple):  # a class, and the method of it that answers
        return "%s:%s.%s" % (view[0].__module__, view[0].__qualname__, view[1])
    if not hasattr(view, "__qualname__"):
        view = type(view)
    name = view.__qualname__.replace(".<locals>", "")
    # A wrapper that takes the name of what it wraps, and nothing else of it.
    return "%s:%s" % (view.__module__, name if name.endswith(view.__name__) else view.__name__)
