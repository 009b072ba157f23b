"""The names by which a Django template asks its context, with all templates that it includes and extends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from decompose.linking.libraries.django_template_arguments import asked_of_context
from decompose.linking.libraries.django_template_steps import Step, arguments_of, steps_of, uses_of
from decompose.linking.program import Scope

_MAX_PARTS = 2
"""``request.user`` is asked by its second name."""


class TemplateNames:
    """Told of each template once; ``called`` are the application's tags and filters by their names.

    Names that a template gives itself count as well. ``filtered_only``: what it shows counts only through such a filter.
    """

    def __init__(
        self, read: Callable[[str], str | None], called: Mapping[str, Scope], *, filtered_only: bool = False
    ) -> None:
        self._read = read
        self._called = called
        self._filtered_only = filtered_only
        self._own: dict[str, tuple[frozenset[str], tuple[str, ...]]] = {}
        self._known: dict[str, tuple[str, ...]] = {}

    def asked_by(self, text: str) -> tuple[str, ...]:
        """The names that a template may ask for, in order."""
        known = self._known.get(text)
        if known is None:
            names: set[str] = set()
            reached = {text: None}
            waiting = [text]
            while waiting:
                asked, included = self._of(waiting.pop())
                names |= asked
                waiting += [each for each in included if each not in reached]
                reached.update(dict.fromkeys(included))
            known = self._known[text] = tuple(sorted(names))
        return known

    def _of(self, text: str) -> tuple[frozenset[str], tuple[str, ...]]:
        """What a template asks for by itself, and the texts of those that it leads to with all that it knows."""
        own = self._own.get(text)
        if own is None:
            steps = steps_of(text)
            names = frozenset(name for step in steps for name in self._asked(step))
            read = (self._read(step.path) for step in steps if step.kind in ("include", "extends"))
            own = self._own[text] = names, tuple(dict.fromkeys(found for found in read if found is not None))
        return own

    def _asked(self, step: Step) -> Iterator[str]:
        if step.kind != "tag":
            if step.path and (step.kind != "use" or not self._filtered_only or step.filtered in self._called):
                yield from step.path.split(".")[:_MAX_PARTS]
            return
        called = self._called.get(step.names[0])
        if called is None:
            for use in uses_of(step.path):
                yield from self._asked(use)
            return
        yield from asked_of_context(called)
        for _, path, _ in arguments_of(step.path):
            yield from path.split(".")[:_MAX_PARTS]
