"""The codebook: every table with its columns, their types and meanings, as a Frictionless Data Package."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tracker import tables
from tracker.export import Column
from tracker.language import gettext as _
from tracker.routes import asking
from tracker.settings import Settings
from tracker.store import Store

#: Frictionless's name of a type, where it differs from ours
TYPES = {"text": "string"}


def package(request: Request) -> Response:
    """The package as of one revision; each resource leads to the bytes of that revision."""
    asking.only(request, [])
    store = asking.store(request)
    revision = store.newest()
    headers = asking.headers(request, store, revision)
    if answer := asking.unchanged(request, headers):
        return answer
    columns = {name: tables.columns_of(store, name) for name in tables.NAMES}
    described = {
        "profile": "data-package",
        "name": "opinion-tracker",
        "title": _("Polls, claims and events of an opinion tracker"),
        "version": str(revision),
        "codebook": tables.VERSION,
        "homepage": Settings.from_env().public_url,
        "resources": [_resource(store, name, found, revision) for name, found in columns.items()],
    }
    return JSONResponse(described, headers=headers)


def _resource(store: Store, name: str, columns: list[Column], revision: int) -> dict[str, Any]:
    return {
        "name": name,
        "title": _(tables.NAMES[name]),
        "path": f"{Settings.from_env().public_url}/api/v1/{name}.csv?as_of={revision}",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [_field(column) for column in columns],
            "primaryKey": tables.keys(store, name),
            "missingValues": [""],
        },
    }


def _field(column: Column) -> dict[str, str]:
    told = {"name": column.name, "type": TYPES.get(column.type, column.type), "description": _(column.help)}
    return told | ({"unit": column.unit} if column.unit else {})
