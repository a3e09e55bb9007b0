"""Compares what our text and the fork's wrapper say of the same arrays, and times ours.

Last of three steps, see README.md: `python compare.py ARRAYS.npz TEXTS.json.gz`, in the project's environment.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automem.envs.nethack.language import cursor, language
from automem.envs.nethack.screen import inventory, message, statistics

Arrays = Mapping[str, NDArray[Any]]

PARTS: dict[str, Callable[[Arrays], str]] = {
    "language": lambda seen: language(seen["glyphs"], seen["blstats"]),
    "cursor": lambda seen: cursor(seen["glyphs"], seen["blstats"], seen["tty_cursor"]),
    "message": lambda seen: message(seen["tty_chars"]),
    "statistics": lambda seen: statistics(seen["blstats"]),
    "inventory": lambda seen: inventory(seen["inv_letters"], seen["inv_strs"]),
}


def main(arrays_path: str, texts_path: str) -> int:
    with np.load(arrays_path) as recorded:
        columns = {key: recorded[key] for key in recorded.files}
    with gzip.open(texts_path, "rt", encoding="utf-8") as file:
        texts: list[dict[str, str]] = json.load(file)
    unequal: set[int] = set()
    for part, ours in PARTS.items():
        seen = [{key: column[row] for key, column in columns.items()} for row in range(len(texts))]
        start = time.perf_counter()
        said = [ours(arrays) for arrays in seen]
        microseconds = 1e6 * (time.perf_counter() - start) / len(texts)
        wrong = [row for row, text in enumerate(said) if text != texts[row][part]]
        print(f"{part}: {len(texts) - len(wrong)} of {len(texts)} equal, {microseconds:.0f} µs each")
        for row in wrong[:3]:
            print(f"  observation {row}\n    ours    {said[row]!r}\n    wrapper {texts[row][part]!r}")
        unequal.update(wrong)
    print(f"all parts: {len(texts) - len(unequal)} of {len(texts)} observations equal")
    return 1 if unequal else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
