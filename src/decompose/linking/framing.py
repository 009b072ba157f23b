"""Which frames there are: one for each function, and special ones for a receiver or a call, laid over it."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from decompose.facts import Op, ScopeKind
from decompose.linking.declared_parameters import DeclaredParameters
from decompose.linking.differences import Differences
from decompose.linking.frames import Frame, Site
from decompose.linking.names import Names
from decompose.linking.overlays import Overlay
from decompose.linking.own_frames import OwnFrames
from decompose.linking.places import Places
from decompose.linking.program import Module, Program, Scope
from decompose.linking.promises import Promises
from decompose.linking.repeated_looks import RepeatedLooks
from decompose.linking.signatures import Signatures
from decompose.linking.solver import Node
from decompose.linking.told_apart import ToldApart
from decompose.linking.type_arguments import TypeArguments
from decompose.linking.values import Value, Values

if TYPE_CHECKING:
    from decompose.linking.given import Given
    from decompose.linking.key_parameters import KeyParameters

MAX_FRAMES_OF_A_SCOPE = 400

MIN_CALLS = 50_000
CALLS_SHARE = 2
"""So many callees for each operation of the program are followed in all, and a few of every call whatever comes."""

FEW_CALLEES = 8
MAX_FAMILY = 40


class Framing(Places):
    """Makes frames; what their bodies mean is told by `_instantiate`."""

    key_parameters: KeyParameters
    given: Given

    def __init__(self, program: Program, values: Values, names: Names) -> None:
        super().__init__(program, values, names)
        self.frames: list[Frame] = []
        self.classes: dict[int, Frame] = {}
        self._frames: dict[tuple[int, int, Value, int], Frame] = {}
        self._looks = RepeatedLooks(())
        self._calls_left = 0
        self.frames_of: dict[int, int] = {}
        """Function -> how many frames it has."""
        self.undivided: set[int] = set()
        """Frames in which nothing differs between those who call: a class that is made there is one for all."""
        self.own_frames = OwnFrames(self)
        self.signatures = Signatures(self)
        self.promises = Promises(self)
        self.declared_parameters = DeclaredParameters(self)
        self.differences = Differences(self)
        self.type_arguments = TypeArguments(self)
        self.told_apart = ToldApart(self)
        self._outer_nodes: dict[tuple[int, int], list[tuple[int, Node]]] = {}
        self._waiting: list[Frame] = []

    @abstractmethod
    def _instantiate(self, frame: Frame) -> None:
        """Make the constraints of a frame's operations."""

    @abstractmethod
    def _instantiate_library(self, frame: Frame) -> None:
        """Make the constraints of a frame of a summary."""

    def _inherit_methods(self, in_view: frozenset[int]) -> None:
        """Inherited methods are looked at once for each class that inherits them.

        In a large family without bases outside of the application all callers are in view, and what they call for
        which class has been looked at already. So are those of the methods ``in_view``, by index, in any such family.
        """
        for cls in self.program.classes():
            if cls.library:
                continue
            receiver = self.values.instance(cls.index)
            closed = self.hierarchy.is_closed(cls)
            for ancestor in self.hierarchy.order(cls)[1:]:
                if ancestor.library or ancestor.index not in self.classes:
                    continue
                if closed and len(self.hierarchy.subclasses[ancestor.index]) > MAX_FAMILY:
                    continue
                for name, ref in ancestor.facts.names.items():
                    member = self.hierarchy.member(cls, name)
                    if member is None or member.owner is not ancestor:
                        continue
                    # Whatever decorators make of a method, it acts for the class that inherits it.
                    function = self.plain_function(ancestor, ref) or ancestor.function_below(ref)
                    if closed and function is not None and function.index in in_view:
                        continue
                    if function is not None and function.facts.flavour != "static":
                        value = self.values.class_of(receiver) if function.facts.flavour == "class" else receiver
                        self.frame(function, self.class_frame(ancestor), value)

    def _new_frame(self, scope: Scope, nodes: list[Node], parent: Frame | None, receiver: Value) -> Frame:
        frame = Frame(len(self.frames), scope, nodes, parent, receiver)
        self.frames.append(frame)
        return frame

    def module_frame(self, module: Module) -> Frame:
        """The one frame of a module."""
        return self._modules[module.index]

    def class_frame(self, cls: Scope) -> Frame:
        """The one frame of a class body."""
        frame = self.classes.get(cls.index)
        if frame is None:
            frame = self.open_class(cls, self._lexical_frame(cls))
        return frame

    def _lexical_frame(self, scope: Scope) -> Frame:
        parent = scope.parent
        if parent is None:
            return self._modules[scope.module.index]
        return self._lexical_frame_of(parent)

    def _lexical_frame_of(self, scope: Scope) -> Frame:
        """The frame of a scope itself, for nobody in particular."""
        if scope.facts.kind == ScopeKind.MODULE:
            return self._modules[scope.module.index]
        if scope.facts.kind == ScopeKind.CLASS:
            return self.class_frame(scope)
        return self.frame(scope, self._lexical_frame(scope), self.own_receiver(scope))

    def frame_around(self, described: tuple[Any, ...]) -> Frame:
        """The frame that a described function was written in; of one that is known by its name only, for nobody in particular."""
        _, function, around = described
        return self.frames[around] if around >= 0 else self._lexical_frame(self.program.scopes[function])

    def open_class(self, cls: Scope, parent: Frame) -> Frame:
        frame = self._new_frame(cls, self.new_nodes(cls.facts.nodes), parent, -1)
        self.classes[cls.index] = frame
        for node, scope, ref in self.program.given_to_classes.get(cls.index, ()):
            self.edge(self.node_of(self._lexical_frame_of(scope), ref), frame.nodes[node])
        if cls.library:
            self._instantiate_library(frame)
        else:
            self._instantiate(frame)
        return frame

    def frame(self, function: Scope, parent: Frame, receiver: Value, site: Site | None = None) -> Frame:
        """The frame of a function for a receiver; small generic helpers get one for each call ``site``.

        Past a limit a method is looked at for the class that defines it only, and counted as not fully known.
        """
        context = -1
        if site is not None and self.own_frames.wants(function, site, parent):
            context = site.index
        asked = (function.index, parent.index, receiver, context)
        frame = self._frames.get(asked)
        if frame is not None:
            return frame
        if receiver >= 0:
            receiver = self.values.proved(receiver)
        own = self.own_receiver(function)
        if receiver >= 0 and receiver != own and own >= 0 and not self.differences.uses_receiver(function):
            # What a library hands to the method of a mixin depends on who acts.
            receiver = receiver if self.signatures.is_handed_more(function, own, receiver) else own
        key = (function.index, parent.index, receiver, context)
        frame = self._frames.get(key)
        if frame is not None:
            self._frames[asked] = frame
            return frame
        if parent.scope is not function.parent:
            # Its free names and defaults are refs of the scope around it: in another frame they would be something else.
            raise ValueError(f"{function.definition} is not written in {parent.scope.definition}")
        general = self._general(function, parent, receiver, context, own)
        overlay = self.differences.overlay(function, parent, general, receiver) if general is not None else None
        if general is not None and overlay is not None:
            if not overlay.operations and not overlay.returns:
                self.undivided.add(general.index)
                self._frames[key] = general
                return general
            count = self.frames_of.get(function.index, 0)
            size = len(overlay.operations) + 1
            asking = site.frame.scope if site is not None and context >= 0 else self._acting(receiver, function)
            if (context < 0 and count >= MAX_FRAMES_OF_A_SCOPE) or not self._looks.take(asking, size):
                self.saturated.update(general.nodes[:1])
                return general
        frame = self._new_frame(function, [], parent, receiver)
        self._frames[key] = frame
        self.frames_of[function.index] = self.frames_of.get(function.index, 0) + 1
        if context >= 0 and site is not None:
            frame.depth, frame.asked_by = max(frame.depth, self.own_frames.depth(parent, site)), site
            if site.kind == "decorate" or _hands_on_decorated(site):
                frame.decorates = site
        if general is not None and overlay is not None:
            self._lay_over(frame, general, overlay)
        else:
            frame.nodes = self.new_nodes(function.facts.nodes)
            frame.returns = self.new_node()
            self._free_names(frame)
        self._waiting.append(frame)
        self.signatures.bind(frame, site if context >= 0 else None)
        return frame

    def _acting(self, receiver: Value, function: Scope) -> Scope:
        """The class that a method acts for; a function stands for itself."""
        description = self.values[receiver] if receiver >= 0 else ("",)
        return self.program.scopes[description[1]] if description[0] in ("C", "I") else function

    def may_follow(self, site: Site) -> bool:
        """Whether one more callee of a call is followed: always, unless very many calls have very many callees."""
        self._calls_left -= 1
        if self._calls_left >= 0 or len(site.targets) < FEW_CALLEES:
            return True
        if site.operation[2] >= 0:
            self.saturated.add(site.frame.nodes[site.operation[2]])
        return False

    def _general(self, function: Scope, parent: Frame, receiver: Value, context: int, own: Value) -> Frame | None:
        """The frame that a special one shares most of itself with; None for one that is not special."""
        if context >= 0:
            return self.frame(function, parent, receiver)
        if receiver != own:
            return self.frame(function, parent, own)
        if parent.general is not None and parent.scope.is_function:
            return self.frame(function, parent.general, receiver)
        return None

    def _lay_over(self, frame: Frame, general: Frame, overlay: Overlay) -> None:
        frame.general = general
        frame.operations = overlay.operations
        frame.nodes = list(general.nodes)
        for inner, node in zip(overlay.nodes, self.new_nodes(len(overlay.nodes)), strict=True):
            frame.nodes[inner] = node
        self._free_names(frame)
        frame.returns = self.new_node() if overlay.returns else general.returns

    def decorated(self, frame: Frame | None, depth: int = 8, *, between: bool = False) -> list[Scope]:
        """The functions that a decorator's frame was made for, seen through decorators below it.

        ``between``: also what the decorators below it put around them.
        """
        site = frame.decorates if frame is not None else None
        if site is None or not depth:
            return []
        found: list[Scope] = []
        for value in sorted(self.values_of(self.node_of(site.frame, site.arguments[0]))):
            description = self.values[value]
            if description[0] == "F" and not self.program.scopes[description[1]].library:
                below = self.frames[description[2]] if description[2] >= 0 else None
                inner = self.decorated(below, depth - 1, between=between)
                found += [self.program.scopes[description[1]], *inner] if between or not inner else inner
        return found

    def _free_names(self, frame: Frame) -> None:
        """In a function a name from outside is the outer node itself: no copy."""
        if frame.parent is not None:
            nodes = frame.nodes
            for inner, node in self.outer_nodes(frame.scope, frame.parent):
                nodes[inner] = node

    def outer_nodes(self, function: Scope, parent: Frame) -> list[tuple[int, Node]]:
        """The nodes of a function that stand for names from outside, each with the outer node."""
        key = (function.index, parent.index)
        known = self._outer_nodes.get(key)
        if known is None:
            known = self._outer_nodes[key] = []
            for operation in function.facts.ops:
                if operation[0] == Op.FREE:
                    node = self.free_node(function, parent, operation[2])
                    if node >= 0:
                        known.append((operation[1], node))
        return known


