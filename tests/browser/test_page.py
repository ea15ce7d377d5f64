"""Pages of `certify report` in a real browser: formulas, figures and folds work, in any light and width."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import Chromium, Page
from tests.running import EXAMPLES, certify

pytestmark = pytest.mark.browser
TRAINED = EXAMPLES / "trained"
WAVE = ("--data", TRAINED / "wave.csv", "--target", "y", "--activation", "tanh")
CASES: dict[str, tuple[object, ...]] = {
    "iris": ("prove", EXAMPLES / "iris.csv"),
    "deep": ("prove", EXAMPLES / "iris.csv", "--activation", "z*tanh(log(1+exp(z)))", "--depth", 2),
    "fitted": ("prove", EXAMPLES / "iris.csv", "--construction", "fitted", "--activation", "silu", "--digits", 4),
    "obstruction": ("prove", EXAMPLES / "diabetes.csv"),
    "saddle": ("examine", TRAINED / "wave-saddle.npz", *WAVE),
    "stuck": ("examine", TRAINED / "wave-stuck.npz", *WAVE),
    "refused": ("prove", EXAMPLES / "iris.csv"),
}
VIEWS = [(width, dark) for width in (1280, 390) for dark in (False, True)]
EVENTS = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded", "Network.loadingFailed")
CONTRAST = """
(selector => {
  const light = colour => {
    const parts = colour.match(/[0-9.]+/g).map(v => v / 255);
    const [r, g, b] = parts.map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const element = document.querySelector(selector);
  let behind = element;
  while (getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
  const [a, b] = [light(getComputedStyle(element).color), light(getComputedStyle(behind).backgroundColor)];
  return (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
})
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium() as started:
        yield started


@pytest.fixture(scope="module", params=CASES)
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    certify(*CASES[request.param], "--out", folder)
    if request.param == "refused":
        certificate = json.loads((folder / "certificate.json").read_text("utf-8"))
        certificate["claim"]["gap"] = "7/5"
        (folder / "certificate.json").write_text(json.dumps(certificate), "utf-8")
        assert certify("report", folder).code == 3
    return folder / "report.html"


@pytest.fixture(params=VIEWS, ids=lambda view: f"{view[0]}-{'dark' if view[1] else 'light'}")
def page(request: pytest.FixtureRequest, browser: Chromium, path: Path) -> Page:
    width, dark = request.param
    return browser.open(path, width=width, dark=dark)


def test_quiet_and_alone(page: Page, path: Path) -> None:
    assert page.events(*EVENTS) == []
    requests = [event["request"]["url"] for event in page.events("Network.requestWillBeSent")]
    assert path.resolve().as_uri() in requests
    assert [url for url in requests if not url.startswith(("data:", path.resolve().as_uri()))] == []
    assert page.evaluate("[...document.fonts].map(font => font.status)") == ["loaded"] * 4


def test_formulas_are_set(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    sizes = boxes(page, "math", "[m]")
    assert len(sizes) > 10
    assert all(right - left > 2 and bottom - top > 5 for ((left, top, right, bottom),) in sizes)
    assert page.evaluate("getComputedStyle(document.querySelector('math')).fontFamily").startswith('"Certify Math"')
    for base, lower in boxes(page, "msub", "[...m.children]"):
        assert lower[3] > base[3]
        assert lower[0] >= base[2] - 3
    for above, below in boxes(page, "mfrac", "[...m.children]"):
        assert above[3] <= below[1] + 1


def boxes(page: Page, tag: str, parts: str) -> list[list[list[float]]]:
    """Left, top, right and bottom of parts of the visible elements `m` of a tag."""
    found: list[list[list[float]]] = page.evaluate(
        f"[...document.querySelectorAll('{tag}')].filter(m => m.checkVisibility()).map(m => {parts}"
        ".map(e => e.getBoundingClientRect()).map(r => [r.left, r.top, r.right, r.bottom]))"
    )
    return found


def test_nothing_is_wider_than_the_page(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    outside = "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
    assert page.evaluate(f"{outside}.map(e => e.outerHTML.slice(0, 200))") == []


def test_figures_are_drawn(page: Page, path: Path) -> None:
    sizes = page.evaluate(
        "[...document.querySelectorAll('figure svg')].map(s => s.getBoundingClientRect()).map(r => [r.width, r.height])"
    )
    assert len(sizes) == page.evaluate("document.querySelectorAll('figure').length")
    assert bool(sizes) == (not path.parent.name.startswith(("obstruction", "refused")))
    assert all(width > 300 and height > 100 for width, height in sizes)


def test_folds_work_by_keyboard(page: Page) -> None:
    last = "[...document.querySelectorAll('details')].at(-1)"
    assert page.evaluate(f"{last}.open") is False
    page.evaluate(f"{last}.querySelector('summary').focus()")
    page.press("Enter", 13)
    assert page.evaluate(f"{last}.open") is True
    assert page.evaluate(f"{last}.querySelector('.inside').getBoundingClientRect().height") > 10
    page.press("Enter", 13)
    assert page.evaluate(f"{last}.open") is False


def test_folds_are_open_on_paper(page: Page) -> None:
    page.call("Emulation.setEmulatedMedia", media="print")
    heights = page.evaluate(
        "[...document.querySelectorAll('.inside')].map(e => e.getBoundingClientRect().height * e.checkVisibility())"
    )
    assert heights
    assert all(height > 10 for height in heights)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_everything_can_be_read(page: Page) -> None:
    for selector in ("main p", ".notice", "h3 code", "th", "footer", "a", "pre"):
        assert page.evaluate(f"{CONTRAST}({json.dumps(selector)})") >= 4.5, selector


def test_what_is_refused_is_red(page: Page, path: Path) -> None:
    red, green, blue = page.evaluate(
        "getComputedStyle(document.querySelector('.notice')).color.match(/[0-9.]+/g).map(Number)"
    )[:3]
    assert (red > 1.5 * green and red > 1.5 * blue) == ("refused" in path.parent.name)
