"""Where Jinja templates are rendered: what they do then is added to the function that renders them, before anything is linked.

A template asks for attributes, calls methods and goes through lists just as code does, so it becomes operations like those of code;
`jinja_code` makes them. What its names stand for: the arguments of the call, entries of dictionaries among them, what functions add to
every context, and the objects that Flask adds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import HOLE, ParameterKind, Ref
from decompose.linking.libraries.jinja_filters import is_node
from decompose.linking.libraries.jinja_forms import Forms
from decompose.linking.libraries.jinja_surroundings import Surroundings
from decompose.linking.names import Names
from decompose.linking.program import Program, Scope
from decompose.linking.rendered import NotFollowed, Page, Pages
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.libraries.jinja_code import TemplateCode

_PACKAGES = frozenset({"flask", "quart", "starlette", "fastapi", "jinja2"})
_BY_NAME = {"render_template": 0, "stream_template": 0, "render_theme_template": 1}
"""What renders the template that is named by an argument -> the position of the argument."""
_BY_TEXT = frozenset({"render_template_string", "stream_template_string"})
_RESPONSE = "TemplateResponse"
_GETTING = frozenset({"get_template", "select_template", "get_or_select_template"})
_RENDERING = frozenset({"render", "render_async", "generate", "generate_async", "stream"})
_MODULES = ("flask", "quart", "flask_themes2")
_UNKNOWN = "which template is rendered is computed, or it is none of the application"
_TOO_MANY = "templates do more than is followed"
_MOST = 300_000
_MOST_STEPS = 3_000_000
"""So many operations may come from templates, and so many parts of them are looked at."""


class Rendering(NamedTuple):
    """A call that renders a template: the call, the name or the text, and the context: names, and dictionaries of names."""

    call: list[Any]
    template: Ref
    given: dict[str, Ref]
    more: list[Ref]
    is_text: bool = False


class _Wrapper(NamedTuple):
    """A function of the application that renders the template that its parameter names."""

    scope: Scope
    rendering: Rendering
    parameter: str


def follow_templates(program: Program, names: Names, pages: Pages) -> None:
    """Add what Jinja templates do to the functions that render them."""
    imported = {package for module in program.modules if not module.library for package in module.facts.packages}
    if imported & _PACKAGES:
        _Following(program, names, pages, imported).run()


class _Following:
    def __init__(self, program: Program, names: Names, pages: Pages, imported: set[str]) -> None:
        self.program = program
        self.names = names
        self.pages = pages
        self.surroundings = Surroundings(program, names, imported)
        self.forms = Forms(program, names)
        self.added = self.steps = 0

    def run(self) -> None:
        scopes = [scope for scope in self.program.scopes if not scope.library]
        found: list[tuple[Scope, Rendering]] = []
        wrappers: dict[str, list[_Wrapper]] = {}
        for scope in scopes:
            for rendering in self._renderings(scope):
                parameter = scope.parameter_names().get(rendering.template) if is_node(rendering.template) else None
                if parameter is not None:
                    wrappers.setdefault(scope.facts.name, []).append(_Wrapper(scope, rendering, parameter))
                else:
                    found.append((scope, rendering))
        if wrappers:
            found += [(s, rendering) for s in scopes for rendering in self._through(s, wrappers)]
        by_scope: dict[int, list[Rendering]] = {}
        for scope, rendering in found:
            by_scope.setdefault(scope.index, []).append(rendering)
        for index in sorted(by_scope):
            self._follow(self.program.scopes[index], by_scope[index])
        if by_scope:
            from decompose.linking.libraries.jinja_code import forget_parsed

            forget_parsed()

    # Finding

    def _renderings(self, scope: Scope) -> Iterator[Rendering]:
        for call in scope.facts.ops:
            if call[0] != Op.CALL:
                continue
            for asked in scope.operations_producing(call[2]):
                if asked[0] == Op.ATTRIBUTE:
                    yield from self._by_attribute(scope, call, asked)
                elif asked[0] in (Op.FREE, Op.FROM):
                    yield from self._by_function(scope, call, asked)

    def _by_function(self, scope: Scope, call: list[Any], asked: list[Any]) -> Iterator[Rendering]:
        name = asked[2] if asked[0] == Op.FREE else asked[4]
        if (name in _BY_NAME or name in _BY_TEXT) and self._is_of_flask(scope, call[2], name):
            yield _flask(call, _BY_NAME.get(name, 0), is_text=name in _BY_TEXT)

    def _by_attribute(self, scope: Scope, call: list[Any], asked: list[Any]) -> Iterator[Rendering]:
        name = asked[3]
        if (name in _BY_NAME or name in _BY_TEXT) and self._is_of_flask(scope, call[2], name):
            yield _flask(call, _BY_NAME.get(name, 0), is_text=name in _BY_TEXT)
        elif name == _RESPONSE:
            if any(self._is_of_django(value) for value in self.names.evaluate(scope, asked[2])):
                return
            keywords = dict(call[4])
            template = keywords.get("name", next((a for a in call[3][:2] if self._texts(scope, a)), -1))
            behind = call[3][call[3].index(template) + 1 :] if template in call[3] else call[3][1:]
            context = keywords.get("context", next(iter(behind), -1))
            yield Rendering(call, template, {"request": call[3][0]} if call[3] else {}, [context])
        elif name in _RENDERING:
            for made in scope.operations_producing(asked[2]):
                got = made[0] == Op.CALL and self._gets(scope, made)
                if got:
                    yield Rendering(call, made[3][0], *_context(call[3], call[4]))

    def _gets(self, scope: Scope, made: list[Any]) -> bool:
        """Whether a call asks an environment of Jinja for a template."""
        for asked in scope.operations_producing(made[2]):
            if asked[0] == Op.ATTRIBUTE and asked[3] in _GETTING and made[3]:
                return not any(self._is_of_django(value) for value in self.names.evaluate(scope, asked[2]))
        return False

    def _is_of_django(self, value: Value) -> bool:
        """Whether a value is a module of Django, which has templates of its own."""
        kind, of, *_ = self.names.values[value]
        name = of if kind == "X" else self.program.modules[of].name if kind == "M" else ""
        return name.partition(".")[0] == "django"

    def _is_of_flask(self, scope: Scope, ref: Ref, name: str) -> bool:
        for value in self.names.evaluate(scope, ref):
            described = self.names.values[value]
            if described[0] == "X" and described[1].partition(".")[0] in _MODULES and described[2] == name:
                return True
            if described[0] == "F" and self.program.scopes[described[1]].module.name in _MODULES:
                return True
        return False

    def _through(self, scope: Scope, wrappers: dict[str, list[_Wrapper]]) -> Iterator[Rendering]:
        """Calls of the application's own functions that render what they are told to."""
        for call in scope.facts.ops:
            for asked in scope.operations_producing(call[2]) if call[0] == Op.CALL else ():
                name = asked[3] if asked[0] == Op.ATTRIBUTE else asked[2] if asked[0] == Op.FREE else asked[-3]
                called = (w for w in wrappers.get(str(name), ()) if self._is_wrapper(scope, call, asked, w))
                yield from (_as_given(call, wrapper) for wrapper in called)

    def _is_wrapper(self, scope: Scope, call: list[Any], asked: list[Any], wrapper: _Wrapper) -> bool:
        if wrapper.scope.is_method:
            return bool(asked[0] == Op.ATTRIBUTE)
        described = (self.names.values[value] for value in self.names.evaluate(scope, call[2]))
        return any(d[:2] == ("F", wrapper.scope.index) for d in described)

    # Following

    def _follow(self, scope: Scope, renderings: list[Rendering]) -> None:
        behind: dict[int, list[list[Any]]] = {}
        nodes = scope.facts.nodes
        for rendering in renderings:
            code = self._code(scope, rendering, nodes)
            if code is None:
                continue
            line, nodes = rendering.call[-1], code.free
            for place, reason in code.problems:
                self.program.rendered.not_followed.append(NotFollowed(place.file, place.line, reason, scope.index))
            own = {o[3] for o in scope.facts.ops if o[0] == Op.ATTRIBUTE and o[4] == line}
            for operation, name, place in code.operations:
                self.program.rendered.add(scope.index, operation, name if name not in own else "", place)
            behind.setdefault(id(rendering.call), []).extend(o.operation for o in code.operations)
            self.added += len(code.operations)
            self.steps += code.steps
        ops: list[list[Any]] = []
        for operation in scope.facts.ops:
            ops.append(operation)
            ops += behind.get(id(operation), ())
        scope.change(ops=ops, nodes=nodes)

    def _code(self, scope: Scope, rendering: Rendering, nodes: int) -> TemplateCode | None:
        from decompose.linking.libraries.jinja_code import TemplateCode

        line = rendering.call[-1]
        found = list(self._pages(scope, rendering))
        if not found or self.added > _MOST or self.steps > _MOST_STEPS:
            self.program.rendered.not_followed.append(
                NotFollowed(scope.module.file, line, _TOO_MANY if found else _UNKNOWN, scope.index)
            )
            return None
        known, dictionaries = dict(rendering.given), list[Ref]()
        for ref in rendering.more:
            known.update((name, value) for name, value in self._entries(scope, ref) if name not in known)
            dictionaries += [ref] if is_node(ref) else []
        code = TemplateCode(self.pages, nodes, line, self.surroundings.of(dictionaries))
        code.fields = self.forms.among(scope, known.values())
        for page in found:
            code.render(page, dict(known))
        return code

    def _pages(self, scope: Scope, rendering: Rendering) -> Iterator[Page]:
        for name in self._texts(scope, rendering.template):
            if rendering.is_text:
                yield Page(scope.module.file, name, rendering.call[-1])
            elif HOLE in name:
                yield from self.pages.like(name)
            elif (page := self.pages(name)) is not None:
                yield page

    def _texts(self, scope: Scope, ref: Ref) -> Iterable[str]:
        """The texts that a ref may be; of a list the first that is there."""
        if isinstance(ref, str):
            return [ref]
        listed = ref[1] if isinstance(ref, list) and ref[0] == "c" else None
        if isinstance(listed, list):
            there = [name for name in listed if isinstance(name, str) and self.pages(name) is not None]
            return there[:1]
        if not is_node(ref):
            return []
        known = self.names.constants.constant(scope, ref)
        if isinstance(known, str):
            return [known]
        return [o[2] for o in scope.operations_producing(ref) if o[0] == Op.COPY and isinstance(o[2], str)]

    def _entries(self, scope: Scope, ref: Ref) -> Iterator[tuple[str, Ref]]:
        """What a dictionary that the function makes itself holds under its names."""
        for made in scope.operations_producing(ref):
            if made[0] == Op.CONTAINER and made[2] == "dict":
                pairs = zip(made[4] or (), made[3], strict=False)
                yield from (
                    (key, value) for key, value in pairs if isinstance(key, str) and not isinstance(value, list)
                )
            elif made[0] == Op.CALL and any(
                o[0] == Op.FREE and o[2] == "dict" for o in scope.operations_producing(made[2])
            ):
                yield from ((key, value) for key, value in made[4] if key is not None)


