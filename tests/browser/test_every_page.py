"""Every page in light and dark, wide and on a telephone, the main ones in French too: whole, nothing cut, nothing asked
of another site, and open to whoever uses a keyboard, a screen reader or other colours (WCAG 2.2 AA, as far as axe-core
can see). `make sights` looks at every page in all of these at once.

The pictures land in build/screenshots, the counts of axe-core in build/axe.csv, or in one for each worker of the run;
`make docs/trends.png` takes the README's picture from there.
"""

import csv
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tracker.settings import ROOT

pytestmark = pytest.mark.browser
BUILD = ROOT / "build"
PICTURES = BUILD / "screenshots"
#: every theme and width in which a page can be looked at: each a small step from the one before
EVERY = (("light", 1280), ("light", 390), ("dark", 390), ("dark", 1280))
#: those in which it is, by language; in French, whose words are longer, the pages that everybody comes to
SIGHTS = {"en": (("light", 1280), ("dark", 390)), "fr": (("light", 390),)}
FRENCH = ("trends-side-by-side", "claim", "data", "claim-plain", "enter-answers")
#: every page in every sight in both: takes a quarter of an hour
if WHOLE_ROUND := os.environ.get("TRACKER_EVERY_SIGHT") == "yes":
    SIGHTS = dict.fromkeys(SIGHTS, EVERY)
#: no page is drawn taller than this, so that a long table does not make a picture nobody looks at
TALLEST = 4000
CLAIM, POLL = "wang-di-2025-04-opinion-shifting", "angus-reid-institute-2025-02-27-ca-adults"
PAGES = {
    "trends": "/",
    "trends-compared": "/?compare=united-states",
    "trends-side-by-side": "/?population=all",
    "trends-embedded": "/?embed=true&pollster=pew-research-center",
    "claims": "/claims",
    "claim": f"/claims?claim={CLAIM}",
    "events": "/events",
    "event": "/events?event=meng-wanzhou-arrest-2018",
    "polls": "/polls",
    "poll": f"/polls?poll={POLL}",
    "data": "/data",
    "data-narrowed": "/data?export=series&mode_class=online&field_end.from=2019-06-01",
    "method": "/method",
    "calibration": "/calibration",
    "contribute": "/mine",
    "claims-plain": "/claims/",
    "claim-plain": f"/claims/{CLAIM}",
    "polls-plain": "/polls/",
    "poll-plain": f"/polls/{POLL}",
}
#: those of whoever has signed in; a page of the others is looked at before anybody does
INNER = {
    "mine": "/mine",
    "enter-who": "/enter",
    "enter-instrument": "/enter?step=instrument",
    "enter-sample": "/enter?step=sample",
    "enter-answers": "/enter?step=answers",
    "enter-source": "/enter?step=source",
    "upload": "/upload",
    "claim-entered": "/claim",
    "event-entered": "/event",
    "review": "/review",
    "contributors": "/contributors",
    "poll-to-correct": f"/polls?poll={POLL}",
}
#: what scrolls as a whole: the document, and within it Streamlit's main part
WHOLE = "[...document.querySelectorAll('html, [data-testid=stMain]')]"
IMPACTS = ("critical", "serious", "moderate", "minor")
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


class Excepted(NamedTuple):
    """What Streamlit does and no setting, argument or style of ours can change: the rule, the element, why."""

    rule: str
    selector: str
    reason: str


EXCEPTIONS = (
    Excepted(
        "scrollable-region-focusable",
        "[data-testid=stTable] > div",
        "Streamlit gives the box in which a wide table scrolls no tabindex. Chromium and Firefox let the keyboard into "
        "such a box by themselves, which test_keyboard.py holds; what it holds is read by a screen reader as a table.",
    ),
)


