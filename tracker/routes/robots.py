"""What programs that walk the site may read, and where its plain pages are."""

from xml.etree import ElementTree as xml

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tracker.routes import asking, frame
from tracker.store import Store

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
#: addresses that one file may hold
MOST = 50_000
#: pages for contributors, and one-time links
CLOSED = ("/enter", "/sign-in", "/sign-out")


def robots(_request: Request) -> Response:
    """Everything but the contributors' pages may be read."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), f"Sitemap: {frame.whole('/sitemap.xml')}"]
    return PlainTextResponse("\n".join(lines) + "\n", headers={"Cache-Control": "public, max-age=3600"})


def sitemap(request: Request) -> Response:
    """Every plain page of a claim or a poll."""
    store = asking.live()
    headers = asking.present(request, store)
    if answer := asking.unchanged(request, headers):
        return answer
    return Response(_written(store), media_type="application/xml", headers=headers)


def _written(store: Store) -> bytes:
    claims = (f"/claims/{row.id}" for row in store.claims())
    polls = (f"/polls/{row.poll}" for row in store.public_polls(MOST))
    root = xml.Element("urlset", xmlns=SITEMAP)
    for address in ["/", "/claims/", "/polls/", *claims, *polls][:MOST]:
        xml.SubElement(xml.SubElement(root, "url"), "loc").text = frame.whole(address)
    return xml.tostring(root, encoding="utf-8", xml_declaration=True)
