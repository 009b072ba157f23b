"""What the methods of the language's own plain types give: the type of the result, and of its elements."""

from __future__ import annotations

_SAME = """capitalize casefold center expandtabs ljust lower lstrip removeprefix removesuffix replace rjust rstrip strip swapcase
title translate upper zfill join""".split()
_OPERATORS = ("__add__", "__mul__", "__rmul__", "__mod__", "__getitem__")
_LISTS = ("split", "rsplit", "splitlines")
_TRIPLES = ("partition", "rpartition")
_NUMBERS = ("count", "find", "index", "rfind", "rindex")

RESULTS: dict[str, tuple[str, str]] = {
    **{f"{text}.{name}": (text, "") for text in ("str", "bytes") for name in _SAME},
    **{f"{text}.{name}": ("list", text) for text in ("str", "bytes") for name in _LISTS},
    **{f"{text}.{name}": ("tuple", text) for text in ("str", "bytes") for name in _TRIPLES},
    **{f"{text}.{name}": ("int", "") for text in ("str", "bytes", "list", "tuple") for name in _NUMBERS},
    **{f"{text}.{name}": (text, "") for text in ("str", "bytes") for name in _OPERATORS},
    "str.format": ("str", ""),
    "str.format_map": ("str", ""),
    "str.encode": ("bytes", ""),
    "bytes.decode": ("str", ""),
    "bytes.hex": ("str", ""),
    "int.to_bytes": ("bytes", ""),
    "int.bit_length": ("int", ""),
    "float.hex": ("str", ""),
    "input": ("str", ""),
    "chr": ("str", ""),
    "hex": ("str", ""),
    "bin": ("str", ""),
    "oct": ("str", ""),
    "ascii": ("str", ""),
    "repr": ("str", ""),
    "ord": ("int", ""),
    "len": ("int", ""),
}
"""Built-in function, or method of a built-in type -> the type of its result, and of the elements of that."""

TRIPLE = 3
"""So many elements a tuple of these has."""


def result_of(path: str) -> tuple[str, str] | None:
    """The result of ``str.split`` and the like, also where it is written as ``str().split``."""
    return RESULTS.get(path.replace("().", ".", 1))
