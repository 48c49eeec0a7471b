"""The files of a log: XES as the standard has it, CSV and Parquet; the same events in all three."""

from __future__ import annotations

import gzip
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pm4py
import pytest

from sim.eventlog import COLUMNS, EventLog, write
from sim.eventlog.writing import FORMATS

pytestmark = pytest.mark.filterwarnings("ignore:Install the optional requirement")  # of pm4py: a faster reader

XES = "{http://www.xes-standard.org/}"
TIMES = ["time:timestamp", "start_timestamp", "asked", "since"]


def plain(table: pd.DataFrame) -> pd.DataFrame:
    """The columns of a log, every value as text, so that files of all forms can be compared."""
    assert set(COLUMNS) <= set(table.columns)
    table = table[list(COLUMNS)].reset_index(drop=True)
    for name in TIMES:
        when = pd.to_datetime(table[name], utc=True)
        table[name] = when.dt.strftime("%Y-%m-%d %H:%M:%S").where(when.notna())
    table["need"] = table["need"].astype("Int64")
    return table.astype("string").fillna("-")


@pytest.fixture(scope="module")
def files(person_log: EventLog, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("files")
    return {form: write(person_log, folder / f"log.{form}", form).path for form in FORMATS}


@pytest.mark.verify
def test_pm4py_reads_the_same_from_all_three(files: dict[str, Path], person_log: EventLog) -> None:
    read = {
        "xes": pm4py.read_xes(str(files["xes"])),
        "csv": pm4py.format_dataframe(pd.read_csv(files["csv"], dtype={"case:concept:name": str})),
        "parquet": pm4py.format_dataframe(pd.read_parquet(files["parquet"])),
    }
    # format_dataframe puts cases in the order of their names as text; the file has them by number.
    told = plain(person_log.frame().sort_values("case:concept:name", kind="stable"))
    for form, table in read.items():
        ordered = table.sort_values("case:concept:name", kind="stable")
        pd.testing.assert_frame_equal(plain(ordered), told, obj=form)


def test_types_are_kept(files: dict[str, Path]) -> None:
    for table in (pd.read_parquet(files["parquet"]), pm4py.read_xes(str(files["xes"]))):
        assert all(isinstance(table[name].dtype, pd.DatetimeTZDtype) for name in TIMES)
        assert table["enrolled"].dtype == bool
        assert pd.api.types.is_integer_dtype(table["case:person"])


def test_xes_is_built_as_the_standard_says(files: dict[str, Path], person_log: EventLog) -> None:
    log = ElementTree.parse(files["xes"]).getroot()
    assert log.tag == f"{XES}log"
    assert log.attrib == {"xes.version": "1849.2016", "xes.features": ""}
    kinds = [child.tag.removeprefix(XES) for child in log]
    order = ["extension", "global", "classifier", "string", "trace"]
    assert sorted(kinds, key=order.index) == kinds
    prefixes = {extension.attrib["prefix"] for extension in log.iter(f"{XES}extension")}
    table = person_log.frame()
    assert kinds.count("trace") == table["case:concept:name"].nunique()
    assert len(list(log.iter(f"{XES}event"))) == len(table)
    for trace in log.iter(f"{XES}trace"):
        parts = [child.tag.removeprefix(XES) for child in trace]
        assert parts == sorted(parts, key=lambda tag: tag == "event")  # attributes stand before events
        for holder in (trace, *trace.iter(f"{XES}event")):
            keys = [child.attrib["key"] for child in holder if child.tag != f"{XES}event"]
            assert len(keys) == len(set(keys))
            assert {key.split(":")[0] for key in keys if ":" in key} <= prefixes
            assert "concept:name" in keys
    for event in log.iter(f"{XES}event"):
        assert {"time:timestamp", "lifecycle:transition"} <= {child.attrib["key"] for child in event}


def test_the_log_says_what_it_is_of(files: dict[str, Path]) -> None:
    name = "short, coordinated, seed 3, replication 0"
    log = ElementTree.parse(files["xes"]).getroot()
    assert {child.attrib["value"] for child in log if child.attrib.get("key") == "concept:name"} == {name}
    import pyarrow.parquet as pq

    assert pq.read_schema(files["parquet"]).metadata[b"concept:name"].decode() == name


@pytest.mark.parametrize("form", FORMATS)
def test_a_log_has_the_same_bytes_each_time_and_however_many_people_at_a_time(
    form: str, files: dict[str, Path], person_log: EventLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if form != "parquet":  # which has a row group for each part
        monkeypatch.setattr("sim.eventlog.log.PEOPLE_AT_A_TIME", 1000)
    written = write(person_log, tmp_path / "log", form)
    assert written.path.read_bytes() == files[form].read_bytes()
    table = person_log.frame()
    assert (written.cases, written.events) == (table["case:concept:name"].nunique(), len(table))


@pytest.mark.parametrize("form", ["xes", "csv"])
def test_a_name_in_gz_is_compressed_and_has_the_same_bytes_too(
    form: str, files: dict[str, Path], person_log: EventLog, tmp_path: Path
) -> None:
    first = write(person_log, tmp_path / f"first.{form}.gz", form).path.read_bytes()
    second = write(person_log, tmp_path / f"second.{form}.gz", form).path.read_bytes()
    assert first == second
    assert gzip.decompress(first) == files[form].read_bytes()


def test_names_that_xml_and_csv_know_as_their_own_come_back(person_log: EventLog, tmp_path: Path) -> None:
    class Odd:
        name = 'a "log" of <A> & B'

        def blocks(self):
            table = person_log.frame().head(50).copy()
            table["org:resource"] = 'ward <1> & "two", å\n'
            yield table

    for form in ("xes", "csv"):
        write(Odd(), tmp_path / f"odd.{form}", form)  # type: ignore[arg-type]
    read = pm4py.read_xes(str(tmp_path / "odd.xes"), variant="iterparse")
    assert set(read["org:resource"]) == {'ward <1> & "two", å\n'}
    assert set(pd.read_csv(tmp_path / "odd.csv")["org:resource"]) == {'ward <1> & "two", å\n'}


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_that_cannot_be_finished_leaves_what_was_there(form: str, person_log: EventLog, tmp_path: Path) -> None:
    class Torn:
        name = "torn"

        def blocks(self):
            yield person_log.frame().head(10)
            raise OSError(28, "No space left on device")

    path = tmp_path / "log"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(OSError, match="No space left"):
        write(Torn(), path, form)  # type: ignore[arg-type]
    assert path.read_text(encoding="utf-8") == "mine"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_log_is_a_file_all_the_same(form: str, person_log: EventLog, tmp_path: Path) -> None:
    class Empty:
        name = "nothing"

        def blocks(self):
            yield person_log.frame().head(0)

    written = write(Empty(), tmp_path / "log", form)  # type: ignore[arg-type]
    assert (written.cases, written.events) == (0, 0)
    if form == "parquet":
        assert list(pd.read_parquet(written.path).columns) == list(COLUMNS)
    elif form == "csv":
        assert list(pd.read_csv(written.path).columns) == list(COLUMNS)
    else:
        assert not list(ElementTree.parse(written.path).getroot().iter(f"{XES}event"))
