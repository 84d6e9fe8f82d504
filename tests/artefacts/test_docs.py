"""The documentation: it builds without a warning, and works in a real browser, wide and narrow, light and dark."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lowcodeapi_baseten_api.operations import OPERATIONS

from tests.project.examples import ROOT
from tests.support.browser import CHROMIUM, Page

BROWSER = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not there: apt-get install chromium")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    folder = tmp_path_factory.mktemp("docs")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "docs", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids |= {value for key in ("id", "name") if (value := given.get(key))}
        self.links += [value for key in ("href", "src") if (value := given.get(key))]


def read(path: Path) -> _Links:
    parser = _Links()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser


def dead(site: Path) -> Iterator[str]:
    """Links inside the site that lead nowhere."""
    pages = {path.resolve(): read(path) for path in site.rglob("*.html")}
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or (link.startswith("#") and parts.fragment in {"", "furo-main-content"}):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.exists() or (parts.fragment and target in pages and parts.fragment not in pages[target].ids):
                yield f"{path.name}: {link}"


def test_no_link_is_dead_and_llms_txt_names_every_page(site: Path) -> None:
    assert list(dead(site)) == []
    listed = (site / "llms.txt").read_text(encoding="utf-8")
    for source in (ROOT / "docs").rglob("*.md"):
        page = source.relative_to(ROOT / "docs").with_suffix("")
        assert page.name == "index" or f"]({page.as_posix()}." in listed


def test_every_operation_and_command_is_in_the_reference(site: Path) -> None:
    methods = (site / "reference/operations.html").read_text(encoding="utf-8")
    commands = (site / "reference/command-line.html").read_text(encoding="utf-8")
    for operation in OPERATIONS:
        group, _, method = operation.partition(".")
        assert f".{method}" in methods
        assert f"lowcodeapi-baseten {group} {method}".replace("_", "-") in commands


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    with Page() as page:
        yield page


@BROWSER
def test_the_search_finds_a_page(site: Path, browser: Page) -> None:
    page = browser.open(site / "search.html")
    page.run("Search.performSearch('checkpoint')")
    # Results come one after the other.
    assert page.run("""new Promise((done) => { const look = () =>
      document.querySelector('#search-results a[href*="guide/bulk.html"]') ? done(true) : setTimeout(look, 20);
      look() })""")


@BROWSER
@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_a_narrow_screen_scrolls_only_downwards(site: Path, browser: Page, is_dark: bool) -> None:
    for name in ("index", "guide/errors", "reference/operations"):
        page = browser.open(site / f"{name}.html", dark=is_dark, width=400)
        assert page.run("document.documentElement.scrollWidth") <= 400
        background = page.run("getComputedStyle(document.body).backgroundColor")
        shades = [int(part) for part in background.strip("rgba()").split(",")[:3]]
        assert (sum(shades) < 3 * 64) == is_dark
        assert page.complaints == []
