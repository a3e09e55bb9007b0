"""The report's files."""

from __future__ import annotations

import json
from pathlib import Path

from automem.errors import AutoMemError
from automem.report.data import to_data
from automem.report.markdown import to_markdown
from automem.report.page import to_html
from automem.report.table import Report
from automem.runs.files import write_text


def to_json(report: Report) -> str:
    """A report as JSON text."""
    return json.dumps(to_data(report), indent=2, ensure_ascii=False)


FORMS = {"html": to_html, "markdown": to_markdown, "json": to_json}
"""The forms that a report is written in: each gives the whole text."""
_NAMES = {"html": "report.html", "markdown": "report.md", "json": "report.json"}


def write_report(report: Report, folder: Path) -> tuple[Path, ...]:
    """Write a report as HTML, Markdown and JSON; files of an earlier one are replaced.

    Arguments:
        report: as `run_report` gives it.
        folder: where to; made where it is missing.

    Raises:
        AutoMemError: it cannot be written there.
    """
    files = []
    for form, text_of in FORMS.items():
        file = folder / _NAMES[form]
        text = text_of(report)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_text(file, text if text.endswith("\n") else text + "\n")
        except OSError as error:
            why = f"{file}: the report cannot be written: {error.strerror}"
            raise AutoMemError(f"{why}; name another folder with --output") from error
        files.append(file)
    return tuple(files)
