"""Who would own each store outside of the tables, and what to do about those that several services touch."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping

from decompose.boundaries.split import SHARED
from decompose.database.split import StoreOwnership
from decompose.system.model import StoreAccess, StoreKind, System

MAX_EVIDENCE = 5
_WAYS_OUT: Mapping[StoreKind, str] = {
    "cache": "others ask {owner} and cache its answers under keys of their own: no service reads what another has cached",
    "key-value": "let {owner} be the only one that writes the key; others ask its API, or keep what they need under keys of their own",
    "files": "the folder or bucket goes with {owner}; others get addresses of files from it, and no paths",
    "search index": "let {owner} alone fill the index; others tell it what is to be found by events, and search through it",
    "session": "it stays at the gateway, or each service gets what it needs of it in the token of the request",
    "settings": "each service reads what it needs under names of its own; what {owner} changes for others it tells them",
    "directory": "it stays what it is: let {owner} alone write to it, and others ask {owner}, or read it themselves",
    "other database": "it goes with {owner}: others send what is to be kept there as events, and ask {owner} for figures",
    "queue": "who sends and who reads are apart already: the message is a contract, so give it a version and an owner, {owner}",
}

_BY_ALL = "only shared code touches it, and each service that keeps a copy of that code would: let one of them own it, and others ask"

_ONLY_READ = "each service reads it itself: no code here writes it"


def store_ownerships(
    system: System, owner_of: Mapping[str, str], service_of: Callable[[StoreAccess], str]
) -> list[StoreOwnership]:
    """One for each store with a name: its owner is the service that owns its table, or that writes it most, or reads it most.

    ``owner_of``: table -> service.
    """
    accesses: dict[tuple[str, str], list[StoreAccess]] = defaultdict(list)
    for access in system.store_accesses:
        accesses[access.kind, access.store].append(access)
    found = []
    for store in system.stores:
        writers: Counter[str] = Counter()
        readers: Counter[str] = Counter()
        for access in accesses[store.kind, store.name]:
            (readers if access.operation == "read" else writers)[service_of(access)] += 1
        touching = (writers.keys() | readers.keys()) - {SHARED}
        ranked = sorted(touching, key=lambda name: (-writers[name], -readers[name], name))
        owner = owner_of.get(store.table, "") or (ranked[0] if ranked else SHARED)
        only_read = store.kind == "settings" and not writers
        shared = bool(touching - {owner}) and owner != SHARED and not only_read
        places = sorted({f"{a.file}:{a.line}" for a in accesses[store.kind, store.name] if service_of(a) != owner})
        found.append(
            StoreOwnership(
                kind=store.kind,
                name=store.name,
                owner=owner,
                shared=shared,
                writers=dict(sorted(writers.items())),
                readers=dict(sorted(readers.items())),
                way_out=_way_out(store.kind, owner, shared=shared, only_read=only_read),
                evidence=tuple(places[:MAX_EVIDENCE]) if shared else (f"{store.file}:{store.line}",),
            )
        )
    return found


def _way_out(kind: StoreKind, owner: str, *, shared: bool, only_read: bool) -> str:
    """What to do about a store; nothing where it moves with its owner."""
    if only_read:
        return _ONLY_READ
    if shared:
        return _WAYS_OUT[kind].format(owner=owner)
    return _BY_ALL if owner == SHARED else ""
