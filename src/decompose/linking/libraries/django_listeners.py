"""Libraries that listen to the deletion of rows of every model as soon as they are installed.

Django then reads rows before it deletes them, because somebody is told of each.
"""

from __future__ import annotations

from typing import NamedTuple

from decompose.linking.linked import Linked


class _Listener(NamedTuple):
    """A package that listens; with a setting only where that names one of these classes."""

    package: str
    setting: str = ""
    classes: tuple[str, ...] = ()


_LISTENERS = (
    _Listener("actstream"),
    _Listener("easyaudit"),
    _Listener("django_elasticsearch_dsl"),
    _Listener("wagtail"),
    _Listener("haystack", "HAYSTACK_SIGNAL_PROCESSOR", ("RealtimeSignalProcessor", "CelerySignalProcessor")),
)


def listens_to_every_deletion(linked: Linked) -> bool:
    """Whether the application uses a library that does."""
    modules = [module for module in linked.program.modules if not module.library]
    imported = {package for module in modules for package in module.facts.packages}
    for listener in _LISTENERS:
        if listener.setting:
            said = (module.top.facts.names.get(listener.setting) for module in modules)
            if any(isinstance(text, str) and text.rpartition(".")[2] in listener.classes for text in said):
                return True
        elif listener.package in imported:
            return True
    return False
