"""The document that holds the app: Streamlit's own, in the reader's language, with our title, style and card, and with
what the first chart needs on its way already.

A page of the app is drawn by a script that the document loads. What is said here is there before that: for programs
and readers without scripts, and so that nothing jumps when a style arrives late.
"""

import re
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from streamlit import file_util

from tracker import language, series
from tracker.language import gettext as _
from tracker.routes import frame, html
from tracker.settings import ROOT

STATIC = Path(file_util.get_static_dir())
#: the page that begins with a chart, and all pages of the app
FIRST = "/"
PAGES = (FIRST, *sorted(f"/{page.stem}" for page in (ROOT / "tracker" / "ui" / "pages").glob("*.py")))
#: words of an address that say how a page is shown, not which
HOW = (language.PARAMETER, "embed", "embed_options")
#: what an address may say of the chart of its card
SLUG = re.compile(r"[a-z0-9-]{1,160}")
#: Streamlit's modules that draw what every page has, and a chart
ALWAYS, CHART = ("PageLink", "Html"), ("ArrowVegaLiteChart",)
#: a module that another one begins with
NEEDED = re.compile(r"""(?:from|import)\s*["'`]\./([\w.-]+\.js)["'`]""")


def document(request: Request) -> Response:
    """One page of the app, before its script has run."""
    kept = [pair for pair in request.query_params.multi_items() if pair[0] not in HOW]
    address = request.url.path + (f"?{urlencode(kept)}" if kept else "")
    title, on_first = _("Opinion tracker"), request.url.path == FIRST
    seen = frame.Seen(_("What polls say of opinion, set against what people say of it."), _picture(request))
    told = (*frame.relations(address), *frame.card(title, address, seen), *preloads(ALWAYS + CHART * on_first))
    before, after = _shell()
    whole = before.format(lang=language.chosen(), title=html.tag("title", title)) + "".join(told) + after
    return HTMLResponse(whole.replace("</body>", _without_script() + "</body>"), headers={"Cache-Control": "no-cache"})


ROUTES = [Route(page, document) for page in PAGES]


def _picture(request: Request) -> str:
    """The address of the picture that a link to the page is shown with: its chart, or the one the app begins with."""
    asked = {name: value for name, value in request.query_params.items() if SLUG.fullmatch(value)}
    population = asked.get("population", series.DEFAULT_POPULATION)
    subject = asked.get("subject", series.DEFAULT_SUBJECT)
    about = {name: value for name, value in asked.items() if name in ("construct", "measure", "object")}
    return frame.Chart(population, subject, about).card()


def _without_script() -> html.Markup:
    """What a browser that runs no script is shown."""
    ways = {_("Claims"): "/claims/", _("Polls"): "/polls/"}
    links = [html.tag("p", html.link(name, language.address(path))) for name, path in ways.items()]
    return html.tag("noscript", html.tag("p", _("These pages need no script:")), *links)


@cache
def _shell() -> tuple[str, str]:
    """Streamlit's document with our style: what stands before ``</head>``, with fields for language and title, and what
    comes after."""
    whole = (STATIC / "index.html").read_text(encoding="utf-8")
    style = (Path(__file__).parent / "app.css").read_text(encoding="utf-8")
    before, after = whole.split("</head>")
    before = before.replace("{", "{{").replace("}", "}}")
    before = before.replace('<html lang="en">', '<html lang="{lang}">').replace("<title>Streamlit</title>", "{title}")
    return before, f"<style>\n{style}</style></head>{after}"


def inline(element: str) -> list[str]:
    """The texts of the scripts or the styles that stand in the document itself."""
    found: list[str] = re.findall(rf"<{element}>(.*?)</{element}>", "".join(_shell()), re.DOTALL)
    return found


@cache
def preloads(parts: tuple[str, ...]) -> tuple[html.Markup, ...]:
    """What draws these parts of a page, and the typeface of headings: asked for at once, not when they are wanted."""
    scripts = (
        html.tag("link", rel="modulepreload", crossorigin="", href=f"./static/js/{name}") for name in modules(parts)
    )
    kind = {"rel": "preload", "as_": "font", "type": "font/woff2", "crossorigin": ""}
    fonts = (STATIC / "static" / "media").glob("SourceSerifVariable-Roman.*.woff2")
    return (*(html.tag("link", href=f"./static/media/{font.name}", **kind) for font in fonts), *scripts)


def modules(parts: tuple[str, ...]) -> list[str]:
    """The files of Streamlit's that draw these parts and that its document does not load by itself."""
    scripts = STATIC / "static" / "js"
    loaded = set(re.findall(r"static/js/([\w.-]+\.js)", (STATIC / "index.html").read_text(encoding="utf-8")))
    wanted = [path.name for part in parts for path in scripts.glob(f"{part}.*.js")]
    for name in wanted:  # grows while it is walked
        text = (scripts / name).read_text(encoding="utf-8")
        wanted.extend(sorted(set(NEEDED.findall(text)) - loaded - set(wanted)))
    return wanted
