"""Plain pages without JavaScript, built from elements that escape whatever they hold."""

import re
from html import escape

from starlette.responses import HTMLResponse, Response

from tracker.charts.theme import COLOURS, FONT, HEADING_FONT
from tracker.language import chosen

#: nothing runs, nothing is fetched from elsewhere, and a form leads to this site alone
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'self'; base-uri 'none'"
#: elements that have no end tag
VOID = ("meta", "link")


class Markup(str):
    """Text that is HTML already. Only :func:`tag` makes it."""


def tag(element: str, /, *children: str | None, **attributes: str | None) -> Markup:
    """An element. Text is escaped, markup kept, None left out; ``class_`` stands for class."""
    held = "".join(child if isinstance(child, Markup) else escape(child) for child in children if child is not None)
    given = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in attributes.items() if value is not None)
    return Markup(f"<{element}{given}>" if element in VOID else f"<{element}{given}>{held}</{element}>")


def link(text: str, address: str | None) -> str:
    """The text, leading to the address if it is a path of this site or a page of the web; else the text alone."""
    return tag("a", text, href=address) if address and re.match(r"/(?!/)|https?://", address) else text


def data(value: str) -> Markup:
    """JSON for programs to read in the page; it cannot end its element early."""
    return Markup('<script type="application/ld+json">' + value.replace("<", "\\u003c") + "</script>")


def table(head: list[str], rows: list[list[str]], caption: str) -> Markup:
    """A table that scrolls by itself where it is wider than the window."""
    cells = [tag("tr", *(tag("td", cell) for cell in row)) for row in rows]
    names = tag("thead", tag("tr", *(tag("th", name, scope="col") for name in head)))
    whole = tag("table", tag("caption", caption), names, tag("tbody", *cells))
    return tag("div", whole, class_="wide", tabindex="0", role="region", **{"aria-label": caption})


def page(title: str, *body: str, head: tuple[Markup, ...] = (), status: int = 200) -> Response:
    """A whole page; ``head`` is what programs read of it."""
    whole = tag(
        "html",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Markup(_style())),
        *head,
        tag("main", tag("h1", title), *body),
        lang=chosen(),
    )
    return HTMLResponse("<!doctype html>\n" + whole, status, {"Content-Security-Policy": POLICY})


def _style() -> str:
    """The look of a plain page: the colours and the typeface of the app, in both themes."""
    light, dark = (";".join(f"--{key}:{value}" for key, value in COLOURS[name].items()) for name in ("light", "dark"))
    return f"""
:root{{color-scheme:light dark;{light}}}
@media(prefers-color-scheme:dark){{:root{{{dark}}}}}
body{{background:var(--ground);color:var(--ink);font:1rem/1.55 {FONT};margin:0}}
main{{max-width:62rem;margin:0 auto;padding:2rem 1rem 4rem}}
h1,h2,h3{{font-family:{HEADING_FONT};line-height:1.25;font-weight:600}}
a{{color:var(--link)}}
blockquote{{margin:1rem 0;padding-left:1rem;border-left:2px solid var(--hairline)}}
.wide{{overflow-x:auto}}
table{{border-collapse:collapse;font-variant-numeric:tabular-nums}}
caption{{text-align:left;white-space:nowrap;color:var(--muted)}}
th,td{{text-align:left;vertical-align:top;min-width:5rem}}
th,td{{padding:.3rem .9rem .3rem 0;border-bottom:1px solid var(--hairline)}}
dt{{color:var(--muted)}}
dd{{margin:0 0 .5rem}}
button{{font:inherit;padding:.5rem 1.5rem;cursor:pointer}}
"""
