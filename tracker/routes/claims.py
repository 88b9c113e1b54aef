"""A claim, and the list of them, as pages that need no JavaScript: for readers, and for programs that read pages."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tracker import charts, language
from tracker.language import gettext as _
from tracker.language import ngettext
from tracker.models import Claim
from tracker.routes import asking, frame, html, judged, review
from tracker.routes.frame import Chart, Seen
from tracker.routes.words import Names, names, verdicts

#: the chart's shapes by what the window is like, the narrowest condition first; else it is wide and light
PICTURES = {
    "(max-width: 40rem) and (prefers-color-scheme: dark)": {"width": "360", "theme": "dark"},
    "(max-width: 40rem)": {"width": "360"},
    "(prefers-color-scheme: dark)": {"theme": "dark"},
}
#: what of an assertion chooses a chart
ATTITUDE = ("construct", "measure", "object")


def claim(request: Request) -> Response:
    """A claim with its verdicts, then and now, and the readings behind them."""
    store, name = asking.state(request), request.path_params["claim"]
    row = store.entity(Claim, name)
    if row is None:
        return frame.nothing(_("There is no such claim."), "/claims/", _("All claims"))
    headers = asking.headers(request, store, store.newest(), store.today())
    if answer := asking.unchanged(request, headers):
        return answer
    told, known = judged.claim(store, name), names(store)
    changed = store.changed_at()
    return frame.framed(
        request,
        row.paraphrase,
        _said(row),
        html.tag("h2", _("Verdict")),
        *_judged(told, known, "h3"),
        html.tag("p", html.link(_("How often such verdicts come out right"), language.address("/calibration"))),
        *_answers(told),
        *_drawn(told, known),
        html.tag("h2", _("What exactly is tested")),
        html.listed(verdicts.assertion(told["assertion"], known)),
        *_readings(told, known),
        *(_part(number, part, told, known) for number, part in enumerate(told["parts"], start=1)),
        heading=html.recorded(row.paraphrase),
        seen=_seen(row, told, known),
        store=store,
        head=review.reviews(row, told, known, changed.date() if changed else None),
        elsewhere=_elsewhere(name),
        headers=headers,
    )


def _said(row: Any) -> html.Markup:
    """Who said it, in which words, when and where."""
    told = {
        _("Who"): ", ".join(filter(None, [row.claimant, row.claimant_role])),
        _("Made"): language.day(row.date, row.date_precision),
        _("First published"): language.day(row.published) if row.published else "",
        _("Where"): frame.source(row.source_title, row.source_url),
        _("Note"): html.recorded(row.note) if row.note else "",
    }
    quote = html.tag("blockquote", row.quote, lang=row.language) if row.quote else ""
    return html.tag("div", quote, html.listed({name: value for name, value in told.items() if value}))


def _judged(asserted: Mapping[str, Any], known: Names, heading: str) -> Iterator[html.Markup]:
    """Both verdicts on an assertion, and what turned the one into the other."""
    yield html.tag(
        "div",
        _side(html.tag(heading, _("Known then")), asserted["then"]),
        _side(html.tag(heading, _("Known now")), asserted["now"]),
        class_="sides",
    )
    if turned := verdicts.turned(asserted, known):
        yield html.tag("p", turned)


def _side(title: html.Markup, side: Mapping[str, Any]) -> html.Markup:
    """What the polls known by a day say."""
    public = _("From polls public by {day}").format(day=verdicts.day(side["known_by"]))
    return html.tag(
        "section",
        title,
        html.tag("p", charts.capital(language.word(side["word"])), class_="word"),
        html.tag("p", html.tag("strong", charts.capital(verdicts.probability(side["probability"])))),
        *(html.tag("p", sentence) for sentence in verdicts.sentences(side)),
        html.tag("p", public, class_="quiet"),
    )


def _answers(told: Mapping[str, Any]) -> Iterator[html.Markup]:
    """Who answered the claim, or whom it answers, with the way there."""
    for answered in verdicts.answered(told):
        ways = [(name, language.address(f"/claims/{claim}")) for name, claim in answered.claims]
        links = [html.link(_("The claim by {claimant}").format(claimant=name), address) for name, address in ways]
        apart = [part for link in links for part in (" · ", link)][1:]
        yield html.tag("p", answered.sentence, " ", *apart)


def _readings(asserted: Mapping[str, Any], known: Names) -> Iterator[html.Markup]:
    """Every reading behind both verdicts, with the way to its poll."""
    head = [_("Fieldwork"), _("Pollster and instrument"), _("Reading"), _("Public from"), _("Counted")]
    rows = [
        [
            reading.fieldwork,
            html.tag("span", html.link(reading.pollster, _poll(reading.poll)), " · ", reading.instrument),
            reading.value,
            reading.known_from,
            reading.counted,
        ]
        for reading in verdicts.readings(asserted, known)
    ]
    if rows:
        count = ngettext("{count} reading behind both verdicts", "{count} readings behind both verdicts", len(rows))
        yield html.table(head, rows, count.format(count=language.number(len(rows))))


def _poll(name: str) -> str:
    return language.address(f"/polls/{name}")


def _part(number: int, part: Mapping[str, Any], main: Mapping[str, Any], known: Names) -> html.Markup:
    """A further assertion made in the same breath: what differs from the first, its verdicts and readings."""
    title = html.tag("h2", _("Also tested, {number}").format(number=number))
    own = html.tag("p", html.tag("strong", verdicts.own(part, main, known)))
    body = (*_judged(part, known, "h3"), *_readings(part, known))
    return html.tag("section", title, own, *body, id=f"part-{number}")


def _seen(row: Any, told: Mapping[str, Any], known: Names) -> Seen:
    """The verdict in a sentence, and the chart of the readings behind it, if there are any."""
    word = _("{word}, {probability}. {reason}").format(
        word=charts.capital(language.word(told["now"]["word"])),
        probability=verdicts.probability(told["now"]["probability"]),
        reason=told["now"]["reason"],
    )
    chart = _chart(told)
    return Seen(word, chart.card(), _shown(chart, known)) if chart else Seen(word)


def _drawn(told: Mapping[str, Any], known: Names) -> Iterator[html.Markup]:
    """The chart as a picture that leads to the one in the app: for a wide window or a telephone, in light or dark."""
    if chart := _chart(told):
        drawn = [
            html.tag("source", media=media, srcset=language.address(chart.picture("svg", **shape)))
            for media, shape in PICTURES.items()
        ]
        source, shown = language.address(chart.picture("svg")), _shown(chart, known)
        picture = html.tag("picture", *drawn, html.tag("img", src=source, alt=shown, loading="lazy"))
        yield html.tag("p", html.tag("a", picture, href=language.address(chart.page())), class_="picture")


def _chart(told: Mapping[str, Any]) -> Chart | None:
    """The chart of the attitude that a claim is about; None where no reading of it is known."""
    reading = next(iter(told["now"]["evidence"]), None)
    asked = {name: told["assertion"][name] for name in ATTITUDE if name in told["assertion"]}
    return Chart(reading["population"], reading["subject"], asked) if reading else None


def _shown(chart: Chart, known: Names) -> str:
    population, subject = known["populations"], known["subjects"]
    return frame.pictured(population[chart.population], subject[chart.subject])


def _elsewhere(name: str) -> dict[str, str]:
    return {
        _("This claim in the app"): language.address(f"/claims?claim={name}"),
        _("This verdict as JSON"): f"/api/v1/verdicts/{name}.json",
        _("All claims"): language.address("/claims/"),
    }


def claims(request: Request) -> Response:
    """All claims, newest first, each with who made it, when, and the two words of its verdict."""
    store = asking.state(request)
    headers = asking.headers(request, store, store.newest(), store.today())
    if answer := asking.unchanged(request, headers):
        return answer
    rows, words = [*reversed(store.claims())], judged.words(store)
    count = ngettext("{count} claim", "{count} claims", len(rows)).format(count=language.number(len(rows)))
    told = _("{count} about public opinion, each set against the polls: as they were known then, and now.")
    lede = told.format(count=count)
    years = groupby(rows, key=lambda row: row.date.year)
    return frame.framed(
        request,
        _("What people said about opinion"),
        html.tag("p", lede),
        *(_year(str(year), [_item(row, words[row.id]) for row in group]) for year, group in years),
        seen=Seen(lede),
        store=store,
        elsewhere={_("Claims in the app"): language.address("/claims"), _("Claims as CSV"): "/api/v1/claims.csv"},
        headers=headers,
    )


def _year(year: str, items: list[html.Markup]) -> html.Markup:
    return html.tag("section", html.tag("h2", year), html.tag("ul", *items))


def _item(row: Any, word: Any) -> html.Markup:
    day = language.day(row.date, row.date_precision)
    then_now = _("then {then}, now {now}").format(then=language.word(word.then), now=language.word(word.now))
    return html.tag(
        "li",
        html.link(html.recorded(row.paraphrase), language.address(f"/claims/{row.id}")),
        html.tag("div", f"{row.claimant} · {day} · {then_now}", class_="quiet"),
    )
