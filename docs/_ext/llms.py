"""`llms.txt`: a line for each page, with its source as Markdown, for programs that read."""

from __future__ import annotations

import re
from pathlib import Path

from sphinx.application import Sphinx

_INCLUDE = re.compile(r"```\{include\} (\S+)\n:start-after: \"(.*)\"\n```")
# These are made when the site is built: only their HTML is complete.
_MADE = ("```{eval-rst}", "```{commands}")


def _whole(app: Sphinx, page: str) -> str:
    """The Markdown of a page, with the files it includes."""
    path = Path(app.srcdir, f"{page}.md")
    text = path.read_text(encoding="utf-8")
    if included := _INCLUDE.search(text):
        rest = (path.parent / included[1]).read_text(encoding="utf-8").partition(included[2])[2]
        text = text.replace(included[0], rest.strip())
    return text


def _about(text: str) -> str:
    """The first sentence of a page."""
    paragraphs = [part for part in text.split("\n\n") if re.match(r"[A-Z`]", part) and not part.startswith("```")]
    return " ".join(re.split(r"(?<=[.:])\s", paragraphs[0])[0].split()).rstrip(":") if paragraphs else ""


def write(app: Sphinx, error: Exception | None) -> None:
    """Write `llms.txt` and the Markdown of each page beside the HTML."""
    if error is not None or app.builder.name != "html":
        return
    lines = []
    for page in sorted(app.env.found_docs - {"index"}):
        text = _whole(app, page)
        kind = "html" if any(made in text for made in _MADE) else "md"
        if kind == "md":
            Path(app.outdir, f"{page}.md").write_text(text, encoding="utf-8")
        title = text.partition("\n")[0].removeprefix("# ")
        lines.append(f"- [{title}]({page}.{kind}): {_about(text)}")
    about = "A typed Python client for Baseten through the LowCodeAPI gateway."
    head = (f"# {app.config.project}", "", f"> {about}", "", "## Pages", "")
    Path(app.outdir, "llms.txt").write_text("\n".join((*head, *lines, "")), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect it to Sphinx."""
    app.connect("build-finished", write)
    return {"parallel_read_safe": True}
