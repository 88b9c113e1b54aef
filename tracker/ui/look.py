"""The look of a page that is not Streamlit's: its icon."""

#: the page's icon, drawn here so that no other site is asked for one
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<path d="M3 22 C9 6 14 27 20 15 S27 9 29 8" fill="none" stroke="#0072b2" stroke-width="3"/>'
    '<circle cx="9" cy="14" r="3" fill="#d55e00"/><circle cx="21" cy="18" r="3" fill="#d55e00"/></svg>'
)
