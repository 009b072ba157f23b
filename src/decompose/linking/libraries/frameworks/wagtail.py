"""Wagtail: hooks by their names, and signals of pages."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_HOOKS = """
from typing import TypeVar

from decompose.effects import calls_back, enters

F = TypeVar("F")

class _Hook:
    @calls_back("fn")
    def __call__(self, fn: F) -> F: ...

@enters("signal", "fn", "hook_name")
@calls_back("fn")
def register(hook_name, fn=None, order=0) -> _Hook: ...
"""

_NAMES = (
    "page_published page_unpublished pre_page_move post_page_move page_slug_changed published unpublished copy_for_translation_done "
    "init_new_page workflow_submitted workflow_approved workflow_rejected workflow_cancelled task_submitted task_approved "
    "task_rejected task_cancelled"
).split()
_SIGNALS = "from django.dispatch import Signal\n" + "".join(f"{name} = Signal()\n" for name in _NAMES)

FRAMEWORK = Framework(
    name="Wagtail",
    summaries={
        "wagtail.hooks": _HOOKS,
        "wagtail.core.hooks": "from wagtail.hooks import register\n",
        "wagtail.signals": _SIGNALS,
        "wagtail.core.signals": f"from wagtail.signals import {', '.join(_NAMES)}\n",
    },
    examples=(
        Example(
            """
            from django.dispatch import receiver
            from wagtail import hooks
            from wagtail.signals import page_published, page_unpublished

            @hooks.register("construct_main_menu")
            def hide(request, items): helper()

            def purge(sender, **kwargs): helper()
            page_published.connect(purge)

            @receiver(page_unpublished)
            def forget(sender, **kwargs): pass

            def later(request): pass
            hooks.register("after_edit_page", later)

            def helper(): pass
            """,
            entries=frozenset(
                {
                    "signal construct_main_menu -> m:hide",
                    "signal after_edit_page -> m:later",
                    "signal page_published -> m:purge",
                    "signal page_unpublished -> m:forget",
                }
            ),
            calls=frozenset(
                {
                    "m: -[callback]-> m:hide",
                    "m: -[callback]-> m:later",
                    "m:hide -[call]-> m:helper",
                    "m:purge -[call]-> m:helper",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Hooks:
                def register(self, name): return lambda function: function

            hooks = Hooks()

            @hooks.register("construct_main_menu")
            def hide(request): pass
            """,
            calls=frozenset(
                {"m: -[construct]-> m:Hooks", "m: -[call]-> m:Hooks.register", "m: -[decorate]-> m:Hooks.register"}
            ),
        ),
    ),
)
