"""What every page of ours is made of: its templates, its style, how names are broken, and what it may load."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from decompose.report.gathered import by_head

if TYPE_CHECKING:
    import jinja2

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9", "#7b4ab5", "#a14b4b", "#3d7a7a", "#6b6b6b")
"""After Okabe and Ito (2008); every use also shows the name or number."""

_JOINT = re.compile(
    r"(?:(?<=[.:/])(?![.:/\d])(?<!table:)|(?<=[^\W_]_)(?=[^\W_])|(?<=[a-z\d])(?=[A-Z]))(?=.{3})", re.DOTALL
)
"""Where a name may be broken: not before a line number."""
_CODE = re.compile("`([^`]+)`")
_CRUMB = 6
"""Parts of a broken name are no shorter: breaks cost bytes."""
_SHORT = 16
_NOT_HTML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


@cache
def environment() -> jinja2.Environment:
    """The templates, with everything escaped and nothing undefined."""
    import jinja2

    from decompose.report.compiled import CompiledTemplates

    made = jinja2.Environment(
        loader=jinja2.PackageLoader("decompose.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=CompiledTemplates(__file__),
    )
    made.filters["breakable"] = breakable
    made.filters["name"] = name
    made.filters["prose"] = lambda text: _coded(breakable(text))
    made.filters["sentence"] = lambda text: _coded(breakable(_stopped(_capital(text))))
    made.filters["stopped"] = lambda text: _coded(breakable(_stopped(text)))
    made.filters["capital"] = _capital
    made.filters["grouped"] = _grouped
    return made


def as_file(page: str) -> bytes:
    """The bytes of a page; control characters in names of the analysed code, which HTML cannot hold, are shown as they are written in code."""
    shown = _NOT_HTML.sub(lambda found: found[0].encode("unicode_escape").decode(), page)
    return shown.encode("utf-8", errors="replace")


def load_templates() -> None:
    """Have the templates compiled, for when there is nothing else to do."""
    known = environment()
    for template in known.list_templates(extensions=["html"]):
        known.get_template(template)


@cache
def joined(folder: str) -> str:
    """The files of a folder of templates, in the order of their names."""
    files = sorted((resources.files("decompose.report") / "templates" / folder).iterdir(), key=lambda file: file.name)
    return "".join(file.read_text(encoding="utf-8") for file in files if file.name.endswith((".css", ".js")))


@cache
def style() -> str:
    """The style that all pages share."""
    return joined("style") + "".join(
        f".c{number}{{--c:{colour};--i:{ink(colour)}}}\n" for number, colour in enumerate(PALETTE, 1)
    )


def ink(colour: str) -> str:
    """White or near black, whichever has the greater contrast on ``colour`` (WCAG 2.2, relative luminance)."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.058 else "#111111"


@lru_cache(maxsize=4096, typed=True)  # what is escaped already is another type, and another entry
def breakable(text: Any) -> Markup:  # Any: whatever a template prints
    """A name, a path, or a sentence with such; long ones may be broken where their parts meet, and not inside them."""
    escaped = escape(text)
    if len(escaped) <= _SHORT:
        return escaped
    return Markup(" ".join(map(_broken, str(escaped).split(" "))))  # noqa: S704 - the text is escaped, which makes no joint


def _broken(word: str) -> str:
    if len(word) <= _SHORT:
        return word
    parts, start = [], 0
    for joint in _JOINT.finditer(word):
        if joint.start() - start >= _CRUMB:
            parts.append(word[start : joint.start()])
            start = joint.start()
    return "<wbr>".join([*parts, word[start:]])


def name(text: Any) -> Markup:
    """A name of code."""
    return Markup(f"<code>{breakable(text)}</code>")  # noqa: S704 - as above


def _coded(sentence: Markup) -> Markup:
    """What stands between backticks in a sentence is code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(sentence)))  # noqa: S704 - what is escaped keeps its backticks, and no tag has one


def _stopped(text: str) -> str:
    """With a full stop at its end."""
    return text if text.endswith(".") else f"{text}."


def _capital(text: str) -> str:
    """With a capital at its beginning, unless that is a name of code."""
    first, _, _ = text.partition(" ")
    return text if set("_.:-") & set(first) else text[:1].upper() + text[1:]


def _grouped(names: Sequence[str]) -> Markup:
    """Items of a list, one for each file or module; there are many, so they are put together here, each part escaped."""
    items = []
    for head, tails in by_head(names):
        listed = (
            ", ".join(f"<code>{escape(tail)}</code>" if tail else "top level" for tail in tails) if any(tails) else ""
        )
        items.append(f"<li>{name(head)}{' ' if listed else ''}{listed}</li>")
    return Markup("".join(items))  # noqa: S704 - as it says


def policy(style: str, script: str = "") -> str:
    """Nothing may run or load but this very style, and this very script if there is one."""
    scripts = f" script-src '{_hash(script)}';" if script else ""
    return f"default-src 'none'; style-src '{_hash(style)}';{scripts} base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