def _flask(call: list[Any], position: int, *, is_text: bool) -> Rendering:
    keywords = dict(call[4])
    parameter = "source" if is_text else "template_name_or_list"
    starred = next((ref for ref in call[3][: position + 1] if isinstance(ref, list) and ref[0] == "*"), None)
    placed = call[3][position] if len(call[3]) > position else keywords.pop(parameter, -1)
    template = placed if starred is None else starred[1]
    return Rendering(call, template, *_context([], call[4]), is_text)


def _context(arguments: list[Ref], keywords: list[list[Any]]) -> tuple[dict[str, Ref], list[Ref]]:
    given = {name: ref for name, ref in keywords if name is not None}
    spread = [ref for name, ref in keywords if name is None]
    return given, [*arguments, *spread]


def _as_given(call: list[Any], wrapper: _Wrapper) -> Rendering:
    """What a function renders when it is called like this."""
    facts, inner = wrapper.scope.facts, wrapper.rendering
    positional = [p[0] for p in facts.parameters if p[4] == ParameterKind.POSITIONAL][wrapper.scope.is_method :]
    arguments = {**dict(zip(positional, call[3], strict=False)), **{k: ref for k, ref in call[4] if k is not None}}
    for parameter in facts.parameters:
        if parameter[4] == ParameterKind.STAR and len(call[3]) > len(positional):
            arguments[parameter[0]] = call[3][len(positional)]
    named = {p[1]: p[0] for p in facts.parameters if p[4] != ParameterKind.STAR_STAR}
    rest = {p[1] for p in facts.parameters if p[4] == ParameterKind.STAR_STAR}
    given = {name: arguments.get(named.get(ref, ""), -1) for name, ref in inner.given.items()}
    more: list[Ref] = []
    for ref in inner.more:
        if ref in rest:
            given.update((k, r) for k, r in arguments.items() if k not in named.values())
            more += [r for k, r in call[4] if k is None]
        elif ref in named:
            more.append(arguments.get(named[ref], -1))
    return Rendering(call, arguments.get(wrapper.parameter, -1), given, more, inner.is_text)
