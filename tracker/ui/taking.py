"""The Data page: which rows, what they hold, and the ways to take them. A column's filter in the page's address is that
of the address of the rows."""

from collections.abc import Iterator
from typing import Any

import streamlit as st

from tracker import language, tables
from tracker.export import FORMATS
from tracker.language import gettext as _
from tracker.language import marked
from tracker.store import StoreError
from tracker.tables.overview import FACETS, Facets, Overview, check
from tracker.ui import parts, show, snippets
from tracker.ui.parts.widgets import ENDS

#: words of the page's own
OWN = (parts.TABLE, language.AS_OF, language.PARAMETER)
#: rows up to which facets are counted unasked; rows that are shown
UNASKED, SHOWN = 100_000, 50
#: values up to which those of a column stand beside each other, and how long each may be for that
FEW, SHORT = 6, 40
#: claims that are judged in a second, about
A_SECOND = 7
#: tables that judge every claim unless some are chosen
JUDGED = ("verdicts", "evidence")
FORMAT_NAMES = marked({"csv": "CSV", "json": "JSON", "jsonl": "JSON lines", "parquet": "Parquet"})

Filters = dict[str, list[str]]


def pick_table(unknown: list[str]) -> str:
    """The name of a table."""
    return parts.pick(parts.TABLE, _("Table"), {name: _(told) for name, told in tables.NAMES.items()}, "wide", unknown)


def pick_filters(name: str, unknown: list[str]) -> Filters:
    """The filters of a table: what it is computed from, by pickers, and whatever else the address says."""
    found = _picked(name, unknown)
    for word in st.query_params:
        if word not in (*OWN, *found) and word not in tables.parameters(name):
            found |= _understood(name, word, st.query_params.get_all(word), unknown)
    return found


def _picked(name: str, unknown: list[str]) -> Filters:
    found: Filters = {}
    if not tables.parameters(name):
        return found
    if name not in JUDGED and parts.has_polls():
        found |= {word: [text] for word, text in parts.pick_attitude(unknown)._asdict().items() if text}
    if name in JUDGED:
        claims = {row.id: f"{row.claimant}, {row.date.year}: {row.paraphrase}" for row in parts.claim_rows()}
        found["claim"] = parts.pick_several("claim", _("Claims"), claims, unknown, _("all"))
    day = parts.pick_known_by(unknown)
    found["known_by"] = [day.isoformat()] if day else []
    return {word: texts for word, texts in found.items() if texts}


def _understood(name: str, word: str, texts: list[str], unknown: list[str]) -> Filters:
    try:
        check(parts.store(), name, {word: texts})
    except StoreError:
        unknown.append(language.pair(word, ", ".join(texts)))
        return {}
    return {word: texts}


