"""For which classes inherited methods act, as far as the callers are in view."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from decompose.linking.engine import Engine
from decompose.linking.program import Scope
from decompose.linking.values import Value


class Seen:
    """What calls methods for which receiver; asked once everything is linked."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.program = engine.program
        self.values = engine.values
        self.hierarchy = engine.hierarchy
        self._whom_of: dict[Value, Value] = {}
        self._acting_unseen: dict[tuple[int, Value], bool] = {}
        self._reached_copies: set[tuple[int, Value]] | None = None
        self._unseen: set[int] | None = None
        self._apart: set[int] = set()
        """Of these the methods that act for objects of their class that are told apart from others."""

    def look_around(self) -> None:
        """Find out now what is asked of many."""
        self._reached_copies, self._unseen = self._find_reached_copies(), self._find_unseen()

    def acts_unseen(self, scope: Scope, receiver: Value) -> bool:
        """Whether nothing in view calls an inherited method for this receiver, nor may code outside call it.

        Where all ancestors of a class are the application's own, all its callers are in view.
        """
        if receiver < 0 or not scope.is_method:
            return False
        key = (scope.index, receiver)
        known = self._acting_unseen.get(key)
        if known is None:
            known = self._acting_unseen[key] = self._is_unseen_copy(scope, receiver)
        return known

    def _is_unseen_copy(self, scope: Scope, receiver: Value) -> bool:
        if not self._is_copy(scope, receiver):
            return False
        if self._reached_copies is None:
            self._reached_copies = self._find_reached_copies()
        return (scope.index, self._whom(receiver)) not in self._reached_copies

    def _is_copy(self, scope: Scope, receiver: Value) -> bool:
        """Whether this is an inherited method, looked at for a class all of whose callers are in view."""
        if receiver < 0 or not scope.is_method or receiver == self.engine.own_receiver(scope):
            return False
        cls = self._cls(receiver)
        return cls >= 0 and self.hierarchy.is_closed(self.program.scopes[cls])

    def _find_reached_copies(self) -> set[tuple[int, Value]]:
        """The methods and whom they are called for, by code that is not itself such a copy unseen."""
        scopes = self.program.scopes
        following: dict[tuple[int, Value], list[tuple[int, Value]]] = {}
        reached: set[tuple[int, Value]] = set()
        stack: list[tuple[int, Value]] = []
        acting: dict[tuple[int, Value], tuple[int, Value] | None] = {}
        """Who calls -> the copy that this is; None for what need not be reached first."""

        def add(source: int, receiver: Value, called: Iterable[tuple[int, Value]]) -> None:
            if (source, receiver) not in acting:
                is_copy = self._is_copy(scopes[source], receiver)
                acting[source, receiver] = (source, self._whom(receiver)) if is_copy else None
            copy = acting[source, receiver]
            if self.own_class_is_unseen(scopes[source], receiver):
                return
            if copy is not None:
                following.setdefault(copy, []).extend(called)
                return
            for target in called:
                if target not in reached:
                    reached.add(target)
                    stack.append(target)

        for site in self.engine.sites:
            called = [(target, self._whom(of)) for target, of, kind in site.targets if kind != "library" and of >= 0]
            if called:
                add(site.frame.scope.index, site.frame.receiver, called)
        for source, receiver, *_, target, of in self.engine.implicit_calls:
            add(source, receiver, [(target, self._whom(of))])
        while stack:
            for further in following.pop(stack.pop(), ()):
                if further not in reached:
                    reached.add(further)
                    stack.append(further)
        return reached

    def own_class_is_unseen(self, scope: Scope, receiver: Value) -> bool:
        """Whether a method is called for subclasses only, as far as is in view, and not for the class that defines it.

        A template method of a class of which there are no instances does not run the steps that subclasses replace.
        """
        if receiver < 0 or receiver != self.engine.own_receiver(scope):
            return False
        if self._unseen is None:
            self._unseen = self._find_unseen()
        return scope.index in self._unseen

    def own_calls_are_unseen(self, scope: Scope, receiver: Value) -> bool:
        """The same, but for methods of a class whose objects are told apart: what depends on no object is called only here."""
        return self.own_class_is_unseen(scope, receiver) and scope.index not in self._apart

    def _find_unseen(self) -> set[int]:
        """The methods that act for subclasses only, once what such methods do for their own class is left out."""
        acting: dict[int, dict[Value, int]] = {}
        by_own: dict[int, list[tuple[int, Value]]] = {}
        for source, target, whom in self._calls_for():
            if source >= 0:
                by_own.setdefault(source, []).append((target, whom))
            receivers = acting.setdefault(target, {})
            receivers[whom] = receivers.get(whom, 0) + 1
        unseen: set[int] = set()
        changed: Iterable[int] = acting
        while True:
            found = {index for index in changed if index not in unseen and self._acts_for_others(index, acting[index])}
            if not found:
                return unseen
            unseen |= found
            self._apart |= {index for index in found if self._acts_for_one_told_apart(index, acting[index])}
            changed = set()
            for target, whom in (call for source in found for call in by_own.pop(source, ())):
                acting[target][whom] -= 1
                if not acting[target][whom]:
                    del acting[target][whom]
                changed.add(target)

    def _acts_for_others(self, index: int, receivers: Collection[Value]) -> bool:
        scope = self.program.scopes[index]
        return (
            scope.is_method
            and scope.parent is not None
            and self.engine.own_receiver(scope) not in receivers
            and any(self._cls(receiver) >= 0 for receiver in receivers)
            and self.hierarchy.is_closed(scope.parent)
        )

    def _acts_for_one_told_apart(self, index: int, receivers: Iterable[Value]) -> bool:
        """Whether one of the receivers is an object of the method's own class that is told apart from others, though not by its type."""
        cls = self.program.scopes[index].parent
        return (
            cls is not None
            and any(self._cls(of) == cls.index for of in receivers)
            and not self.engine.names.inheritance.type_parameters(cls)
        )

    def _calls_for(self) -> Iterator[tuple[int, int, Value]]:
        """Each call: the method that makes it for its own class, or -1; the function, and whom it is for."""
        own = self.engine.own_receiver
        for site in self.engine.sites:
            source = -2
            for target, of, kind in site.targets:
                if kind != "library":
                    if source == -2:
                        scope = site.frame.scope
                        source = scope.index if site.frame.receiver == own(scope) else -1
                    yield source, target, self._whom(of)
        scopes = self.program.scopes
        for index, receiver, *_, target, of in self.engine.implicit_calls:
            yield index if receiver == own(scopes[index]) else -1, target, self._whom(of)

    def is_own_class(self, scope: Scope, receiver: Value) -> bool:
        """Whether a receiver is the class that defines a method, or an instance of it."""
        return receiver >= 0 and scope.parent is not None and self._cls(receiver) == scope.parent.index

    def _whom(self, receiver: Value) -> Value:
        """The receiver as frames know it, whether it is proved or only declared; -1 where it is no object and no class.

        Two objects of one generic class are told apart by their type arguments: each calls methods of its own.
        """
        whom = self._whom_of.get(receiver)
        if whom is None:
            known = receiver >= 0 and self.values[receiver][0] in ("I", "C")
            whom = self.values.proved(receiver) if known else -1
            self._whom_of[receiver] = whom
        return whom

    def _cls(self, receiver: Value) -> int:
        description = self.values[receiver] if receiver >= 0 else ("",)
        return description[1] if description[0] in ("I", "C") else -1
