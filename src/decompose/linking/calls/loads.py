"""A call gives the modules, classes and functions that its strings name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from decompose.linking.frames import Site
from decompose.linking.loading import Loaded

if TYPE_CHECKING:
    from decompose.linking.engine import Engine


def load(engine: Engine, site: Site) -> None:
    """What a call names as text, or by a constant known to be loaded."""
    if engine.loading is not None:
        _give(engine, site, engine.loading.loaded(site.frame.scope, site.operation))


def load_by_constant(engine: Engine, site: Site) -> None:
    """``import_string(settings.BACKEND)``: the call leads to a loader of the application, and gives it a name for a text."""
    loading = engine.loading
    if loading is None or site.loads or not site.first_time("loads"):
        return
    if loading.take_constant(site.frame.scope, site.operation):
        _give(engine, site, loading.loaded(site.frame.scope, site.operation))
    elif site.arguments:
        engine.named_loads.when_known(site.frame, site.arguments[0], partial(_load_given, engine, site))


def _load_given(engine: Engine, site: Site, text: str) -> None:
    """``def lazy(path): return lambda: import_string(path)()``: the name is what this caller of ``lazy`` gives."""
    if engine.loading is not None:
        _give(engine, site, engine.loading.loaded(site.frame.scope, site.operation, text))


def _give(engine: Engine, site: Site, loaded: Loaded | None) -> None:
    if loaded is None:
        return
    site.loads = True
    nodes = []
    for targets in loaded.found:
        node = engine.new_node()
        nodes.append(node)
        for module, name in targets:
            if name:
                engine.edge(engine.export_node(module, name), node)
            else:
                engine.put(node, engine.values.intern("M", module.index))
    if loaded.several:
        every = engine.new_node()
        for position, node in enumerate(nodes):
            engine.edge(node, engine.containers.slot(every, position))
        engine.put(site.result, engine.values.intern("O", "tuple", every))
    else:
        engine.edge(nodes[0], site.result)
