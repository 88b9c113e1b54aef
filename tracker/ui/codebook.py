"""The code book on a page: what each column of a table holds, the same as the data package says."""

import pandas as pd
import streamlit as st

from tracker import language, tables
from tracker.export import Column
from tracker.language import gettext as _
from tracker.language import marked
from tracker.ui import parts, show

#: a type of column, as people say it
TYPES = marked(
    {
        "text": "text",
        "integer": "whole number",
        "number": "number",
        "date": "day",
        "datetime": "moment, UTC",
        "boolean": "yes or no",
        "json": "JSON",
    }
)
#: the table that is explained first
START = "wide"


def shown(unknown: list[str]) -> None:
    """A table to choose, and what its columns hold."""
    options = {name: _(told) for name, told in tables.NAMES.items()}
    name = parts.pick("table", _("Table"), options, START, unknown)
    show.table(table(name), alt=_("The columns of the table with type, unit and meaning"))
    key = ", ".join(tables.keys(parts.store(), name))
    st.caption(_("A row is known by: {key}. Version {version} of the columns.").format(key=key, version=tables.VERSION))


def table(name: str) -> pd.DataFrame:
    """One row a column: its name, type, unit, meaning, and what its cells keep to."""
    columns = tables.columns_of(parts.store(), name)
    return pd.DataFrame(
        {
            _("Column"): [f"`{column.name}`" for column in columns],
            _("Type"): [_(TYPES[column.type]) for column in columns],
            _("Unit"): [_(column.unit) if column.unit else "" for column in columns],
            _("Meaning"): [show.plain(_(column.help)) for column in columns],
            _("Kept to"): [show.plain(limits(column)) for column in columns],
        }
    )


def limits(column: Column) -> str:
    """What the cells of a column keep to, in words; blank where anything goes."""
    ends = {"least": language.number(column.least or 0), "most": language.number(column.most or 0)}
    found = [
        _("never blank") if column.required else "",
        _("one of {words}").format(words=", ".join(column.among)) if column.among else "",
        _("at least {least}").format(**ends) if column.least is not None and column.most is None else "",
        _("{least} to {most}").format(**ends) if column.most is not None else "",
        _("a row of {table}").format(table=column.refers) if column.refers else "",
    ]
    return "; ".join(filter(None, found))
