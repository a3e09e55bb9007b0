"""Asks the language wrapper of BALROG's fork what it says of recorded arrays.

Second of three steps, see README.md: `python wrapper.py ARRAYS.npz TEXTS.json.gz`, in an environment that has
`balrog-nle` in place of nle.
"""

from __future__ import annotations

import gzip
import json
import sys

import numpy as np
from nle.nle_language_obsv import NLELanguageObsv


def after_a_blank(screen: np.ndarray) -> np.ndarray:
    """The same screen with a space before it in memory, which the wrapper reads when the first row is empty."""
    memory = np.full(1 + screen.size, ord(" "), np.uint8)
    memory[1:] = screen.ravel()
    return memory[1:].reshape(screen.shape)


def main(arrays_path: str, texts_path: str) -> None:
    wrapper = NLELanguageObsv()
    with np.load(arrays_path) as recorded:
        arrays = {key: recorded[key] for key in recorded.files}
    texts = []
    for row in range(len(arrays["glyphs"])):
        glyphs, blstats, tty_chars, tty_cursor, letters, strs = (
            arrays[key][row] for key in ("glyphs", "blstats", "tty_chars", "tty_cursor", "inv_letters", "inv_strs")
        )
        said = {
            "language": wrapper.text_glyphs(glyphs, blstats),
            "cursor": wrapper.text_cursor(glyphs, blstats, tty_cursor),
            "message": wrapper.text_message(after_a_blank(tty_chars)),
            "statistics": wrapper.text_blstats(blstats),
            "inventory": wrapper.text_inventory(strs, letters),
        }
        texts.append({name: text.decode("latin-1") for name, text in said.items()})
    with gzip.open(texts_path, "wt", encoding="utf-8") as file:
        json.dump(texts, file)
    print(f"{len(texts)} observations")


if __name__ == "__main__":
    main(*sys.argv[1:])
