"""Claims and events in a real browser: kept at every change, judged before they are stored, open to everybody."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_every_page import WHOLE, faults_of, fit
from tracker.language import gettext as _

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("reader", ["en"], indirect=True)]
CLAIM, EVENT = "angus-reid-2024-06-low-maintained", "carney-china-visit-2026"


@pytest.fixture(scope="module")
def editor(reader: Any) -> Any:
    """A reader who has signed in, as the operator."""
    page = reader.context.new_page()
    page.goto(reader.site.sign_in())
    page.get_by_role("button").first.click()
    expect(page.get_by_role("link", name=_("Sign out"))).to_be_visible()
    page.close()
    return reader


def test_a_correction_begun_is_there_after_a_reload_with_the_verdict_it_would_get(editor: Any) -> None:
    page = editor.open(f"/claim?correct={CLAIM}")
    tolerance = page.get_by_label(_("tolerance in points").capitalize())
    expect(tolerance).to_have_value("4")
    before = page.get_by_text(_("Up to {points} counts as no change.").format(points="")[:6]).first.inner_text()
    tolerance.fill("40")
    tolerance.press("Enter")
    expect(page).to_have_url(re.compile(r"draft=\d+"))
    page.reload()
    editor.settle(page)
    expect(tolerance).to_have_value("40")
    expect(page.get_by_text(before)).to_have_count(0)
    page.get_by_role("button", name=_("Throw this draft away")).click()
    expect(page.get_by_text(_("The draft is thrown away."))).to_be_visible()
    page.close()


@pytest.mark.parametrize("address", [f"/claim?correct={CLAIM}", f"/event?correct={EVENT}"], ids=["claim", "event"])
def test_the_form_is_whole_and_open_to_everybody(editor: Any, address: str) -> None:
    page = editor.open(address)
    faults = []
    for theme, width in (("light", 1280), ("light", 390), ("dark", 390)):
        fit(page, theme, width)
        # a chart takes its new width once it has been drawn anew
        page.wait_for_function(f"() => {WHOLE}.every(each => each.scrollWidth <= each.clientWidth)", timeout=30_000)
        faults += [fault for fault in faults_of(page) if fault["impact"] in ("critical", "serious")]
    page.close()
    assert not faults, "\n".join(map(str, faults))
