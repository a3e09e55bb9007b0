"""Reports as a page: one HTML file that needs nothing else and runs nothing."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from automem import __version__
from automem.printable import printable
from automem.report.outline import outline
from automem.report.plots.data import Figure
from automem.report.table import Report

_HERE = Path(__file__).parent


def to_html(report: Report) -> str:
    """A report as one HTML file: its style and plots are inline, and its content policy forbids everything else.

    Whatever a run, a game or a model says stands in it as text: Jinja escapes all of it, and what is no printable
    character is spelt out.
    """
    style = Markup((_HERE / "page.css").read_text(encoding="utf-8"))  # noqa: S704 - the package's own file
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _template().render(outline=outline(report), style=style, policy=f"sha256-{digest}", version=__version__)


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, Markup) else printable(str(value)),
    )
    environment.filters["svg"] = _svg
    environment.filters["kind"] = lambda part: type(part).__name__
    return environment.get_template("page.html.j2")


def _svg(figure: Figure) -> Markup:
    from automem.report.plots.draw import draw  # matplotlib takes a second to import
    from automem.report.plots.svg import in_page

    return Markup(in_page(draw(figure), figure))  # noqa: S704 - written by an XML library, which escapes
