"""Aggregates (statement, application stack) pairs inside the traced process.

Standard library only, so that it can be put on the path of any application's environment (Python 3.8 and later).
Parsing of the SQL happens afterwards, in ``resolve``.
"""

import ast
import json
import os
import re
import sys
import threading
from collections import Counter

# Paths below a root that are not the application: its tests, and what installs its schema.
EXCLUDE = (
    r"(^|/)(tests?|testing|test_utils|testutils|migrations|south_migrations|alembic|node_modules|site-packages|\.venv|\.tox)(/|$)"
    r"|(^|/)(conftest|test_[^/]*|[^/]*_test|tests|factories)\.py$"
)
# Frames the compiler makes inside a function; a reader of the source sees only the function.
INNER = re.compile(r"(\.<locals>)?\.<(listcomp|setcomp|dictcomp|genexpr|lambda)>$")
# Library frames between the innermost application frame and the statement that say how the one led to the other:
# (tag, file, names of functions or None for all)
VIA = [
    (tag, re.compile(file), names)
    for tag, file, names in (
        ("template", r"[/\\](django[/\\]template|jinja2|mako|chameleon|genshi)[/\\]", None),
        ("lazy", r"sqlalchemy[/\\]orm[/\\]strategies\.py$", {"_load_for_state"}),
        ("eager", r"sqlalchemy[/\\]orm[/\\]strategies\.py$", {"_load_for_path", "load_for_path", "load"}),
        ("refresh", r"sqlalchemy[/\\]orm[/\\]loading\.py$", {"load_scalar_attributes", "_load_scalar_attributes"}),
        ("flush", r"sqlalchemy[/\\]orm[/\\]session\.py$", {"_flush"}),
        ("autoflush", r"sqlalchemy[/\\]orm[/\\]session\.py$", {"_autoflush"}),
        ("lazy", r"django[/\\]db[/\\]models[/\\]fields[/\\]related_descriptors\.py$", {"__get__"}),
        ("refresh", r"django[/\\]db[/\\]models[/\\]query_utils\.py$", {"__get__"}),
        ("eager", r"django[/\\]db[/\\]models[/\\]query\.py$", {"prefetch_related_objects"}),
        ("collector", r"django[/\\]db[/\\]models[/\\]deletion\.py$", None),
        ("migration", r"alembic[/\\]runtime[/\\]|django[/\\]db[/\\]migrations[/\\]", None),
        ("admin", r"django[/\\]contrib[/\\]admin[/\\]", None),
        ("form", r"django[/\\]forms[/\\]", None),
        ("serializer", r"rest_framework[/\\]|pydantic[/\\]|marshmallow[/\\]", None),
    )
]
IN_LIST = re.compile(r"\(\s*(\?|%s|\$\d+|:\w+|%\(\w+\)s)(\s*,\s*(\?|%s|\$\d+|:\w+|%\(\w+\)s)){2,}\s*\)")


class Site:
    """A function of the application, or a module body."""

    __slots__ = ("code", "def_line", "file", "function", "index")

    def __init__(self, index, function, file, def_line, code):
        self.index, self.function, self.file, self.def_line = index, function, file, def_line
        self.code = code  # kept alive: sites are found by the id of their code