def _hands_on_decorated(site: Site) -> bool:
    """``return decorate(function)`` of a decorator that may also be called with options only; ``decorate(function)(*args)`` in the
    wrapper that a decorator makes.
    """
    scope = site.frame.scope
    if site.kind != "call" or len(site.arguments) != 1 or type(site.arguments[0]) is not int or site.keywords:
        return False
    around = site.frame.parent
    if site.frame.decorates is None and around is not None and around.decorates is not None:
        first = _given_to_decorate(around.scope, [""])[0]
        loaded = {o[1] for o in scope.facts.ops if o[0] == Op.FREE and o[2] == first}
        called = any(o[0] == Op.CALL and o[2] == site.operation[1] for o in scope.facts.ops)
        return called and site.arguments[0] in loaded
    if site.frame.decorates is None:
        return False
    given = _given_to_decorate(scope, ["", -1])[1]
    known = {given, *(o[1] for o in scope.facts.ops if o[0] in (Op.COPY, Op.NARROW, Op.ITEM) and o[2] == given)}
    returned = {o[2] for ref in scope.facts.returns for o in scope.operations_producing(ref) if o[0] == Op.COPY}
    return site.arguments[0] in known and (site.operation[1] in returned or site.operation[1] in scope.facts.returns)


def _given_to_decorate(decorator: Scope, default: list[Any]) -> list[Any]:
    """The parameter that a decorator is given what it decorates for: behind the object, if it is one that can be called."""
    own = decorator.is_method and decorator.facts.flavour != "static"
    return next(iter(decorator.facts.parameters[own:]), default)
