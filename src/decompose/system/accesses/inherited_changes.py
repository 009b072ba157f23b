"""What inherited methods do for each class that acts, where one changes an object and another one, that calls it, flushes.

``create`` of a base calls ``cls.create_unsaved(...)`` and commits. Both are written once, for whatever class; but what
``create_unsaved`` changes is known for each class of its own, so that each has its own call of it, and its own flush.
"""

from __future__ import annotations

from decompose.linking import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.system.accesses.pending_changes import Actor, Call, Flush
from decompose.system.calls.placement import Placement


class InheritedChanges:
    """Adds to the ``calls``, ``callers`` and ``flushes`` of a program those of each class that inherits them."""

    def __init__(
        self,
        linked: Linked,
        placement: Placement,
        calls: dict[Actor, list[Call]],
        callers: dict[Actor, set[Actor]],
        flushes: dict[Actor, list[Flush]],
    ) -> None:
        self.linked = linked
        self.placement = placement
        self.calls = calls
        self.callers = callers
        self.flushes = flushes
        self.classes = {cls.definition: cls for cls in linked.application_classes()}

    def follow(self, changing: list[Actor]) -> dict[Flush, Flush]:
        """Go from what changes objects up to those that call it on their own object; the flushes added, each with what it is like."""
        added: dict[Flush, Flush] = {}
        waiting, seen = list(changing), set(changing)
        while waiting:
            called, unit = waiting.pop()
            home, cls = self.placement.home(called), self.classes.get(unit)
            if cls is None or unit == home:
                continue
            for caller in sorted(self.callers.get((called, home), ())):
                method = self._inherited(caller, cls)
                if method is None:
                    continue
                of_class = (caller[0], unit)
                self._call(caller, of_class, (called, home), (called, unit))
                added |= self._flush(caller, of_class, method, cls)
                if of_class not in seen:
                    seen.add(of_class)
                    waiting.append(of_class)
        return added

    def _inherited(self, actor: Actor, cls: Scope) -> Scope | None:
        """The method of an actor that stands for all classes, where this class inherits it."""
        owner, _, name = actor[0].rpartition(".")
        if actor[1] != self.placement.home(actor[0]) or cls.definition == owner:
            return None
        member = self.linked.hierarchy.member(cls, name)
        if member is None or member.owner.definition != owner:
            return None
        return self.linked.engine.function_of(member)

    def _call(self, caller: Actor, of_class: Actor, called: Actor, instead: Actor) -> None:
        own = self.calls.setdefault(of_class, [])
        own += [c._replace(called=instead) for c in self.calls[caller] if c.called == called]
        self.callers.setdefault(instead, set()).add(of_class)

    def _flush(self, caller: Actor, of_class: Actor, method: Scope, cls: Scope) -> dict[Flush, Flush]:
        if of_class in self.flushes or caller not in self.flushes:
            return {}
        receiver = self._receiver(method, cls)
        if receiver < 0 or self.placement.acting_unit(method, receiver) != of_class[1]:
            return {}
        made = {flush._replace(receiver=receiver): flush for flush in self.flushes[caller]}
        self.flushes[of_class] = list(made)
        return made

    def _receiver(self, method: Scope, cls: Scope) -> Value:
        """What stands for the class as the object of one of its methods; -1 where none acts."""
        if method.facts.flavour == "static":
            return -1
        instance = self.linked.values.instance(cls.index)
        receiver = self.linked.values.class_of(instance) if method.facts.flavour == "class" else instance
        return -1 if self.linked.seen.acts_unseen(method, receiver) else receiver
