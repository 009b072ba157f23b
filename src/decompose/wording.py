"""How counts and certainty are said, the same in every writer."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """``1 call``, ``2,000 calls``, ``2 accesses``, ``2 entries``."""
    if count == 1 or noun == "inheritance":
        return f"{count:,} {noun}"
    return f"{count:,} {plural(noun)}"


def plural(noun: str) -> str:
    """The noun for more than one."""
    if noun.endswith("y") and noun[-2:-1] not in tuple("aeiou"):
        return f"{noun[:-1]}ies"
    return f"{noun}{'es' if noun.endswith('s') else 's'}"


def singular(noun: str) -> str:
    """The noun for one, of a kind that is named by its plural: ``foreign accesses``."""
    return noun.removesuffix("es" if noun.endswith("sses") else "s")


def spoken(definition: str) -> str:
    """A definition as it is read: of a module, which ends in a colon, it is the top-level code."""
    return f"top-level code of {definition[:-1]}" if definition.endswith(":") else definition


def only_of_them(count: int, of: int) -> str:
    """How many of what was just counted are only so: ``2 of them only``, ``all of them only``, of one ``only``."""
    if count < of:
        return f"{count} of them only"
    return {1: "only", 2: "both only"}.get(count, "all of them only")


def certainty(share: float) -> str:
    """A word for the share of repeated clusterings that agree, as it is shown: in whole percent."""
    for least, word in ((0.95, "nearly always together"), (0.8, "firm"), (0.6, "likely")):
        if round(share, 2) >= least:
            return word
    return "a coin-flip"
