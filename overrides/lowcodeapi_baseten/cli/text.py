"""Make untrusted text safe to print. A gateway's answer must not move the cursor, or disguise itself."""

from __future__ import annotations

import json
import os
import re
import sys
from typing import Any

# Control characters (C0, DEL, C1), line separators, marks that turn the text direction, halves of surrogate pairs.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_UNSAFE_BUT_LINES = re.compile(_UNSAFE.pattern.replace("\x00-\x1f", "\x00-\x09\x0b-\x1f"))
_SHORTEST_TOKEN = 8  # characters; a shorter one may be a word of any message
_CUTS = (200, 80, 60)  # characters of a value that messages quote at most
# YAML 1.2's core schema: null, true or false, and numbers. PyYAML knows those of YAML 1.1 by itself.
_NO_TEXT_IN_YAML = (
    r"~|null|Null|NULL|true|True|TRUE|false|False|FALSE|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)


def clean(text: str, *, keep_lines: bool = False) -> str:
    r"""The text with every character that a terminal would obey written out: `\x1b`, `\u202e`.

    Args:
        keep_lines: Leave line breaks as they are; tabs become spaces.
    """
    if keep_lines:
        text = text.replace("\r\n", "\n").expandtabs()
    return (_UNSAFE_BUT_LINES if keep_lines else _UNSAFE).sub(_written_out, text)


def say(text: str) -> None:
    """Print a remark beside the result: on standard error, one line."""
    print(without_token(clean(text)), file=sys.stderr, flush=True)


def without_token(text: str) -> str:
    """Mask the environment's token, which may have been typed where a name belongs; messages cut what they quote."""
    from ..redaction import Redaction
    from ..secrets import MASK, VARIABLE

    token = os.environ.get(VARIABLE, "").strip()
    if len(token) < _SHORTEST_TOKEN:
        return text
    cut = [token[:length] for length in (None, *_CUTS)]
    return Redaction([*cut, *map(str.lower, cut)], MASK).in_text(text)


def _written_out(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape", "surrogatepass").decode("ascii")


def to_json(value: Any, *, indent: int | None = 2) -> str:
    """The value as JSON that is safe on a terminal: characters that it would obey are escaped inside the strings."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=str)
    # Outside strings JSON has only line breaks of this kind; inside they are escaped already.
    return _UNSAFE_BUT_LINES.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def to_yaml(value: Any) -> str:
    """The value as YAML that is safe on a terminal."""
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    def scalar(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        # Only a quoted text can have escapes.
        style = '"' if _UNSAFE.search(text) else "'" if re.fullmatch(_NO_TEXT_IN_YAML, text) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, scalar)
    known = json.loads(json.dumps(value, default=str))
    text = yaml.dump(known, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=sys.maxsize)
    return _UNSAFE_BUT_LINES.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
