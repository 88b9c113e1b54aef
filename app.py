"""The app as a server runs it: `python app.py`, `streamlit run app.py` and `tracker serve` all come here."""

import sys

import streamlit as st

from tracker import cli, routes, settings

if __name__ == "__main__":
    sys.exit(cli.main(["serve", *sys.argv[1:]]))

cli.sign_cookies()
app = st.App(
    settings.ROOT / "tracker" / "ui" / "main.py",
    routes=routes.ROUTES,
    exception_handlers=routes.HANDLERS,
    middleware=routes.MIDDLEWARE,
    on_script_error=routes.script_failed,
    lifespan=cli.lifespan,
)
