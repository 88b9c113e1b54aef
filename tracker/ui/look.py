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
[class*="st-key-list"] a[data-testid="stPageLink-NavLink"] { background: none; padding: 0; }
[class*="st-key-list"] a[data-testid="stPageLink-NavLink"] p {
  font-weight: 400; white-space: normal; text-decoration: underline; text-underline-offset: 3px;
  text-decoration-color: color-mix(in srgb, currentColor 35%, transparent);
}
[class*="st-key-list"] a[data-testid="stPageLink-NavLink"]:hover p { text-decoration-color: currentColor; }
/* the room that the chart will take, so that nothing below it jumps */
.st-key-trend { min-height: 660px; }
@media (max-width: 640px) { .st-key-trend { min-height: 780px; } }
@media (prefers-reduced-motion: reduce) {
  *, ::before, ::after { animation-duration: 0s !important; transition-duration: 0s !important; }
}
</style>
"""
