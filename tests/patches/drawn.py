"""Scaffolds and random edits of them: what the property tests draw."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from automem.patches.apply import Patched, apply_patch
from automem.patches.forms import made_up
from automem.patches.model import Patch
from automem.patches.plain import value_at
from automem.spec.load import load_scaffold
from automem.spec.source import Document, parse_document

SPECS = Path(__file__).parents[2] / "specs"
NAMES = ("v0", "sliding-window", "chain-of-thought")
SHIPPED = {
    f"{world}/{name}": SPECS / world / f"{name}.yaml" for world in ("crafter", "nethack", "minihack") for name in NAMES
}

ODD = """\
# The head of the document.
name: odd   # a name
# belongs to a
a:

    # deep
    b:   {x: 1,   y: [p, 'q', "r"] , }  # flow


    c:
    - one  # first
    # belongs to two
    - two
    -   - in
        - out
    -   k: 1
        l: >+
          folded
          text

        # under l
    - {}
    -
    # end of c
    d: a plain
      text of two lines
    'quoted key': "with \\
      escape"
    e: |2-
        indented more
      less

    f:
    g: [ # opening
      first,  # about first
      {single: 1},
      second
    ]
    h: {
      one: 1,
      two: 2
    }
    templates/x: {a/b: 1}
    i: []
# at the end of a

list:
- 1
- x: 1
  y: 2
- |
  literal
? complex
: value
tab: "a\tb"  # tabbed
"doubled": ~
# the end, without a line break"""


def texts() -> dict[str, str]:
    """Name → the text of a scaffold: all that are shipped, one with its library, and odd ones."""
    shipped = {name: path.read_text(encoding="utf-8") for name, path in SHIPPED.items()}
    return {
        **shipped,
        "resolved": load_scaffold(SHIPPED["crafter/v0"]).text,
        "odd": ODD,
        "odd-crlf": ODD.replace("\n", "\r\n"),
        "crlf": shipped["crafter/v0"].replace("\n", "\r\n"),
        "no-break": shipped["crafter/v0"].rstrip(),
        "mark": "\ufeff" + shipped["crafter/sliding-window"],
        "commented": "".join(f"{line}{_remark(line)}" for line in shipped["crafter/v0"].splitlines(keepends=True)),
    }


def _remark(line: str) -> str:
    """A comment line as deep as a line that begins with a key and opens no text of several lines."""
    deep = line[: len(line) - len(line.lstrip())]
    return f"{deep}#~ remark\n" if line.rstrip().endswith("}") and len(deep) == 2 else ""


_WORDS = (
    "yes",
    "007",
    "1e3",
    "null",
    "~",
    "- a",
    "# no",
    "a: b",
    "a #b",
    "[",
    "'",
    '"',
    "it's",
    "{{ x }}",
    "*a",
    "&a",
    "? ",
)
_TEXT = st.one_of(
    st.sampled_from(_WORDS),
    st.sampled_from(
        (
            "",
            " ",
            "two\nlines\n",
            "\n",
            "a\n\n",
            "  lead\nless",
            "trail \n \nx",
            "é\u2028ü😀",
            "a\r\nb",
            "\ttab",
            "x" * 150,
        )
    ),
    st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=12),
)
_SCALARS = st.one_of(_TEXT, st.integers(-99, 10**6), st.booleans(), st.none(), st.sampled_from((0.5, 1e-7, 1e22)))
_KEYS = st.sampled_from(("new", "new key", "true", "7", "x.md", "ключ", "a: b", "-", "#"))
VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_KEYS, inner, max_size=3)),
    max_leaves=6,
)


def places(data: Any, steps: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The steps to each value below the top, the library left out."""
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    found = [] if not steps else [steps]
    for step, value in inside:
        if steps or step != "library":
            found += places(value, (*steps, step))
    return found


@st.composite
def edits(draw: st.DrawFn, data: dict[str, Any]) -> dict[str, Any]:
    """An edit of plain data, as a patch says it; its path may turn out to mean something else, or nothing."""
    steps = draw(st.sampled_from(places(data)))
    path = "/".join(map(str, steps))
    kind = draw(st.sampled_from(("add", "add", "replace", "remove")))
    if kind == "remove":
        return {"remove": path}
    if kind == "replace":
        return {"replace": path, "with": draw(VALUES)}
    there = value_at(data, steps)
    if isinstance(there, list):
        at = draw(st.one_of(st.just("-"), st.integers(0, len(there))))
        return {"add": f"{path}/{at}", "with": draw(VALUES)}
    if isinstance(there, dict) or there is None:
        before = draw(st.sampled_from((None, *(there or ()))))
        new = draw(st.sampled_from(("new", "new/below/it", "a name", "true")))
        return {"add": f"{path}/{new}", "with": draw(VALUES), **({"before": before} if before else {})}
    new = draw(st.sampled_from(("fresh", "fresh/below", "templates/some/name")))
    return {"add": new, "with": draw(VALUES)}


def patch_text(edit: dict[str, Any], *, flow: bool) -> str:
    """A patch of one edit, its value in flow or in block style."""
    lines = [f"- {made_up(edit).flow[0].lines[0]}"]
    if not flow:
        parts = [(key, made_up(part)) for key, part in edit.items()]
        keyed = [line for key, forms in parts for line in forms.block[-2:][0].under(f"{key}:")]
        lines = [f"- {keyed[0]}", *(f"  {line}" if line else line for line in keyed[1:])]
    return "\n".join(["kind: patch", "of: x", "reason: y", "edits:", *lines, ""])


def document(text: str, file: str = "scaffold.yaml") -> Document:
    """A text as a document."""
    return parse_document(text, file)


def applied(scaffold: Document, text: str) -> Patched:
    """The scaffold after a patch given as text."""
    source = parse_document(text, "patch.yaml", aliases=False)
    return apply_patch(scaffold, Patch.model_validate(source.plain()), source)
