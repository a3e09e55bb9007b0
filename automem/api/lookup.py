"""A document by the name a person gives it: a file, a shipped spec, or a version of a run."""

from __future__ import annotations

import re
from pathlib import Path

from automem.errors import AutoMemError
from automem.library import shipped_spec
from automem.runs.layout import DEFAULT_RUNS
from automem.runs.listing import find_run
from automem.spec.source import Document, read_document

_VERSION = re.compile(r"(?P<run>[A-Za-z0-9][A-Za-z0-9._-]*)(?:@v(?P<number>\d+))?")


def find_document(name: str, runs: Path = DEFAULT_RUNS) -> Document:
    """The document that a name means.

    Arguments:
        name: the path of a spec, or a shipped one such as `crafter/v0`; a version of a run's scaffold (`RUN@v0`);
            or a run, which means its last version.
        runs: the folder that holds the runs.

    Raises:
        AutoMemError: it is not there.
        SpecError: it is not YAML.
    """
    own = Path(name)
    path = own if own.is_file() else shipped_spec(name) if "/" in name else None
    if path is not None:
        return read_document(path)
    meant = _VERSION.fullmatch(name)
    if meant is None:
        raise AutoMemError(f"there is no file {name!r}; a version of a run is written RUN@v0")
    folder = find_run(meant["run"], runs)
    versions = sorted(folder.scaffolds.glob("v*.yaml"), key=lambda file: int(file.stem[1:]))
    wanted = folder.scaffold(int(meant["number"])) if meant["number"] else versions[-1]
    if not wanted.is_file():
        known = ", ".join(file.stem for file in versions)
        raise AutoMemError(f"run {meant['run']} has no version v{meant['number']}; it has {known}")
    return read_document(wanted)
