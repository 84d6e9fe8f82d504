"""The HTML report in a real browser: no complaints, filters, keyboard, themes, accessibility."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from codegen.diff.command import render
from tests.diff.documents import report
from tests.diff.scenarios import SCENARIOS, versions
from tests.support.browser import CHROMIUM, Page

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not there: apt-get install chromium")

SHOWN = "[...document.querySelectorAll('.finding')].filter((finding) => finding.checkVisibility()).length"
FAULTS = """axe.run().then(({violations}) =>
  violations.map((each) => [each.id, each.impact, each.nodes.map((node) => node.html).slice(0, 3)]))"""
COLOUR = "getComputedStyle(document.body).backgroundColor"


def enter(page: Page, field: str, value: str) -> None:
    """Set a field of the filter, and fire its input event."""
    page.run(f"""(() => {{
      const field = document.getElementById("{field}");
      field.value = "{value}";
      field.dispatchEvent(new Event("input", {{bubbles: true}}));
    }})()""")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    names = ("required-field-added", "enum-grew", "endpoint-removed", "hostile-texts")
    found = report(*versions(*(SCENARIOS[name] for name in names)), with_python=False)
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render(found, "html"), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    with Page() as started:
        yield started


@pytest.fixture
def page(browser: Page, file: Path) -> Page:
    return browser.open(file)


def test_the_page_filters_by_severity_group_and_text(page: Page) -> None:
    everything = page.run(SHOWN)
    assert everything > 5
    page.run("document.querySelector('[value=safe]').click()")
    without_safe = page.run(SHOWN)
    assert 0 < without_safe < everything
    page.run("document.querySelector('[value=safe]').click()")
    enter(page, "text", "PURPOSE api_keys")
    assert page.run(SHOWN) == 1
    assert page.run("document.getElementById('shown').textContent") == f"1 of {everything} findings shown"
    enter(page, "text", "no such thing")
    assert page.run("document.getElementById('nothing').checkVisibility()") is True
    enter(page, "text", "")
    enter(page, "about", "answers")
    assert 0 < page.run(SHOWN) < everything
    assert page.complaints == []


def test_the_page_asks_for_nothing_and_complains_of_nothing(page: Page) -> None:
    assert page.run("document.title").startswith("API changes: ")
    assert {url.partition(":")[0] for url in page.requests} <= {"file"}
    assert len(set(page.requests)) <= 1
    assert page.complaints == []
    assert page.run("document.images.length + document.scripts.length") == 1


def test_the_page_can_be_used_with_the_keyboard(page: Page) -> None:
    page.press("Tab")
    assert page.run("document.activeElement.className") == "skip"
    page.press("Tab")
    assert page.run("document.activeElement.id") == "theme"
    page.press("Enter")
    assert page.run("document.documentElement.dataset.theme") == "light"
    everything = page.run(SHOWN)
    page.press("Tab")
    page.press("Space")
    assert page.run("document.activeElement.checked") is False
    assert page.run(SHOWN) < everything


def test_a_printed_page_has_everything_but_the_filter(page: Page) -> None:
    everything = page.run(SHOWN)
    page.call("Emulation.setEmulatedMedia", media="print")
    assert page.run(SHOWN) == everything
    assert page.run("document.getElementById('filter').checkVisibility()") is False


@pytest.mark.parametrize(("dark", "width"), [(False, 1200), (True, 360)], ids=["light and wide", "dark and narrow"])
def test_axe_finds_no_fault_and_the_theme_can_be_changed(browser: Page, file: Path, dark: bool, width: int) -> None:
    found = importlib.util.find_spec("axe_core_python")
    if found is None or found.origin is None:
        pytest.skip("axe-core-python is not there: pip install --group tests")
    axe = (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")
    page = browser.open(file, dark=dark, width=width)
    page.run(f"{axe}; undefined")
    assert page.run(FAULTS) == []
    assert page.run("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    colours = {"light": "rgb(255, 255, 255)", "dark": "rgb(15, 19, 24)"}
    assert page.run(COLOUR) == colours["dark" if dark else "light"], "as the system is"
    while page.run("document.documentElement.dataset.theme") != ("light" if dark else "dark"):
        page.run("document.getElementById('theme').click()")
    assert page.run(COLOUR) == colours["light" if dark else "dark"], "as it is told"
