"""From the SVG that matplotlib writes to one that stands in a page: its colours, its letters, no style of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import get_args
from xml.etree import ElementTree as Tree

from automem.report.plots.data import Figure, Tone

INK, RULE = "#010203", "#040506"
PAINTS: Mapping[Tone, str] = {tone: f"#0708{place:02x}" for place, tone in enumerate(get_args(Tone))}
"""Stand-ins for the colours of the page, by which matplotlib draws."""

_COLOURS = {INK: "currentColor", RULE: "var(--rule)"} | {paint: f"var(--tone-{tone})" for tone, paint in PAINTS.items()}
_SVG = "http://www.w3.org/2000/svg"
_LINK = "{http://www.w3.org/1999/xlink}href"
_SPLIT = re.compile(r"\s*;\s*")
_SIZE = re.compile(r"([\d.]+)px")
_REFERENCE = re.compile(r"url\(#([^)]+)\)|^#(.+)$")
_LAYOUT = {"text-anchor", "font-size"}
"""What is kept of the style of letters; the page gives the rest."""


def in_page(svg: str, figure: Figure) -> str:
    """A plot as an element of a page.

    It has no `style` attributes, so that a page's content policy can forbid them; its colours are the page's
    (`currentColor`, `--rule`, `--tone-1` …), its letters too; its ids begin with the figure's name.

    Arguments:
        svg: as `draw` gives it.
        figure: what it shows; its title and description are for screen readers.
    """
    root = Tree.fromstring(svg)  # noqa: S314 - what matplotlib has written just now
    for parent in root.iter():
        for child in (*parent.findall("{*}metadata"), *parent.findall("{*}style")):
            parent.remove(child)
    for element in root.iter():
        _restyle(element)
    _rename(root, figure.name)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    told = Tree.Element(f"{{{_SVG}}}desc", {"id": f"{figure.name}-told"})
    told.text = figure.description
    root.insert(0, told)
    root.attrib |= {"role": "img", "aria-label": figure.title, "aria-describedby": f"{figure.name}-told"}
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{_SVG}}}")
    return Tree.tostring(root, encoding="unicode")


def _restyle(element: Tree.Element) -> None:
    """Turn an element's style into attributes."""
    style = element.attrib.pop("style", "")
    is_text = element.tag == f"{{{_SVG}}}text"
    for name, value in filter(None, map(_property, _SPLIT.split(style))):
        if name == "font":
            size = _SIZE.search(value)
            element.attrib |= {"font-size": size[1]} if size else {}
        elif not name.startswith("font") or name in _LAYOUT:
            element.set(name, value.removesuffix("px") if name == "font-size" else value)
    if is_text and "fill" not in element.attrib:
        element.set("fill", INK)
    for name, value in element.attrib.items():
        element.attrib[name] = _COLOURS.get(value.lower(), value)


def _property(text: str) -> tuple[str, str] | None:
    name, found, value = text.partition(":")
    return (name.strip(), value.strip()) if found else None


def _rename(root: Tree.Element, prefix: str) -> None:
    """Let ids begin with `prefix`, where something refers to them; others go."""
    for element in root.iter():
        if (link := element.attrib.pop(_LINK, None)) is not None:
            element.set("href", link)
    used = {name for element in root.iter() for name in _references(element)}
    for element in root.iter():
        if (own := element.attrib.pop("id", None)) in used:
            element.set("id", f"{prefix}-{own}")
        for name, value in element.attrib.items():
            element.attrib[name] = _REFERENCE.sub(lambda match: match[0].replace("#", f"#{prefix}-"), value)


def _references(element: Tree.Element) -> Iterator[str]:
    for name, value in element.attrib.items():
        if name != "fill" and (match := _REFERENCE.search(value)):
            yield match[1] or match[2]
