"""The page's own files, which are all that is ever served or exported as code."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

_FOLDER = Path(__file__).parent / "static"

STATIC = {file.name: file for file in sorted(_FOLDER.iterdir()) if file.suffix in (".css", ".js", ".svg")}
"""File name → file of everything that the page asks for besides data."""


def page(source: Literal["server", "files"]) -> str:
    """The page.

    Arguments:
        source: where it finds its data: asked of the server as JSON, or in scripts beside it, because a page that is
            opened from a file may read no other.
    """
    text = (_FOLDER / "index.html").read_text(encoding="utf-8")
    return text.replace('data-source="server"', f'data-source="{source}"')
