"""XES (IEEE 1849-2016), the interchange format of event logs, written as the events come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TextIO
from xml.sax.saxutils import quoteattr

import numpy as np

from sim.texts import for_xml

if TYPE_CHECKING:
    import pandas as pd

CASE = "case:"
"""Columns whose names begin so belong to the trace."""
BEGIN = """\
<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
\t<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
\t<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
\t<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
\t<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
\t<global scope="trace">
\t\t<string key="concept:name" value=""/>
\t</global>
\t<global scope="event">
\t\t<string key="concept:name" value=""/>
\t\t<date key="time:timestamp" value="1970-01-01T00:00:00+00:00"/>
\t\t<string key="lifecycle:transition" value="complete"/>
\t</global>
\t<classifier name="Activity" scope="event" keys="concept:name"/>
\t<classifier name="Resource" scope="event" keys="org:resource"/>
\t<string key="concept:name" value={name}/>
\t<string key="lifecycle:model" value="standard"/>
"""
END = "</log>\n"


class XesWriter:
    """Writes a log part by part; each part holds whole cases, one after another.

    Parameters
    ----------
    file
        Open for text; it is not closed here.
    name
        Of the log.
    """

    def __init__(self, file: TextIO, name: str) -> None:
        self._file = file
        file.write(BEGIN.format(name=quoteattr(for_xml(name))))

    def append(self, table: pd.DataFrame) -> None:
        """Write the cases of a table with columns as in ``eventlog.COLUMNS``."""
        if not len(table):
            return
        columns = {name: _elements(name, table[name]) for name in table.columns}
        of_case = list(zip(*(cells for name, cells in columns.items() if name.startswith(CASE)), strict=True))
        of_event = zip(*(cells for name, cells in columns.items() if not name.startswith(CASE)), strict=True)
        case = table[f"{CASE}concept:name"].to_numpy()
        first = [True, *(case[1:] != case[:-1])]
        write = self._file.write
        for place, event in enumerate(of_event):
            if first[place]:
                write("\t</trace>\n" if place else "")
                write(f"\t<trace>\n{''.join(of_case[place])}")
            write(f"\t\t<event>\n{''.join(event)}\t\t</event>\n")
        write("\t</trace>\n")

    def close(self) -> None:
        """Write the end."""
        self._file.write(END)


def _elements(name: str, column: pd.Series) -> list[str]:
    """Each value of a column as a line of XML; nothing where there is none."""
    values, kind = _texts(column)
    depth = "\t\t" if name.startswith(CASE) else "\t\t\t"
    begin = f"{depth}<{kind} key={quoteattr(name.removeprefix(CASE))} value="
    known: dict[str | None, str] = {None: ""}
    for value in values:
        if value not in known:
            known[value] = f"{begin}{quoteattr(for_xml(value))}/>\n"
    return [known[value] for value in values]


def _texts(column: pd.Series) -> tuple[list[Any], str]:
    """Values of a column as XES writes them, None where there is none; and the kind of attribute."""
    import pandas as pd

    kind = column.dtype
    if isinstance(kind, pd.DatetimeTZDtype):
        when = column.dt.tz_localize(None).to_numpy()
        texts = np.char.add(np.datetime_as_string(when, unit="s"), "+00:00")
        return [None if missing else text for text, missing in zip(texts.tolist(), np.isnat(when), strict=True)], "date"
    if pd.api.types.is_bool_dtype(kind):
        return ["true" if value else "false" for value in column], "boolean"
    values = [None if pd.isna(value) else str(value) for value in column]
    return values, "int" if pd.api.types.is_integer_dtype(kind) else "string"