class Recorder:
    def __init__(self, roots, exclude=None, base=None):
        self.roots = [os.path.realpath(r) for r in roots]
        self.base = os.path.realpath(base) if base else os.path.commonpath(self.roots)
        if os.path.isfile(self.base):
            self.base = os.path.dirname(self.base)
        self.exclude = re.compile(EXCLUDE + ("|" + exclude if exclude else ""))
        self.sites = []
        self.statements = {}
        self.events = Counter()
        self.tables = {}
        self.lines = {}
        self.enabled = True
        self.local = threading.local()
        self._by_code = {}
        self._tags = {}
        self._classes = {}
        self._families = {}
        self.receivers = set()
        self.ran = set()
        self._by_key = {}
        self._files = {}
        self._qualnames = {}

    # -- stacks -------------------------------------------------------------------------------------------------

    def app_file(self, filename):
        """The path of FILENAME relative to the base, or None where it is not part of the application."""
        try:
            return self._files[filename]
        except KeyError:
            pass
        found = None
        if filename.endswith(".py"):  # and not a template that Jinja compiled, nor '<string>'
            real = os.path.realpath(filename)
            for root in self.roots:
                if real == root or real.startswith(root + os.sep):
                    below = os.path.relpath(real, os.path.dirname(root)).replace(os.sep, "/")
                    if not self.exclude.search("/" + below.split("/", 1)[-1]):
                        found = os.path.relpath(real, self.base).replace(os.sep, "/")
        self._files[filename] = found
        return found

    def site(self, code, module=None):
        """The site of a code object, or None where it is not part of the application."""
        found = self._by_code.get(id(code))
        if found is not None:
            return found[0]
        file = self.app_file(code.co_filename)
        site = None
        if file:
            if module is None:  # from sys.monitoring, which gives no globals
                module = re.sub(r"(/__init__)?\.py$", "", file).replace("/", ".")
            qualname = getattr(code, "co_qualname", None) or self._qualname(code)
            while INNER.search(qualname):
                qualname = INNER.sub("", qualname)
            if qualname.startswith("<") and qualname != "<module>":
                qualname = "<module>"  # a comprehension or a lambda of the module body
            key = (file, qualname)
            site = self._by_key.get(key)
            if site is None:
                site = Site(len(self.sites), "%s:%s" % (module, qualname), file, code.co_firstlineno, code)
                self.sites.append(site)
                self._by_key[key] = site
        self._by_code[id(code)] = (site, code)
        return site

    def _qualname(self, code):
        """The qualified name of a code object on Python before 3.11, from the source."""
        names = self._qualnames.get(code.co_filename)
        if names is None:
            names = self._qualnames[code.co_filename] = {}
            try:
                with open(code.co_filename, "rb") as f:
                    _name_lines(ast.parse(f.read()), "", names)
            except (OSError, SyntaxError, ValueError):
                pass
        for line, name in names.get(code.co_name, ()):
            if line == code.co_firstlineno:
                return name
        owner = ""
        if code.co_name.startswith("<") and code.co_name != "<module>":  # a comprehension or a lambda
            best = 0
            for entries in names.values():
                for line, name in entries:
                    if best < line <= code.co_firstlineno:
                        best, owner = line, name + ".<locals>."
        return owner + code.co_name

    def stack(self, frame):
        """[(site, line, gap)] from the innermost application frame outwards, the tags of VIA between it and the statement,
        and the application's classes that act. GAP: frames that are not the application's lie between this frame and the
        one inside it. A class acts where a library's method runs on an object of it, unless one of its own does so inside.
        """
        out, gap, via, greenlet = [], False, set(), None
        own, acting = set(), set()
        while frame is not None:
            code = frame.f_code
            site = self.site(code, frame.f_globals.get("__name__", "?"))
            first = code.co_varnames[0] if code.co_argcount else ""
            if first == "self":
                held = frame.f_locals.get("self")
                name = self._class_of(held)
                if name is not None:
                    self.ran.add((name, code.co_name))
                if site is not None:
                    own.add(id(held))
                    self.receivers.update((site.index, name) for name in self._family_of(type(held)))
                elif id(held) not in own and name is not None:
                    acting.add(name)
            elif first == "cls" and site is not None and isinstance(frame.f_locals.get("cls"), type):
                self.receivers.update((site.index, name) for name in self._family_of(frame.f_locals["cls"]))
            if site is None:
                gap = True
                if not out:
                    via.update(self._tag(code))
            else:
                line = frame.f_lineno
                if out and out[-1][0] is site and not gap and code.co_name.startswith("<"):
                    out[-1] = (site, line, out[-1][2])  # the comprehension's own frame and its function's: one
                else:
                    out.append((site, line, gap))
                gap = False
            back = frame.f_back
            if back is None and "greenlet" in sys.modules:
                back, greenlet = _outside_greenlet(greenlet)
            frame = back
        return out, tuple(sorted(via)), tuple(sorted(acting))

    def _family_of(self, cls):
        """The names of a class and of the classes that it inherits from, as far as they are the application's."""
        found = self._families.get(cls)
        if found is None:
            names = [self._name_of(each) for each in type.mro(cls)]
            found = self._families[cls] = tuple(name for name in names if name is not None)
        return found

    def _class_of(self, held):
        """'module:qualname' of the class of an object, None where it is not the application's."""
        return self._name_of(type(held))

    def _name_of(self, cls):
        try:
            return self._classes[cls]
        except (KeyError, TypeError):
            pass
        module = sys.modules.get(cls.__module__)
        file = self.app_file(getattr(module, "__file__", None) or "<none>")
        name = "%s:%s" % (cls.__module__, cls.__qualname__) if file else None
        self._classes[cls] = name
        return name

    def _tag(self, code):
        found = self._tags.get(id(code))
        if found is None:
            tags = [
                tag
                for tag, file, names in VIA
                if (names is None or code.co_name in names) and file.search(code.co_filename)
            ]
            found = self._tags[id(code)] = (tags, code)
        return found[0]

    def here(self, frame):
        """(site index, line) of the innermost application frame, or None."""
        greenlet = None
        while frame is not None:
            site = self.site(frame.f_code, frame.f_globals.get("__name__", "?"))
            if site is not None:
                return (site.index, frame.f_lineno)
            back = frame.f_back
            if back is None and "greenlet" in sys.modules:
                back, greenlet = _outside_greenlet(greenlet)
            frame = back
        return None

    # -- events -------------------------------------------------------------------------------------------------

    def record(self, sql, frame, origins=None):
        """A statement, executed below FRAME. ORIGINS: [(site index, line)] of what led to it from elsewhere."""
        if not self.enabled:
            return
        if not isinstance(sql, str):
            sql = sql.decode("utf8", "replace") if isinstance(sql, (bytes, bytearray)) else str(sql)
        index = self.statements.get(sql)
        if index is None:
            short = IN_LIST.sub(r"(\1)", sql)
            index = self.statements.setdefault(short, len(self.statements))
            if len(sql) < 5000:
                self.statements[sql] = index
        chain, via, acting = self.stack(frame)
        if origins is None:
            origins = getattr(self.local, "origins", ())
        self.events[(index, tuple((s.index, line, gap) for s, line, gap in chain), tuple(origins), via, acting)] += 1

    # -- output -------------------------------------------------------------------------------------------------

    def dump(self, path, **meta):
        self.enabled = False
        texts = {}
        for sql, index in self.statements.items():
            if index not in texts or len(sql) < len(texts[index]):
                texts[index] = sql
        with open(path, "w", encoding="utf8") as f:

            def write(kind, **fields):
                f.write(json.dumps(dict(kind=kind, **fields), ensure_ascii=False) + "\n")

            write("meta", roots=self.roots, base=self.base, python=sys.version.split()[0], **meta)
            for s in self.sites:
                write("site", index=s.index, function=s.function, file=s.file, def_line=s.def_line)
            for index, sql in sorted(texts.items()):
                write("sql", index=index, sql=sql)
            for (sql, chain, origins, via, acting), n in self.events.items():
                write("event", sql=sql, chain=chain, origins=origins, via=via, acting=acting, n=n)
            for index, name in sorted(self.receivers):
                write("receiver", site=index, name=name)
            for name, method in sorted(self.ran):
                write("ran", name=name, method=method)
            for table, fields in sorted(self.tables.items()):
                write("table", table=table, **fields)
            for file, lines in sorted(self.lines.items()):
                write("lines", file=file, lines=sorted(lines))


def _name_lines(node, prefix, names):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            name = prefix + child.name
            # before 3.8 the first line was the decorator's; since then co_firstlineno still is
            for line in {child.lineno, *(d.lineno for d in child.decorator_list)}:
                names.setdefault(child.name, []).append((line, name))
            inner = name + ("." if isinstance(child, ast.ClassDef) else ".<locals>.")
            _name_lines(child, inner, names)
        else:
            _name_lines(child, prefix, names)


def _outside_greenlet(current):
    """The frame that a greenlet's own outermost frame was entered from (SQLAlchemy's async engines run in one)."""
    greenlet = sys.modules["greenlet"]
    current = greenlet.getcurrent() if current is None else current
    parent = current.parent
    return (parent.gr_frame, parent) if parent is not None else (None, current)
