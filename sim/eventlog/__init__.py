"""The event log (händelselogg): records as process mining reads them, one event after another in each case."""

from sim.eventlog.log import COLUMNS, MONDAY, Cases, EventLog
from sim.eventlog.writing import FORMATS, Written, write

__all__ = ["COLUMNS", "FORMATS", "MONDAY", "Cases", "EventLog", "Written", "write"]
