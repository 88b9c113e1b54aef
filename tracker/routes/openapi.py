"""What can be asked of the data's addresses and what they answer, as an OpenAPI 3.1 document made from the codebook."""

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tracker import language, tables
from tracker.charts.theme import COLOURS
from tracker.export import FORMATS, Column
from tracker.language import gettext as _
from tracker.language import marked
from tracker.routes import asking, feed, package, pictures
from tracker.settings import Settings
from tracker.store import Store, codebook
from tracker.store.filters import FROM, RANGED, TO
from tracker.store.tables import OF_QUESTIONS, RANGES
from tracker.tables.package import field, parameters_of

Schema = dict[str, Any]

#: an ISO date as text; a filter may be blank where it asks for blank cells
DATE = {"type": "string", "format": "date"}
MOMENT = {"type": "string", "format": "date-time"}
BLANK = {"type": "string", "maxLength": 0}
TEXT = {"type": "string"}
#: a type of column as JSON has it, and as the text of an address
TYPES: dict[str, Schema] = {
    "text": TEXT,
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "date": DATE,
    "datetime": MOMENT,
    "boolean": {"type": "boolean"},
}
#: rows of a page
LIMIT = {"type": "integer", "minimum": 1, "maximum": 10**9 - 1}
JSON = "application/json"

#: what goes wrong, by status
ERRORS = marked(
    {
        400: "The address asks for something that is not on offer; the message says what is.",
        404: "There is nothing of this name, or nothing that can be computed.",
        406: "There is no such format.",
        429: "Your address has asked for too much at once; Retry-After says when to ask again.",
        503: "The store does not answer at the moment.",
    }
)
HEADERS = marked(
    {
        "ETag": "What the answer depends on; sent back as If-None-Match it gives 304 while nothing changed.",
        "Last-Modified": "When the record changed last.",
        "Cache-Control": "How long a cache may keep the answer.",
        "Tracker-Revision": "The revision of the record that the answer is of.",
        "Content-Location": "The address that will always give exactly these bytes.",
    }
)
#: those of them that every answer has
ALWAYS = ("ETag", "Cache-Control", "Tracker-Revision")
ENDS = marked({FROM: "At least this much.", TO: "At most this much."})
DAYS = marked(
    {
        "from": "Questions of polls in the field on that day or later.",
        "to": "Questions of polls in the field on that day or before.",
        "known_by": "Questions that were public by that day.",
    }
)
#: what a picture may be asked for, beside the attitude
CHOICES = marked(
    {
        "compare": "Another subject, to be set against the first.",
        "pollster": "Only polls by these pollsters.",
        "category": "Only events of these categories.",
        "actor": "Only events in which these countries or bodies take part.",
        "from": "Polls in the field on that day or later.",
        "to": "Polls in the field on that day or before.",
        "theme": "Light or dark.",
        "width": "Width in pixels.",
        "size": "card: the size with which a link to a page is shown.",
    }
)


def document(request: Request) -> Response:
    """The document as of one revision: which columns the wide table has depends on what is recorded."""
    asking.only(request, [])
    store = asking.store(request)
    headers = asking.headers(request, store, store.newest())
    if answer := asking.unchanged(request, headers):
        return answer
    return JSONResponse(described(store), headers=headers)


def described(store: Store) -> Schema:
    """The whole document, in the language in use."""
    state = [_as_of(store), _lang()]
    paths = {f"/api/v1/{name}.{{format}}": _table(store, name, state) for name in tables.NAMES}
    paths |= {
        "/api/v1/verdicts/{claim}.json": _verdict(next((row.id for row in store.claims()), "claim"), state),
        "/api/v1/datapackage.json": _plain("package", _("Every column, explained, as a Data Package"), JSON, state),
        "/api/v1/datapackage.zip": _plain("everything", _("Every table in one file"), package.ZIP, state),
        "/api/v1/openapi.json": _plain("openapi", _("This document"), JSON, state),
        "/api/v1/LICENSE.txt": _licence(),
        "/feed.atom": _plain("feed", _("New polls, verdicts whose word changed, corrections"), feed.MEDIA_TYPE, state),
        "/charts/{population}/{subject}.{format}": _chart(state),
        "/healthz": _health(),
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": _("Polls, claims and events of an opinion tracker"),
            "version": f"{tables.VERSION}.{store.newest()}",
            "description": _(
                "Whatever changes nothing is public. An error is one JSON object, whatever was asked for."
            ),
            "license": {"name": "MIT", "url": f"{Settings.from_env().public_url}/api/v1/LICENSE.txt"},
        },
        "servers": [{"url": Settings.from_env().public_url}],
        "paths": {path: {"get": operation} for path, operation in paths.items()},
        "components": {"schemas": {"Error": _error(), **{name: _row(store, name) for name in tables.NAMES}}},
    }


