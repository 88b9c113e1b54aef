"""Plain pages without JavaScript, built from elements that escape whatever they hold."""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from tracker.charts.theme import COLOURS, FONT, HEADING_FONT
from tracker.language import ENGLISH, chosen

#: nothing runs, nothing is fetched from elsewhere, and a form leads to this site alone
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: elements that have no end tag
VOID = ("meta", "link", "img", "source")
STYLE = "/style.css"


class Markup(str):
    """Text that is HTML already. Only :func:`tag`, :func:`data` and ``scripts`` make it."""


def tag(element: str, /, *children: str | None, **attributes: str | None) -> Markup:
    """An element. Text is escaped, markup kept, None left out; ``class_`` stands for class."""
    held = "".join(child if isinstance(child, Markup) else escape(child) for child in children if child is not None)
    given = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in attributes.items() if value is not None)
    return Markup(f"<{element}{given}>" if element in VOID else f"<{element}{given}>{held}</{element}>")


def link(text: str, address: str | None, **attributes: str | None) -> str:
    """The text, leading to the address if it is a path of this site or a page of the web; else the text alone."""
    safe = address and re.match(r"/(?![/\\])|https?://", address)
    return tag("a", text, href=address, **attributes) if safe else text


def recorded(text: str) -> str:
    """A text of the record, which is in English whatever the language of the page."""
    return text if chosen() == ENGLISH else tag("span", text, lang=ENGLISH)


def data(value: str) -> Markup:
    """JSON for programs to read in the page; it cannot end its element early."""
    return Markup('<script type="application/ld+json">' + value.replace("<", "\\u003c") + "</script>")


def listed(pairs: Mapping[str, str]) -> Markup:
    """Names with their values."""
    return tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs.items()))


def table(head: list[str], rows: list[list[str]], caption: str) -> Markup:
    """A table that scrolls by itself where it is wider than the window; one of many columns is set in lines there."""
    cells = [
        tag("tr", *(tag("td", cell, **{"data-name": name}) for name, cell in zip(head, row, strict=True)))
        for row in rows
    ]
    names = tag("thead", tag("tr", *(tag("th", name, scope="col") for name in head)))
    whole = tag(
        "table", tag("caption", caption), names, tag("tbody", *cells), class_="lines" if len(head) > 3 else None
    )
    return tag("div", whole, class_="wide", tabindex="0", role="group", **{"aria-label": caption})


def page(
    title: str,
    *body: str,
    heading: str | None = None,
    head: tuple[Markup, ...] = (),
    around: tuple[str, str] = ("", ""),
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A whole page. ``heading`` is the title as elements, ``head`` what programs read of it, ``around`` what stands
    before and after its main part."""
    told = (
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("link", rel="stylesheet", href=f"{STYLE}?{version()}"),
    )
    main = tag("main", tag("h1", heading or title), *body)
    whole = tag("html", tag("head", *told, *head), tag("body", around[0], main, around[1]), lang=chosen())
    return HTMLResponse("<!doctype html>\n" + whole, status, {"Content-Security-Policy": POLICY, **(headers or {})})


def style(request: Request) -> Response:
    """The one style sheet of all plain pages."""
    kept = "public, max-age=31536000, immutable" if request.url.query == version() else "public, no-cache"
    return Response(sheet(), media_type="text/css", headers={"Cache-Control": kept})


@cache
def version() -> str:
    """What an address of the style sheet ends in, so that it can be kept for good."""
    return hashlib.sha256(sheet().encode()).hexdigest()[:12]


@cache
def sheet() -> str:
    """The look of a plain page: the colours and the typefaces of the app, in both themes."""
    light, dark = (";".join(f"--{key}:{value}" for key, value in COLOURS[name].items()) for name in ("light", "dark"))
    return f""":root{{color-scheme:light dark;{light}}}
@media(prefers-color-scheme:dark){{:root{{{dark}}}}}
*{{box-sizing:border-box}}
body{{background:var(--ground);color:var(--ink);font:1rem/1.55 {FONT};margin:0;font-variant-numeric:tabular-nums}}
body>*{{max-width:67rem;margin:0 auto;padding:1rem}}
main{{padding-bottom:3rem}}
header nav{{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem}}
header nav>:last-child{{margin-left:auto}}
footer{{border-top:1px solid var(--hairline);padding-bottom:3rem}}
h1,h2,h3,.word{{font-family:{HEADING_FONT};line-height:1.25;font-weight:600}}
h1{{font-size:2rem;text-wrap:balance;max-width:44rem}}
h2{{font-size:1.4rem;margin-top:2.5rem}}
h3{{font-size:1.15rem}}
p,li,blockquote{{max-width:44rem}}
a{{color:var(--link);text-underline-offset:3px}}
blockquote{{margin:1.5rem 0;padding-left:1rem;border-left:2px solid var(--hairline);font-size:1.15rem}}
.sides{{display:grid;grid-template-columns:1fr 1fr;gap:0 3rem}}
.sides section,.part{{border-top:1px solid var(--hairline)}}
.word{{font-size:1.4rem;margin:0}}
.quiet,caption,dt,footer{{color:var(--muted)}}
.wide{{overflow-x:auto;margin:1rem 0}}
table{{border-collapse:collapse}}
caption{{text-align:left;white-space:nowrap;padding-bottom:.5rem}}
th,td{{text-align:left;vertical-align:top;min-width:6rem;padding:.4rem 1.5rem .4rem 0}}
th,td{{border-bottom:1px solid var(--hairline)}}
th{{font-weight:600}}
dl div{{display:grid;grid-template-columns:12rem 1fr;gap:0 1.5rem;padding:.25rem 0}}
dd{{margin:0;max-width:44rem;overflow-wrap:anywhere}}
ul{{list-style:none;padding:0}}
li{{padding:.4rem 0}}
pre{{background:var(--panel);padding:1rem;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.9rem}}
.picture{{max-width:56rem;margin:2rem 0}}
img{{width:100%;height:auto}}
button{{font:inherit;padding:.5rem 1.5rem;cursor:pointer}}
summary{{cursor:pointer}}
@media(max-width:40rem){{
.sides,dl div{{grid-template-columns:1fr}}
h1{{font-size:1.6rem}}
.lines thead{{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}}
.lines tr,.lines caption{{display:block}}
.lines tr{{border-bottom:1px solid var(--hairline);padding:.5rem 0}}
.lines td{{display:grid;grid-template-columns:7rem 1fr;border:0;padding:.1rem 0}}
.lines td::before{{content:attr(data-name);color:var(--muted)}}
}}
"""
