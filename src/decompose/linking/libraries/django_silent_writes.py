"""The methods of Django that write rows without telling anybody."""

_SENDS_NONE = frozenset(
    {"update", "aupdate", "bulk_create", "abulk_create", "bulk_update", "abulk_update", "_raw_delete"}
)
"""Methods of managers and queries that send no signal."""


def sends_none(rule: str) -> bool:
    """Whether a method, by the rule of what it does, sends no signal. A serializer's ``update`` saves its row and does."""
    method = rule.partition(",")[0]
    return method.startswith("django.") and method.rpartition(".")[2] in _SENDS_NONE