def look(name: str, filters: Filters) -> Overview | None:
    """The first rows and how many there are; None where that takes long and nobody asked for it, or where nothing can
    be computed, which is then said."""
    if name in JUDGED and not filters.get("claim") and st.session_state.get("judged") != parts.revision():
        count = len(parts.claim_rows())
        told = _("Judging all {count} claims takes about {seconds} seconds: choose some of them, or ask for all.")
        st.markdown(told.format(count=language.number(count), seconds=language.number(-(-count // A_SECOND))))
        st.button(_("Judge them all"), on_click=_judge)
        return None
    try:
        with st.spinner(_("Computing it"), show_time=True):
            return parts.looked_at(name, filters)
    except tables.NothingThere as nothing:
        st.markdown(show.plain(nothing))
        return None


def _judge() -> None:
    st.session_state["judged"] = parts.revision()


def narrow(name: str, filters: Filters, found: Overview | None) -> None:
    """What columns of the table hold, with the rows of each value: whatever is chosen becomes a filter."""
    offered = {*tables.parameters(name), *(("claim",) if name in JUDGED else ())}
    if found and found.count <= UNASKED:
        if facets := _facets(name, filters):
            with st.expander(_("Narrow the rows"), True):
                offered |= _chosen(facets, filters, found)
    elif found:
        place = st.expander(_("Narrow the rows"), key=f"narrow_{name}", on_change="rerun")
        if place.open:
            with place:
                offered |= _chosen(_facets(name, filters), filters, found)
    _others({word: texts for word, texts in filters.items() if word not in offered})


def _facets(name: str, filters: Filters) -> dict[str, Facets]:
    """What the columns hold, of those in which there is something to choose."""
    facets = {column: parts.facets(name, column, filters) for column in FACETS[name]}
    return {column: held for column, held in facets.items() if len(held) > 1 or column in filters}


def _chosen(facets: dict[str, Facets], filters: Filters, found: Overview) -> set[str]:
    """The choices among these; the words that they stand for in the address."""
    types = {column.name: column.type for column in found.columns}
    offered: set[str] = set()
    for (column, held), place in zip(facets.items(), _places(), strict=False):
        with place:
            if types[column] in ("date", "datetime"):
                offered |= _years(column, held)
            else:
                _values(column, held, filters.get(column, []))
                offered.add(column)
    return offered


def _places() -> Iterator[Any]:
    """Places, two beside each other, made as they are wanted: empty ones would move while those above them fill."""
    while True:
        yield from st.columns(2)


def _values(column: str, held: Facets, chosen: list[str]) -> None:
    rows = dict.fromkeys(chosen, 0) | {_text(value): count for value, count in held}
    options = {text: f"{_name(column, text)} · {language.number(count)}" for text, count in rows.items()}
    short = all(len(told) <= SHORT for told in options.values())
    parts.pick_several(column, f"`{column}`", options, [], _("all"), FEW if short else 0)


def _years(column: str, held: Facets) -> set[str]:
    years = sorted(((value, count) for value, count in held if value), reverse=True)
    told = {str(year): f"{year} · {language.number(count)}" for year, count in years}
    return {f"{column}{end}" for end in ENDS} if parts.pick_year(column, told, _("all")) else set()


def _text(value: Any) -> str:
    """A value as a filter has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


#: the tables whose rows have names, by the columns that refer to them
NAMED = {
    "pollster": "pollsters",
    "population": "populations",
    "subject": "subjects",
    "scale": "scales",
}


def _name(column: str, text: str) -> str:
    if not text:
        return _("blank")
    names = parts.names(NAMED[column]) if column in NAMED else {}
    return ", ".join(names.get(each, language.word(each)) for each in parts.listed(text))


def _others(filters: Filters) -> None:
    """The filters of the address that no choice above stands for, each to be taken out."""
    for word, texts in filters.items():
        told = ", ".join(text or _("blank") for text in texts[:3]) + (" …" if texts[3:] else "")
        st.button(
            show.plain(language.pair(word, told)),
            key=f"without_{word}",
            icon=":material/close:",
            help=_("Leave this filter out"),
            type="tertiary",
            on_click=parts.write,
            args=(word, None),
        )


def preview(found: Overview) -> None:
    """The first rows. They come last: the keyboard goes through them cell by cell."""
    st.subheader(_("The first rows"), anchor=False)
    rows = parts.frame(found, SHOWN)
    st.caption(_("{size}, of which the first {shown} are shown").format(size=show.size(found.count), shown=len(rows)))
    st.dataframe(rows, hide_index=True, alt=_("The first rows of this table"))


def take(name: str, filters: Filters, found: Overview | None) -> None:
    """The rows in every format, each with its size."""
    sizes = parts.sizes(name, filters) if found else {}
    if found:
        st.markdown(f"**{show.size(found.count)}**")
    form = _("{format}, {size}") if found and found.whole else _("{format}, about {size}")
    with st.container(horizontal=True):
        for ending in FORMATS:
            label = _(FORMAT_NAMES[ending])
            if ending in sizes:
                label = form.format(format=label, size=show.weight(sizes[ending]))
            st.link_button(label, address(name, filters, ending))
    if sizes:
        show.note(_("Sizes are before compression, with which most clients fetch them."))


def address(name: str, filters: dict[str, Any], ending: str = "csv") -> str:
    """Where rows are."""
    return parts.address(f"/api/v1/{name}.{ending}", **filters)


def addresses(name: str, filters: Filters) -> None:
    """The addresses of the rows, as they will be and as they are."""
    st.markdown(_("The address of exactly these rows"))
    st.code(address(name, filters), language=None, wrap_lines=True)
    st.caption(_("As they were recorded at the newest revision; this address always gives the same bytes"))
    st.code(address(name, parts.pinned(name, filters)), language=None, wrap_lines=True)


def lines(name: str, filters: Filters, found: Overview | None) -> None:
    """The lines that fetch the rows."""
    columns = found.columns if found else tables.columns_of(parts.store(), name)
    csv = address(name, filters)
    told = {
        "pandas": (snippets.pandas(address(name, filters, "parquet")), "python"),
        "R": (snippets.readr(csv, columns, "number" if name == "wide" else None), "r"),
        _("Shell"): (snippets.shell(csv, f"{name}.csv"), "bash"),
    }
    for place, (text, spoken) in zip(st.tabs(list(told)), told.values(), strict=True):
        place.code(text, spoken, wrap_lines=True)


def cite(name: str, filters: Filters, found: Overview | None) -> None:
    """How to cite the rows, on demand with the hash of their bytes."""
    st.caption(_("To cite them; whoever has the file can tell by its SHA-256 that it is the one"))
    place, pinned = st.empty(), parts.pinned(name, filters)
    asked = st.button(_("Add the SHA-256"), help=_("Reads every row: the hash is of the CSV's bytes, not compressed."))
    stated = {word: texts for word, texts in pinned.items() if word != language.AS_OF}
    digest = parts.digest(name, stated) if asked else None
    count = found.count if found else None
    place.code(show.cited(name, count, address(name, pinned), digest), language=None, wrap_lines=True)
