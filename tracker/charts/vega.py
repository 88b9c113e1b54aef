"""The few words of Vega-Lite that charts are written in.

A specification is a plain dict: what a chart is stands in one place, and making one costs next to nothing, where the
classes of a library check each word against a schema for longer than a page takes to answer.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

Spec = dict[str, Any]


@dataclass(frozen=True)
class Chart:
    """A specification whose layers name their data, and the tables by those names."""

    spec: Spec
    tables: dict[str, pd.DataFrame]

    def has(self, name: str) -> bool:
        """Whether a layer has this name."""
        return any(part.get("name") == name for part in _parts(self.spec))

    def page(self) -> Spec:
        """The chart as Streamlit takes it: tables as they are."""
        return self.spec | {"datasets": dict(self.tables)}

    def picture(self) -> Spec:
        """The chart as a document of its own: rows in JSON."""
        rows = {name: table.to_json(orient="records", date_format="iso") for name, table in self.tables.items()}
        return self.spec | {"datasets": {name: json.loads(text) for name, text in rows.items()}}


def layer(table: pd.DataFrame, mark: str, encoding: Spec, transform: Sequence[Spec] = (), **options: Any) -> Spec:
    """Marks of one kind for the rows of a table; whatever leaves the plot is cut off unless ``clip`` says otherwise."""
    # hidden from screen readers: the alternative text and the tables say what hundreds of marks with roles would not
    found = {"data": table, "mark": {"type": mark, "clip": True, "aria": False} | options, "encoding": encoding}
    return found | ({"transform": list(transform)} if transform else {})


def group(layers: Sequence[Spec]) -> Spec:
    """Layers that share their axes and nothing else."""
    return {"layer": list(layers), "resolve": {"scale": {"color": "independent", "shape": "independent"}}}


def field(name: str, kind: str = "nominal", **options: Any) -> Spec:
    """An encoding by a column."""
    return {"field": name, "type": kind} | options


def expr(text: str) -> Spec:
    """A value worked out in the browser."""
    return {"expr": text}


def at(value: Any) -> Spec:
    """An encoding by one value for all rows; a text is an expression that may use ``datum``."""
    return {"value": expr(value) if isinstance(value, str) else value}


def chart(spec: Spec) -> Chart:
    """A chart of a specification whose layers hold their tables: each table is named by what it holds, so that a chart
    with the same name shows the same rows."""
    parts = [part for part in _parts(spec) if "data" in part]
    tables = {id(part["data"]): part["data"] for part in parts}
    names = {key: _name(table) for key, table in tables.items()}
    for part in parts:
        part["data"] = {"name": names[id(part["data"])]}
    return Chart(spec, {names[key]: table for key, table in tables.items()})


def _parts(spec: Spec) -> Iterator[Spec]:
    yield spec
    for part in spec.get("layer", ()):
        yield from _parts(part)


def _name(table: pd.DataFrame) -> str:
    rows = pa.Table.from_pandas(table, preserve_index=False)
    told = pa.BufferOutputStream()
    with pa.ipc.new_stream(told, rows.schema) as stream:
        stream.write_table(rows)
    return hashlib.blake2b(told.getvalue(), digest_size=8).hexdigest()
