"""The pages in a real browser: nothing leaves, nothing is cut, everybody can read them."""

import importlib
import io
import os
import shutil

import pytest
from PIL import Image

pytestmark = pytest.mark.browser
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def _absent(reason):
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)


def _module(name, package):
    try:
        return importlib.import_module(name)
    except ImportError:
        return _absent(f"no {name} here; install it: pip install {package}")


@pytest.fixture(scope="module")
def browser():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        _absent("no chromium here; install one: apt-get install chromium")
    sync_api = _module("playwright.sync_api", "playwright")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def pages(site):
    return [site / "index.html", *sorted(site.glob("*/*/*.html"))]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_axe_finds_nothing_to_mend(browser, pages, width, scheme):
    axe_core = _module("axe_core_python.sync_playwright", "axe-core-python")
    rules = {"runOnly": {"type": "tag", "values": WCAG}, "rules": {"heading-order": {"enabled": True}}}
    for path in pages:
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.goto(path.as_uri())
        page.evaluate(axe_core.Axe().axe_script)
        found = page.evaluate("rules => axe.run(document, rules)", rules)["violations"]
        page.close()

        assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == [], path.name


@pytest.mark.parametrize("width", [320, 400, 700, 1280])
def test_no_page_scrolls_sideways(browser, pages, width):
    for path in pages:
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(path.as_uri())
        drawn = page.evaluate("document.documentElement.scrollWidth")
        page.close()

        assert drawn <= width, path.name


def test_a_page_asks_for_nothing_but_itself(browser, pages):
    for path in pages:
        page, asked = browser.new_page(), []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(path.as_uri())
        page.close()

        assert asked == [path.as_uri()]


def test_each_link_within_a_page_leads_somewhere_and_no_id_is_there_twice(browser, pages):
    broken = """() => [...document.querySelectorAll('a[href^="#"]')].map(a => a.hash.slice(1))
                      .filter(id => !document.getElementById(id))"""
    twice = """() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
                       return ids.filter((id, i) => ids.indexOf(id) !== i) }"""
    for path in pages:
        page = browser.new_page()
        page.goto(path.as_uri())
        found = page.evaluate(broken), page.evaluate(twice)
        page.close()

        assert found == ([], []), path.name


def test_no_value_of_a_tile_wraps(browser, pages):
    lines = """() => [...document.querySelectorAll('.tiles .value')]
                     .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)"""
    for path in pages:
        page = browser.new_page(viewport={"width": 400, "height": 900})
        page.goto(path.as_uri())
        cut = page.evaluate(lines)
        page.close()

        assert cut == [], path.name


def _is_shaded(table, place):
    """Tell whether anything but one plain colour lies behind a table that is scrolled to a place."""
    table.evaluate(f"e => {{ e.scrollLeft = {place}; e.firstElementChild.style.visibility = 'hidden' }}")
    drawn = Image.open(io.BytesIO(table.screenshot())).convert("RGB")
    inside = drawn.crop((2, 2, drawn.width, drawn.height - 2))
    return any(low != high for low, high in inside.getextrema())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_table_shows_a_shadow_while_columns_are_hidden_to_the_right(browser, pages, scheme):
    (path,) = [path for path in pages if path.name == "churn_model.html"]
    for width, place, expected in [(400, 0, True), (400, 9999, False), (1280, 0, False)]:
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.goto(path.as_uri())
        is_shaded = _is_shaded(page.locator(".scroll:has(> .kam-table)").first, place)
        page.close()

        assert is_shaded is expected, (width, place)


def test_a_reason_under_a_name_has_room_on_a_phone(browser, pages):
    narrow = """() => [...document.querySelectorAll('th[scope=row] small')]
                      .map(e => e.getBoundingClientRect().width).filter(width => width < 9 * 17)"""
    for path in pages:
        page = browser.new_page(viewport={"width": 400, "height": 900})
        page.goto(path.as_uri())
        found = page.evaluate(narrow)
        page.close()

        assert found == [], path.name


def test_in_print_only_a_long_table_breaks_between_pages(browser, pages):
    kept_whole = """() => [...document.querySelectorAll('.kam-table')]
        .filter(e => (getComputedStyle(e).breakInside === 'avoid') !== (e.tBodies[0].rows.length <= 15))
        .map(e => e.caption.textContent)"""
    for path in pages:
        page = browser.new_page()
        page.emulate_media(media="print")
        page.goto(path.as_uri())
        found = page.evaluate(kept_whole)
        page.close()

        assert found == [], path.name
