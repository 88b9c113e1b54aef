"""What Streamlit's theme cannot say: figures of one width, links that look like links, and no movement unasked."""

#: the page's icon, drawn here so that no other site is asked for one
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<path d="M3 22 C9 6 14 27 20 15 S27 9 29 8" fill="none" stroke="#0072b2" stroke-width="3"/>'
    '<circle cx="9" cy="14" r="3" fill="#d55e00"/><circle cx="21" cy="18" r="3" fill="#d55e00"/></svg>'
)
#: containers whose key begins with "list" hold lists of links
STYLE = """
<style>
[data-testid="stMain"] { font-variant-numeric: tabular-nums; }
[data-testid="stMain"] h1 { text-wrap: balance; }
/* where the keyboard is; fields show it by their border */
[data-testid="stApp"] :focus-visible:not(input, textarea, [role="spinbutton"]),
[data-testid="stSlider"] div:has(> div > input:focus-visible) { outline: 2px solid CanvasText; outline-offset: 2px; }
[data-testid="stMain"]:focus-visible { outline-offset: -2px !important; }
/* blue on black is too faint for figures; addresses wrap; a formula has room for its last stroke without scrolling */
[data-testid="stSliderThumbValue"] { color: inherit; }
[data-testid="stCode"] code { white-space: pre-wrap !important; overflow-wrap: anywhere; }
.katex-display { padding: 3px; }
/* a table scrolls as a whole, not cell by cell: only then does the keyboard stop at it once */
[data-testid="stTable"] [data-testid="stMarkdownContainer"] { overflow: visible; }
[class*="st-key-list"] a[data-testid="stPageLink-NavLink"] { background: none; padding: 0; }
[class*="st-key-list"] a[data-testid="stPageLink-NavLink"] p {
  font-weight: 400; white-space: normal; text-decoration: underline; text-underline-offset: 3px;
  text-decoration-color: color-mix(in srgb, currentColor 35%, transparent);
}
[class*="st-key-list"] a[data-testid="stPageLink-NavLink"]:hover p { text-decoration-color: currentColor; }
/* small multiples: as many beside each other as there is room for, each panel a link */
ol.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(165px, 1fr)); gap: 1.25rem 1rem;
  list-style: none; padding: 0 !important; margin: 0; }
ol.panels a { display: block; color: inherit; text-decoration: none; font-size: 0.875rem; line-height: 1.35; }
ol.panels a:hover b, ol.panels a:focus-visible b { text-decoration: underline; text-underline-offset: 3px; }
ol.panels b { font-weight: 600; display: block; }
ol.panels img { display: block; width: 100%; height: auto; max-width: 210px; }
/* the pages, and on the right this one in the other language: it is no page of its own */
.st-key-ways { gap: 0.25rem 0.75rem; }
.st-key-ways > :has(.st-key-languages) { margin-left: auto; }
.st-key-languages a[data-testid="stPageLink-NavLink"] { background: none; }
.st-key-languages a[data-testid="stPageLink-NavLink"] p { font-weight: 400; }
/* the room that the chart will take, so that nothing below it jumps */
.st-key-answer { min-height: min(100vh, 56rem); }
.st-key-trend { min-height: 740px; }
@media (max-width: 640px) { .st-key-trend { min-height: 880px; } }
@media (prefers-reduced-motion: reduce) {
  *, ::before, ::after { animation-duration: 0s !important; transition-duration: 0s !important; }
}
</style>
"""