def _operation(
    name: str, summary: str, parameters: Iterable[Schema], content: Mapping[str, Schema], wrong: Iterable[int] = ()
) -> Schema:
    """One address: what it takes, what it gives, and what can go wrong."""
    given = [*parameters, _parameter("If-None-Match", {"type": "string"}, _("An ETag that is at hand."), "header")]
    answers = {"200": {"description": _("What was asked for."), "headers": _headers(), "content": dict(content)}}
    answers["304"] = {"description": _("What is at hand still holds."), "headers": _headers()}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": given,
        "responses": answers | {str(status): _wrong(status) for status in (400, *wrong, 429, 503)},
    }


def _wrong(status: int) -> Schema:
    content = {JSON: {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {"description": _(ERRORS[status]), "content": content}


def _headers() -> Schema:
    text = {"type": "string"}
    return {
        name: {"description": _(told), "required": name in ALWAYS, "schema": text} for name, told in HEADERS.items()
    }


def _parameter(name: str, schema: Schema, told: str, place: str = "query", **more: Any) -> Schema:
    found = {"name": name, "in": place, "description": told, "schema": schema, **more}
    return found | ({"required": True} if place == "path" else {})


def _several(items: Schema) -> Schema:
    return {"type": "array", "items": items, "minItems": 1}


def _as_of(store: Store) -> Schema:
    revision = {"type": "integer", "minimum": 0, "maximum": store.newest()}
    told = _("What this tracker held then: a revision number, a moment, or a day (its end, UTC).")
    return _parameter(language.AS_OF, {"anyOf": [revision, DATE, MOMENT]}, told)


def _lang() -> Schema:
    told = _("Language of what is explained: {codes}; any other leaves English.").format(
        codes=", ".join(language.LANGUAGES)
    )
    return _parameter(language.PARAMETER, {"type": "string", "examples": [*language.LANGUAGES]}, told)


def _plain(name: str, summary: str, media_type: str, state: list[Schema]) -> Schema:
    kind = {"type": "object"} if media_type == JSON else {}
    return _operation(name, summary, state, {media_type: {"schema": kind}})


def _table(store: Store, name: str, state: list[Schema]) -> Schema:
    """A table: its filters by column, its parameters, its page, its formats."""
    columns, row = tables.columns_of(store, name), {"$ref": f"#/components/schemas/{name}"}
    schemas: dict[str, Schema] = {
        "json": {"type": "array", "items": row},
        "jsonl": {"type": "string"},
        "csv": {"type": "string"},
    }
    content = {each.media_type.split(";")[0]: {"schema": schemas.get(ending, {})} for ending, each in FORMATS.items()}
    ending = _parameter("format", {"type": "string", "enum": [*FORMATS]}, _("How the table is written."), "path")
    filters = {each["name"]: each for each in [*_filters(columns), *_days(name), *_chosen(name)]}
    given = [ending, *filters.values(), *_paging(store, name, columns), *state]
    found = _operation(f"table_{name}", _(tables.NAMES[name]), given, content, (404, 406))
    found["responses"]["200"]["headers"] |= _of_page()
    return found


def _of_page() -> Schema:
    told = {"Link": _("The address of the next page, rel=next."), "Content-Disposition": _("The name of the file.")}
    return {name: {"description": text, "schema": {"type": "string"}} for name, text in told.items()}


def _filters(columns: Iterable[Column]) -> Iterable[Schema]:
    """A filter for each column that can have one: any of several values, and ends where there is an order."""
    for column in columns:
        if column.type == "json":
            continue
        value = TYPES[column.type]
        items = value if column.type == "text" else {"anyOf": [value, BLANK]}
        yield _parameter(column.name, _several(items), _(column.help), explode=True)
        if column.type in RANGED:
            yield from (_parameter(column.name + end, _several(value), _(told)) for end, told in ENDS.items())


def _days(name: str) -> Iterable[Schema]:
    if name in OF_QUESTIONS:
        yield from (_parameter(day, _several(DATE), _(DAYS[day])) for day in RANGES)


def _chosen(name: str) -> Iterable[Schema]:
    """What chooses of what a table is computed; a day may be left blank."""
    for told in parameters_of(name):
        schema = {"anyOf": [DATE, BLANK]} if told["name"] == "known_by" else TEXT
        yield _parameter(told["name"], schema | _default(told), told["description"])


def _default(told: Mapping[str, Any]) -> Schema:
    return {"default": told["default"]} if "default" in told else {}


def _paging(store: Store, name: str, columns: Iterable[Column]) -> Iterable[Schema]:
    names, types = [column.name for column in columns], {column.name: column.type for column in columns}
    key = [TYPES[types[each]] for each in tables.keys(store, name)]
    chosen = {"type": "array", "items": {"type": "string", "enum": [*names, ""]}}
    yield _parameter("columns", chosen, _("Only these columns."), explode=False)
    yield _parameter("limit", LIMIT, _("At most this many rows; Link leads to the next ones."))
    after = {"type": "array", "prefixItems": key, "items": False, "minItems": len(key), "maxItems": len(key)}
    yield _parameter("after", after, _("The key of the row after which the page begins."))


def _row(store: Store, name: str) -> Schema:
    """A row of a table as JSON: the columns that were asked for, null where blank."""
    return {
        "type": "object",
        "title": _(tables.NAMES[name]),
        "properties": {column.name: _cell(column) for column in tables.columns_of(store, name)},
    }


def _cell(column: Column) -> Schema:
    told = {name: text for name, text in field(column).items() if name in ("description", "unit")}
    if column.type == "json":
        return told | {"type": ["object", "array", "null"]}
    schema = TYPES[column.type]
    among = {"enum": [*column.among, *([] if column.required else [None])]} if column.among else {}
    return told | schema | {"type": [schema["type"], *([] if column.required else ["null"])]} | among


def _error() -> Schema:
    about = {"status": {"type": "integer"}, "message": {"type": "string"}, "remedy": {"type": "string"}}
    known = {"type": "array", "items": {"type": "string"}}
    error = {"type": "object", "properties": {**about, "known": known}, "required": ["status", "message"]}
    return {"type": "object", "properties": {"error": error}, "required": ["error"]}


def _verdict(example: str, state: list[Schema]) -> Schema:
    claim = _named("claim", codebook.CLAIM["claim"], example)
    known_by = _parameter("known_by", {"anyOf": [DATE, BLANK]}, _("Only readings that were public by that day."))
    side = {"type": "object", "required": ["known_by", "word", "probability", "reason", "evidence"]}
    schema = {
        "type": "object",
        "required": ["claim", "claimant", "made", "assertion", "then", "now", "parts", "revision", "method"],
        "properties": {"then": side, "now": side, "parts": {"type": "array"}, "revision": {"type": "integer"}},
    }
    summary = _("The verdict on a claim, then and now, with its evidence")
    return _operation("verdict", summary, [claim, known_by, *state], {JSON: {"schema": schema}}, (404,))


def _named(name: str, column: Column, example: str) -> Schema:
    """A part of a path that names something of the record."""
    return _parameter(name, {"type": "string", "minLength": 1}, _(column.help), "path", example=example)


def _chart(state: list[Schema]) -> Schema:
    path = [
        _parameter(name, {"type": "string", "minLength": 1}, _(codebook.ASKED[name].help), "path")
        for name in pictures.ATTITUDE[:2]
    ]
    ending = _parameter("format", {"type": "string", "enum": [*pictures.FORMATS]}, _("How the chart is drawn."), "path")
    text: Schema = {"type": "string"}
    ends = {"type": "integer", "minimum": pictures.WIDTHS[0], "maximum": pictures.WIDTHS[-1]}
    kinds: dict[str, Schema] = {
        **{name: _several(text) for name in pictures.SEVERAL},
        **{name: {"anyOf": [DATE, BLANK]} for name in ("from", "to", "known_by")},
        "theme": {"type": "string", "enum": [*COLOURS, ""]},
        "width": {"anyOf": [ends, BLANK]},
        "size": {"type": "string", "enum": ["card", ""]},
    }
    about = {each["name"]: each["description"] for each in parameters_of("trend")} | {
        name: _(told) for name, told in CHOICES.items()
    }
    given = [_parameter(name, kinds.get(name, text), about[name]) for name in pictures.PARAMETERS]
    content: dict[str, Schema] = {media_type: {"schema": {}} for media_type in pictures.FORMATS.values()}
    summary = _("The chart of one attitude, or of two, on its own")
    return _operation("chart", summary, [*path, ending, *given, *state], content, (404, 406))


def _licence() -> Schema:
    answer = {"description": _("What was asked for."), "content": {"text/plain": {"schema": {"type": "string"}}}}
    summary = _("The licence of the code, and what it does not cover")
    return {
        "operationId": "licence",
        "summary": summary,
        "responses": {"200": answer, "400": _wrong(400)},
    }


def _health() -> Schema:
    found = {"ok": {"type": "boolean"}, "revision": {"type": "integer"}, "polls": {"type": "integer"}}
    schema = {"type": "object", "properties": found, "required": ["ok"]}
    answer = {"description": _("It does."), "content": {JSON: {"schema": schema}}}
    return {
        "operationId": "health",
        "summary": _("Whether the store answers"),
        "responses": {"200": answer, "503": _wrong(503)},
    }
