"""The methods of Django that write rows without telling anybody."""

SENDS_NONE = frozenset(
    {"update", "aupdate", "bulk_create", "abulk_create", "bulk_update", "abulk_update", "_raw_delete"}
)
"""Methods that send no signal."""