def faults_of(page: Page) -> list[dict[str, Any]]:
    """What axe-core finds on the page as it stands, one fault an element, without the exceptions."""
    options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"], "preload": False}
    found = Axe().run(page, options=options).response["violations"]
    faults = [
        {"rule": each["id"], "impact": each["impact"], "element": node["target"][-1], "html": node["html"][:200]}
        for each in found
        for node in each["nodes"]
    ]
    return [fault for fault in faults if not excepted(page, fault)]


def excepted(page: Page, fault: dict[str, Any]) -> bool:
    """Whether one of the exceptions is this rule and this element."""
    place = page.locator(fault["element"])
    return any(
        fault["rule"] == each.rule and place.evaluate("(e, s) => e.matches(s)", each.selector) for each in EXCEPTIONS
    )


def fit(page: Page, theme: Any, width: int) -> None:
    """Show the page in a theme, in a window as wide as asked."""
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_timeout(200)


def draw(page: Page, width: int, file: Path) -> None:
    """Make a picture of the page as far as ``TALLEST``."""
    height = max(page.evaluate(f"{WHOLE}.map(each => each.scrollHeight)"))
    page.set_viewport_size({"width": width, "height": min(height + 80, TALLEST)})
    page.wait_for_timeout(100)
    page.screenshot(path=file)


def over(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return max(page.evaluate(f"{WHOLE}.map(each => each.scrollWidth - each.clientWidth)"))


def unfold(reader: Any, page: Page) -> None:
    """Open whatever is folded, so that it is looked at too; some of it is made only then."""
    page.locator("details:not([open]) > summary").evaluate_all("folded => folded.forEach(each => each.click())")
    expect(page.locator("details:not([open])")).to_have_count(0)
    page.wait_for_timeout(200)
    reader.settle(page)


@pytest.fixture(scope="module")
def report() -> Iterator[list[dict[str, Any]]]:
    """The rows of build/axe.csv, of those pages that this worker looks at."""
    rows: list[dict[str, Any]] = []
    yield rows
    BUILD.mkdir(exist_ok=True)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    with (BUILD / f"axe{worker and '-' + worker}.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, ["page", "language", "theme", "width", *IMPACTS])
        table.writeheader()
        table.writerows(rows)


def test_every_page_is_looked_at() -> None:
    pages = {path.stem for path in (ROOT / "tracker/ui/pages").glob("*.py")}
    looked_at = [*PAGES.values(), *INNER.values()]
    assert pages <= {urlsplit(address).path.strip("/") or "trends" for address in looked_at}


@pytest.mark.parametrize("name", [*PAGES, *INNER])
def test_a_page_is_whole_and_open_to_everybody(reader: Any, report: list[dict[str, Any]], name: str) -> None:
    if reader.language == "fr" and name not in FRENCH and not WHOLE_ROUND:
        pytest.skip("looked at in French by `make sights`")
    PICTURES.mkdir(parents=True, exist_ok=True)
    if name in INNER:
        reader.sign_in()
    page = reader.open(PAGES.get(name) or INNER[name])
    expect(page.locator("html")).to_have_attribute("lang", reader.language)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    sights = SIGHTS[reader.language]
    for theme, width in sights:
        fit(page, theme, width)
        draw(page, width, PICTURES / f"{name}-{width}-{theme}-{reader.language}.png")
        assert over(page) <= 0, f"wider than {width} pixels"
    unfold(reader, page)
    faults = []
    # axe-core looks in one sight at a page and in another at the next: what one finds the others share
    turn = [*PAGES, *INNER].index(name) % len(sights)
    for theme, width in reversed(sights) if WHOLE_ROUND else [sights[turn]]:
        fit(page, theme, width)
        found = faults_of(page)
        count = Counter(fault["impact"] for fault in found)
        place = {"page": name, "language": reader.language, "theme": theme, "width": width}
        report.append(place | {impact: count[impact] for impact in IMPACTS})
        faults += [place | fault for fault in found if fault["impact"] in ("critical", "serious")]
    page.close()
    assert not faults, "\n".join(map(str, faults))
    assert reader.asked <= {"127.0.0.1", ""}
