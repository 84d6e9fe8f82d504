"""Repair paths to the form that OpenAPI requires.

Other placeholders, surrounding white space and a missing leading slash are rewritten. If two paths become equal, a
suffix after `#`, which is never sent, tells them apart.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Container
from urllib.parse import quote, unquote

from ..document.reading import clipped

PLACEHOLDER = re.compile(r"\{([^{}/]+)\}")
# A placeholder ends with its segment, before a verb after a colon, or before an extension.
_END = r"(?=[/:.]|$)"
_COLON = re.compile(rf"(?<=/):([A-Za-z_][A-Za-z0-9_]*){_END}")
_ANGLE = re.compile(rf"(?<=/)<(?:[a-z]+:)?([A-Za-z_][A-Za-z0-9_ -]*)>{_END}")
_SQUARE = re.compile(rf"(?<=/)\[([A-Za-z_][A-Za-z0-9_ -]*)\]{_END}")
_DOUBLE = re.compile(r"\$?\{(\{[^{}/]*\})\}|\$(?=\{)")
_BRACED = re.compile(r"\{([^{}/]*)\}")
_LEFT = re.compile(r"(?<![A-Za-z0-9_]):[A-Za-z0-9_]+|:(?=/|$)|<[^/<>]*>|[][{}<>]")
# Each line repeats the whole path.
_MOST = 5
_KEPT = "/:@!$&'()*+,;=~-._"


def repaired(path: str) -> str:
    """Rewrite a path. A verb after a colon inside a segment stays."""
    # A `#` in a placeholder does not end the path.
    path = _BRACED.sub(lambda match: match[0].replace("#", "_"), path.strip()).partition("#")[0]
    path = path if path.startswith("/") else f"/{path}"
    path = _DOUBLE.sub(r"\1", path)
    for other in (_COLON, _ANGLE, _SQUARE):
        path = other.sub(r"{\1}", path)
    path = _BRACED.sub(lambda match: f"{{{match[1].strip() or 'value'}}}", path)
    return _each_once(path)


def with_names(path: str, names: set[str]) -> str:
    """Reduce placeholders to the names of parameters: `{path*}`, `{id?}`, `{id:int}`."""
    given = set(PLACEHOLDER.findall(path))

    def named(match: re.Match[str]) -> str:
        plain = [part.strip("*+? ") for part in match[1].split(":")]
        meant = [name for name in plain if name in names - given]
        return f"{{{meant[0]}}}" if match[1] not in names and len(meant) == 1 else match[0]

    return _each_once(PLACEHOLDER.sub(named, path))


def _each_once(path: str) -> str:
    """Number a repeated placeholder: otherwise one value would fill both places."""
    given = set(PLACEHOLDER.findall(path))
    times: Counter[str] = Counter()

    def named(match: re.Match[str]) -> str:
        name = match[1]
        times[name] += 1
        while times[name] > 1 and f"{name}_{times[name]}" in given:
            times[name] += 1
        return f"{{{name}}}" if times[name] == 1 else f"{{{name}_{times[name]}}}"

    return PLACEHOLDER.sub(named, path)


def placeholders(path: str) -> list[str]:
    """The names in a repaired path, in their order."""
    return PLACEHOLDER.findall(path.partition("#")[0])


def not_understood(path: str) -> list[str]:
    """List the parts of a repaired path that are sent literally but may have another meaning, a line each."""
    rest = PLACEHOLDER.sub("x", path.partition("#")[0])
    left = dict.fromkeys(clipped(repr(match[0])) for match in _LEFT.finditer(unquote(rest)))
    lines = [f"{each} in the path may stand for a value; it is sent as it is" for each in itertools.islice(left, _MOST)]
    if len(left) > _MOST:
        lines.append(f"{len(left) - _MOST} more in the path may stand for values; they are sent as they are")
    if "?" in rest:
        lines.append("the path has a query, which is sent as a part of the path")
    if any(unquote(segment) in (".", "..") for segment in rest.split("/")):
        lines.append("the path has a dot segment, which a server may resolve to another path")
    return lines


def on_the_wire(path: str, *, is_literal: bool = False) -> str:
    """The path as sent, with its placeholders: without its `#` suffix, percent-encoded.

    `is_literal`: the placeholders are sent, too.
    """
    parts = PLACEHOLDER.split(path.partition("#")[0])
    names = [_quoted(part) if is_literal else part for part in parts]
    shown = [f"{{{names[index]}}}" if index % 2 else _quoted(part) for index, part in enumerate(parts)]
    return "".join(shown)


def _quoted(text: str) -> str:
    # Don't encode twice.
    parts = re.split(r"(%[0-9A-Fa-f]{2})", text)
    return "".join(part if index % 2 else quote(part, safe=_KEPT) for index, part in enumerate(parts))


def unlike(name: str, taken: Container[str], mark: str = "#") -> str:
    """The name, with a number after a mark if it is taken."""
    numbered = (f"{name}{mark}{number}" for number in itertools.count(2))
    return name if name not in taken else next(each for each in numbered if each not in taken)
