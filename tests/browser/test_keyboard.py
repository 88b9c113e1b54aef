"""The main path by keyboard alone, in both languages: no mouse, and at every step one sees where one is."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tracker.language import gettext as _
from tracker.language import name as named

pytestmark = [pytest.mark.browser, pytest.mark.alone]
#: no way from one thing to the next that a reader wants is longer than this
MOST_STEPS = 60
#: what holds the focus: its name, whether its box is in the window, and whether an outline or a ring of the element or
#: of what stands right around it shows that it does; and their borders
FOCUSED = """held => {
    const around = [held]
    while (around.length < 5 && around.at(-1).parentElement) around.push(around.at(-1).parentElement)
    const box = around.map(each => each.getBoundingClientRect()).find(each => each.width > 8 && each.height > 8)
    const styles = around.map(each => getComputedStyle(each))
    const labels = (held.getAttribute("aria-labelledby") ?? "").split(" ")
    const label = labels.map(id => document.getElementById(id)?.innerText).join(" ").trim()
    const text = held.matches("main, body") ? "" : held.innerText
    return {
        name: held.getAttribute("aria-label") ?? (label || text),
        role: held.getAttribute("role") ?? held.tagName.toLowerCase(),
        inside: !!box && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
        marked: styles.some(style => style.outlineStyle !== "none" || style.boxShadow !== "none"),
        borders: styles.map(style => style.borderColor).join(),
    }
}"""

#: the page has been scrolled to its last line: as long as it moves, it moves away from what is stepped to
AT_THE_END = """() => {
    const main = document.querySelector("[data-testid=stMain]")
    return main.scrollTop + main.clientHeight >= main.scrollHeight - 1
}"""


def focused(page: Page) -> dict[str, Any]:
    """What holds the focus."""
    return page.evaluate(f"({FOCUSED})(document.activeElement)")


def bordered(page: Page, held: dict[str, Any]) -> bool:
    """Whether a field shows by its border that it holds the focus: it has another when it does not."""
    field = page.evaluate_handle("document.activeElement")
    field.evaluate("field => field.blur()")
    page.wait_for_timeout(50)
    without = field.evaluate(FOCUSED)["borders"]
    field.evaluate("field => field.focus()")
    return bool(without != held["borders"])


def _scrolled_to(page: Page, held: dict[str, Any]) -> dict[str, Any]:
    """The same when the window has come to it, which takes a moment; or as it is after a second."""
    for _moment in range(20):
        if held["inside"]:
            break
        page.wait_for_timeout(50)
        held = focused(page)
    return held


def tab_to(page: Page, name: str = "", role: str = "", key: str = "Tab") -> None:
    """Step to what has this name or role; at every step the focus is in the window and can be seen."""
    passed = []
    for _step in range(MOST_STEPS):
        page.keyboard.press(key)
        held = focused(page)
        if held["role"] != "body":
            held = _scrolled_to(page, held)
            assert held["inside"], held
            assert held["marked"] or bordered(page, held), held
        if re.search(name, held["name"]) and role in ("", held["role"]):
            return
        passed.append(held["name"] or held["role"])
    pytest.fail(f"{MOST_STEPS} steps did not lead to {name or role}, but to {passed}")


def heading(page: Page) -> Any:
    """The heading of the page."""
    return page.get_by_role("heading", level=1)


def test_the_main_path_needs_no_mouse(reader: Any, page: Page) -> None:
    expect(heading(page)).to_contain_text(named("China"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert focused(page)["role"] == "main", "the first step skips what stands above every page"

    tab_to(page, f"^{_('Measure')}$")
    tab_to(page, f"^{_('Subject')}$", key="Shift+Tab")
    page.keyboard.type(named("United States"))
    page.keyboard.press("Enter")
    expect(heading(page)).to_contain_text(named("United States"))
    expect(page).to_have_url(re.compile("subject=united-states"))

    page.goto(page.url.replace("subject=united-states", "subject=china"))
    reader.settle(page)
    folded = re.escape(_("The claims on this chart ({count})").split(" ({")[0])
    tab_to(page, folded)
    page.keyboard.press("Enter")
    expect(page.get_by_text("moving in favour of closer relations").first).to_be_visible()
    tab_to(page, "moving in favour of closer relations")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("claim=wang-di-2025-04-opinion-shifting"))
    reader.settle(page)
    for word in ("unsettled", "supported"):
        expect(page.get_by_text(re.compile(f"^{_(word)}$", re.IGNORECASE)).first).to_be_visible()
    expect(page.get_by_role("table").last).not_to_be_in_viewport()
    tab_to(page, role="main", key="Shift+Tab")
    page.keyboard.press("End")
    page.wait_for_function(AT_THE_END)
    expect(page.get_by_role("table").last).to_be_in_viewport()

    for name, title in (("Polls", "Polls on record"), ("Data", "Take the data away")):
        tab_to(page, f"^{_(name)}$")
        page.keyboard.press("Enter")
        expect(heading(page)).to_have_text(_(title))
        reader.settle(page)
    tab_to(page, "^CSV")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".csv")


def test_a_table_wider_than_a_telephone_scrolls_by_keyboard(reader: Any) -> None:
    page = reader.open("/method")
    page.set_viewport_size({"width": 390, "height": 900})
    boxes = page.locator("[data-testid=stTable] > div")
    wide = [box for box in boxes.all() if box.evaluate("box => box.scrollWidth > box.clientWidth")]
    assert wide
    tab_to(page, re.escape(wide[0].get_by_role("columnheader").first.inner_text()), role="div")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.activeElement.scrollLeft > 0")
    page.close()
