"""The few lines of script that pages of the app bring along. A browser runs these texts and no other (``guarded``), so
each is constant; what differs from one page to the next stands in an attribute beside it."""

from tracker import language
from tracker.routes import html

#: Streamlit writes English into the document that holds every app; only the browser can put that right
SPOKEN = {code: f'document.documentElement.lang = "{code}"' for code in language.LANGUAGES}
#: moves the keyboard to a field once it is there, within three seconds
LED = """
(function seek(left) {
  const wanted = document.querySelector("[data-leads-to]");
  const field = wanted && document.querySelector(wanted.dataset.leadsTo);
  if (field) { field.focus(); field.scrollIntoView({block: "center"}); }
  else if (left) setTimeout(seek, 100, left - 1);
})(30);
"""
ALL = (*SPOKEN.values(), LED)


def spoken() -> html.Markup:
    """The language in use becomes the document's."""
    return _run(SPOKEN[language.chosen()])


def led(selector: str) -> html.Markup:
    """The keyboard goes to the first element of this CSS selector."""
    return html.Markup(html.tag("span", **{"data-leads-to": selector}) + _run(LED))


def _run(script: str) -> html.Markup:
    """One of ``ALL`` as an element."""
    return html.Markup(f"<script>{script}</script>")
