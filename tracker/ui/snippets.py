"""Lines that fetch rows from their address with the right types: for pandas, for R, for a shell."""

import json
import shlex
from collections import Counter
from collections.abc import Sequence

from tracker.export import Column

#: readr's word for each type of column
READR = {
    "text": "col_character()",
    "number": "col_double()",
    "integer": "col_integer()",
    "boolean": "col_logical()",
    "date": "col_date()",
    "datetime": "col_datetime()",
    "json": "col_character()",
}


def pandas(parquet: str) -> str:
    """The Parquet file, which holds its types."""
    return f"import pandas as pd\n\nrows = pd.read_parquet({json.dumps(parquet)})"


def readr(csv: str, columns: Sequence[Column], rest: str | None = None) -> str:
    """The CSV with its types; ``rest`` is that of columns that are not known here, else the type most columns have."""
    usual = rest or Counter(column.type for column in columns).most_common(1)[0][0]
    typed = [f"    {_named(each.name)} = {READR[each.type]}" for each in columns if each.type != usual]
    listed = ",\n".join([f"    .default = {READR[usual]}", *typed])
    address = json.dumps(csv)
    return f'library(readr)\n\nrows <- read_csv(\n  {address},\n  na = "",\n  col_types = cols(\n{listed}\n  )\n)'


def shell(address: str, name: str) -> str:
    """The file itself, compressed on its way; a download that broke off is told by the command's exit."""
    return f"curl --fail --compressed --output {name} {shlex.quote(address)}"


def _named(column: str) -> str:
    return column if column.isidentifier() else f"`{column}`"
