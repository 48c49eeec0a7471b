"""A description of a result for machines (forskningsobjekt): ``ro-crate-metadata.json``, as RO-Crate has it.

Whoever finds the folder in a repository learns from it what was simulated, with which software and version, which file
holds what, and under which licence. Nothing is copied; the folder itself is the crate.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.files import read_json
from sim.runs.durable import put
from sim.runs.identity import FILE as EXPERIMENT
from sim.runs.identity import REGION, read_about
from sim.runs.result_folder import RECORDS, REPLICATIONS

if TYPE_CHECKING:
    from rocrate.model.entity import Entity
    from rocrate.rocrate import ROCrate

FILE = "ro-crate-metadata.json"
LICENCE = "https://spdx.org/licenses/MIT"
INPUTS: Mapping[str, str] = {
    EXPERIMENT: "Everything that is needed to run the experiment again: scenario, governances, seed, engine, versions",
    f"{REGION}/municipalities.csv": "Municipalities of the region",
    f"{REGION}/areas.csv": "Health-centre areas of the region",
    f"{REGION}/population.csv": "People by municipality and age band",
    f"{REGION}/resources.csv": "Resources of the region: services, places and staff",
}
RESULTS: Mapping[str, str] = {
    "result.json": "What was found, in short, with the digests of all records",
    "outcomes.csv": "Outcomes by governance, group, segment, municipality and month: means with intervals",
    "comparison.csv": "Paired differences between two governances, with intervals",
    "replications.csv": "Outcomes of each replication, for everybody",
    "sources.csv": "Every value of the scenario with its range, unit and source",
    "warmup.csv": "Series day by day from the start, for judging the warm-up",
    "flows.csv": "Worsenings by their way through care: first contact, furthest care, end",
    "occupancy.csv": "Places in use, open and queued for, by day and by hour of the week",
    "costs.csv": "Cost by payer and item, with prices and their sources",
    "sweep.json": "What was varied, the point of reference, main effects and rank correlations",
    "sweep.csv": "Outcomes by point and governance, for everybody, with intervals; paired differences and changes",
    "design.csv": "Points of the sweep",
    "provenance.json": "Machine, time and versions",
    "report.html": "The report",
    "report.pdf": "The report, to print",
    "result.xlsx": "All tables in one workbook",
}
"""Files by name, with what they hold."""
FORMATS: Mapping[str, str] = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}


def write_crate(folder: Path) -> Path:
    """Describe a written result; returns the file.

    Parameters
    ----------
    folder
        With ``experiment.json`` and ``provenance.json``; described is what is there.

    Raises
    ------
    NoExperiment
        If there is no experiment.
    OSError
        If the file cannot be written, or there is no provenance.
    """
    from rocrate.rocrate import ROCrate  # with what it needs, a quarter of a second

    about = read_about(folder)
    provenance = read_json(folder / "provenance.json")
    crate = ROCrate()
    scenario = about["scenario"]
    crate.root_dataset["name"] = scenario["title"]
    crate.root_dataset["description"] = _description(about)
    crate.root_dataset["datePublished"] = provenance["finished"]
    crate.root_dataset["license"] = _licence(crate)
    crate.root_dataset["identifier"] = about["digest"]
    inputs = [_file(crate, folder, name, words) for name, words in INPUTS.items() if (folder / name).is_file()]
    results = [_file(crate, folder, name, words) for name, words in _found(folder)]
    if (folder / REPLICATIONS).is_dir():
        words = "One file for each finished replication, NumPy arrays"
        results.append(crate.add_directory(folder / REPLICATIONS, f"{REPLICATIONS}/", properties={"name": words}))
    action = {"@type": "CreateAction", "name": f"narvard {about['kind']}", "endTime": provenance["finished"]}
    software = _software(crate, about["versions"])
    made = crate.add_action(software, "#made", object=inputs, result=results, properties=action)
    crate.root_dataset["mentions"] = made
    return put(folder / FILE, json.dumps(crate.metadata.generate(), indent=2, ensure_ascii=False) + "\n")


def _description(about: Mapping[str, Any]) -> str:
    names = " and ".join(about["governances"])
    return (
        f"Discrete-event simulation of care flows, scenario {about['scenario']['name']}, under {names} governance; "
        f"seed {about['seed']}, experiment {about['digest']}."
    )


def _found(folder: Path) -> Iterator[tuple[str, str]]:
    """Files of the result that are there, with what they hold."""
    yield from ((name, words) for name, words in RESULTS.items() if (folder / name).is_file())
    for path in sorted((folder / "figures").glob("*.*")):
        if path.suffix in FORMATS:
            yield f"figures/{path.name}", f"Figure: {path.stem.replace('-', ' ')}"
    for path in sorted(folder.glob(RECORDS)):
        yield path.name, "All records of one replication under one governance"


def _file(crate: ROCrate, folder: Path, name: str, words: str) -> Entity:
    path = folder / name
    about = {"name": words, "encodingFormat": FORMATS[path.suffix], "contentSize": str(path.stat().st_size)}
    return crate.add_file(path, name, properties=about)


def _licence(crate: ROCrate) -> Entity:
    return crate.add_jsonld({"@id": LICENCE, "@type": "CreativeWork", "name": "MIT License"})


def _software(crate: ROCrate, versions: Mapping[str, str]) -> Entity:
    """Narvard, and the packages that results depend on."""
    made: dict[str, Entity] = {
        name: crate.add_jsonld(
            {"@id": f"#{name}", "@type": "SoftwareApplication", "name": name, "softwareVersion": version}
        )
        for name, version in versions.items()
    }
    made["narvard"]["license"] = {"@id": LICENCE}
    made["narvard"]["softwareRequirements"] = [entity for name, entity in made.items() if name != "narvard"]
    return made["narvard"]
