"""Picks the compact sample and the table of names that the tests read, out of arrays and the wrapper's words on them.

Last step where the tests' files are to be made anew, see README.md:
`python sample.py PLAYED.npz PLAYED.json.gz MADE_UP.npz MADE_UP.json.gz`, in the project's environment.
"""

from __future__ import annotations

import gzip
import io
import json
import lzma
import random
import re
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from nle import nethack
from numpy.typing import NDArray

FOLDER = Path(__file__).parent.parent
AT_LEAST = 100  # observations of play and of what was made up, those that show nothing new included
LINE = re.compile(r"(.*?) (very far|far|near|very near|adjacent) ([a-z, ]+)")
MARKS = ("\n", "--More--", "(end)", " of ", "Points", "list!", "\x1a", "\0")

Said = dict[str, str]


def features(said: Said) -> Iterator[tuple[str, ...]]:
    """What an observation shows; the sample has at least one of each."""
    lines = [match.groups() for match in map(LINE.fullmatch, said["language"].split("\n")) if match]
    heads = [line[:2] for line in lines]
    yield "told twice", str(len(heads) > len(set(heads)))
    for _, distance, directions in lines:
        yield "where", distance, re.split(",| and", directions)[0]
        yield "directions", str(min(directions.count(" "), 5))
    yield "message", *(mark for mark in MARKS if mark in said["message"])
    yield "cursor", *said["cursor"].split(" ")[:2]
    for line in said["statistics"].split("\n"):
        if line.startswith(("Hunger", "Encumbrance", "Alignment", "Condition")) and line.count(" ") < 3:
            yield "statistics", line
    yield "inventory", str(said["inventory"].count("\n") // 10), str(said["inventory"].isascii())


def sights(said: Said) -> Iterator[tuple[str, ...]]:
    """What play shows besides: things, and how messages begin. Boards made up have too many things for a sample."""
    yield from features(said)
    yield from (("thing", match[1]) for match in map(LINE.fullmatch, said["language"].split("\n")) if match)
    yield "begins", said["message"][:4]


def pick(texts: list[Said], shown: Callable[[Said], Iterator[tuple[str, ...]]]) -> list[int]:
    """Rows that show something the others do not, and some more."""
    rows, chosen, known = list(range(len(texts))), set[int](), set[tuple[str, ...]]()
    random.Random(0).shuffle(rows)
    for row in rows:
        new = set(shown(texts[row])) - known
        if new:
            known |= new
            chosen.add(row)
    rest = [row for row in rows if row not in chosen]
    return sorted(chosen | set(rest[: max(0, AT_LEAST - len(chosen))]))


def table(texts: list[Said]) -> str:
    """A line for each name: its glyphs, where it is told, the name and, unless it is the name and an s, its plural.

    Arguments:
        texts: what the wrapper says of the observations that made_up.py makes of every glyph.
    """
    glyphs: dict[tuple[str, ...], list[int]] = {}
    for glyph, said in enumerate(texts):
        near = re.search(r"^(.*) near east$", said["language"], re.MULTILINE)
        far = re.search(r"^(.*) far east$", said["language"], re.MULTILINE)
        if near:
            where = "anywhere" if said["cursor"] == f"near east {near[1]}" else "ray"
            irregular = [far[1]] if far and far[1] != f"{near[1]}s" else []
            glyphs.setdefault((where, near[1], *irregular), []).append(glyph)
    return "".join("\t".join((_numbers(numbers), *row)) + "\n" for row, numbers in glyphs.items())


def _numbers(numbers: list[int]) -> str:
    """The numbers, or `first:last:step` of many that are equally far apart."""
    steps = {after - before for before, after in pairwise(numbers)}
    return f"{numbers[0]}:{numbers[-1]}:{steps.pop()}" if len(numbers) > 2 and len(steps) == 1 else str(numbers)[1:-1]


def read(texts_path: str) -> list[Said]:
    with gzip.open(texts_path, "rt", encoding="utf-8") as file:
        texts: list[Said] = json.load(file)
    return texts


def rows_of(arrays_path: str, rows: list[int]) -> dict[str, NDArray[np.generic]]:
    with np.load(arrays_path) as recorded:
        return {key: recorded[key][rows] for key in recorded.files}


def main(played_arrays: str, played_texts: str, made_up_arrays: str, made_up_texts: str) -> None:
    played, made_up = read(played_texts), read(made_up_texts)
    (FOLDER / "glyph_names.tsv").write_text(table(made_up[: nethack.MAX_GLYPH]), encoding="utf-8")
    ours, theirs = pick(played, sights), pick(made_up, features)
    texts = [played[row] for row in ours] + [made_up[row] for row in theirs]
    first, second = rows_of(played_arrays, ours), rows_of(made_up_arrays, theirs)
    memory = io.BytesIO()
    np.savez(
        memory,
        texts=np.frombuffer(json.dumps(texts).encode(), np.uint8),
        **{key: np.concatenate((first[key], second[key])) for key in first},
    )
    (FOLDER / "text_sample.npz.xz").write_bytes(lzma.compress(memory.getvalue(), preset=9))
    print(f"{len(ours)} observations of play, {len(theirs)} made up")


if __name__ == "__main__":
    main(*sys.argv[1:])
