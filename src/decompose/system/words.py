"""Identifiers and prose -> the words they are made of."""

from __future__ import annotations

import re
from functools import lru_cache

_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_VERSION = re.compile(r"(?<=[A-Za-z]{3})[vV](?=\d)")
"""The letter that says that a number is a version's, as in ``apiv3``: it belongs to no word."""
_NOISE = frozenset(
    """a an and are as at be by can do for from get has have if in into is it its no not of on or set the this to with
    that which will we you all any other one use used using return returns given new old self cls init main str repr
    abstract base mixin impl none true false lambda""".split()
)
_MIN_LENGTH = 3


@lru_cache(maxsize=65_536)
def words_of(text: str) -> tuple[str, ...]:
    """The words in an identifier or sentence, lower case, without the noise."""
    words = (word.lower() for word in _PART.findall(_VERSION.sub("_", text)))
    return tuple(word for word in words if len(word) >= _MIN_LENGTH and word not in _NOISE)


@lru_cache(maxsize=65_536)
def singular(word: str) -> str:
    """An English noun's singular, roughly: enough to see that ``orders`` and ``order`` are one word."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
