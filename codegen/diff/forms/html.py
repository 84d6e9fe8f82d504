"""The form for a browser: one self-contained file that needs no network and runs only our script.

jinja2 escapes every value. The policy in the page's head allows one style and one script by hash, so that even an
unescaped value could not run.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import jinja2
import markupsafe

from ...document.reading import visible
from ..finding import SEVERITIES, Finding
from ..sentence import MISSING, Sentence
from .view import View, grouped

_FOLDER = Path(__file__).parent


def render(view: View) -> str:
    """The report as a page. Places are links only if the view has the URL of their folder."""
    style, script = ((_FOLDER / f"report.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"said": _said, "value": _value, "visible": visible, "pairs": _pairs, "places": _places}
    return environment.get_template("report.html.jinja").render(
        report=view.report,
        advice=view.advice,
        changelog=view.changelog,
        counts=view.report.counts(),
        severities=SEVERITIES,
        abouts=sorted({finding.about for finding in view.report.findings}),
        groups=grouped(view.rows),
        rows=view.rows,
        has_links=bool(view.links),
        style=markupsafe.Markup(style),
        script=markupsafe.Markup(script),
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


def _said(sentence: Sentence) -> markupsafe.Markup:
    """A sentence with its values as code."""
    escape = markupsafe.escape
    return markupsafe.Markup(
        sentence.shown(lambda text: str(escape(text)), lambda text: f"<code>{escape(visible(text))}</code>")
    )


def _value(value: Any) -> str:
    """A value, an object over several lines. Clipped after 4,000 characters."""
    text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)
    shown = "\n".join(visible(line) for line in text.split("\n"))
    return shown if len(shown) <= 4000 else f"{shown[:4000]}…"


def _pairs(finding: Finding) -> list[tuple[str, Any]]:
    """Old and new value for the two columns; empty if there is neither."""
    if finding.old is finding.new is MISSING:
        return []
    return [(name, None if value is MISSING else value) for name, value in (("Old", finding.old), ("New", finding.new))]


def _places(finding: Finding) -> list[tuple[str, str, str]]:
    """(version, document, pointer) of every known place."""
    return [
        (version, f"{document}.json", pointer)
        for version, pointers in finding.pointers.items()
        for document, pointer in pointers.items()
        if pointer
    ]


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
