"""The main path as a newcomer walks it in either language: chart, verdict, a poll of one's own, the chart again."""

import csv
import io
import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.filling import choose, fill, fill_date, settle
from tracker import charts, language
from tracker.language import gettext as _

pytestmark = pytest.mark.browser
#: the first and the last day of the poll that a reader of each language enters
FIELDWORK = {"en": ("20260901", "20260904"), "fr": ("20260908", "20260911")}


def go_on(page: Page, step: str) -> None:
    """Go to the next step of the form."""
    page.get_by_role("button", name=_("Next: {step}").format(step=step)).click()
    expect(page.locator(".st-key-now").get_by_text(step)).to_be_visible()
    settle(page)


def readings_shown(page: Page) -> int:
    """The number of polls that the line under the headline counts."""
    line = page.get_by_text(re.compile(_("{polls} of {count} polls comparable").format(polls=r"^\d+", count=r"\d+")))
    expect(line).to_be_visible()
    return int(line.inner_text().split()[0])


def test_from_the_chart_to_a_verdict_to_a_poll_of_ones_own(reader: Any, page: Page) -> None:
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text(language.name("China"))
    expect(page.get_by_test_id("stVegaLiteChart").first.locator("svg.marks")).to_be_visible()
    before = readings_shown(page)

    page.get_by_role("link", name=_("Claims"), exact=True).click()
    page.get_by_role("link", name=re.compile("moving in favour of closer relations")).first.click()
    expect(page).to_have_url(re.compile("claim=wang-di-2025-04-opinion-shifting"))
    expect(page.get_by_text("public opinion in Canada is shifting toward closer ties with China")).to_be_visible()
    for word in ("unsettled", "supported"):
        expect(page.get_by_role("heading", name=re.compile(_(word), re.IGNORECASE)).first).to_be_visible()

    page.get_by_role("link", name=_("Contribute"), exact=True).click()
    expect(page.get_by_text(_("Whoever enters polls signs in with a one-time link."))).to_be_visible()
    page.goto(language.address(reader.site.sign_in()))
    page.get_by_role("button", name=_("Sign in")).click()
    expect(page).to_have_url(reader.site.url + language.address("/enter"))
    first, last = FIELDWORK[reader.language]
    choose(page, _("Pollster"), "Nanos Research")
    choose(page, _("Population"), language.name("Canadian adults"))
    go_on(page, _("Instrument"))
    choose(page, _("Subject"), language.name("China"))
    choose(page, _("Attitude"), charts.capital(charts.construct_name("favourability")))
    choose(page, _("Scale"), language.name("Favourable or unfavourable, four points"))
    go_on(page, _("Sample"))
    fill_date(page, _("First day of fieldwork"), first)
    fill_date(page, _("Last day of fieldwork"), last)
    fill(page, _("Interviews"), "1000")
    fill(page, _("How people were interviewed"), "telephone")
    choose(page, _("Kind of sample"), language.word("probability"))
    go_on(page, _("Answers"))
    fill(page, f"{_('Favourable')}, %", "41")
    fill(page, f"{_('Unfavourable')}, %", "59")
    go_on(page, _("Source and check"))
    fill_date(page, _("First published"), "20260920")
    fill(page, _("Address of the source"), f"https://polls.example/{first}")
    page.get_by_role("button", name=_("Store now, approved by yourself")).click()
    expect(page.get_by_text(_("Stored. It counts in every trend and verdict from now on."))).to_be_visible()

    page.get_by_role("link", name=_("See it on the chart")).click()
    expect(heading).to_contain_text("41")
    assert readings_shown(page) == before + 1

    answer = httpx.get(f"{reader.site.url}/api/v1/wide.csv?subject=china&population=ca-adults&pollster=nanos-research")
    rows = [row for row in csv.DictReader(io.StringIO(answer.text)) if row["field_start"].replace("-", "") == first]
    assert [(row["favourable"], row["sample_size"]) for row in rows] == [("41", "1000")]
