"""From files of conversations to a tokenizer and a corpus."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from automem.errors import AutoMemError
from automem.pretraining.corpus import encode
from automem.pretraining.talk import Talk, read_talks
from automem.pretraining.template import OPENING, spans
from automem.pretraining.tokenizer import CONTEXT, learn_tokenizer

_SAMPLE = 20_000  # conversations that the tokenizer learns from


def prepare(talks: Sequence[Path], out: Path) -> None:
    """Learn the tokenizer and encode the conversations; for the same files this is done once.

    Arguments:
        talks: files of conversations.
        out: gets `tokenizer/`, `corpus.npz` and `talks.sha256`, a hash of the files.

    Raises:
        AutoMemError: a file is no file of conversations, or a training from others has begun in `out`.
    """
    hashes = b"".join(hashlib.sha256(path.read_bytes()).digest() for path in talks)
    sources = hashlib.sha256(hashes).hexdigest()
    mark = out / "talks.sha256"
    if mark.exists():
        if mark.read_text() != sources:
            raise AutoMemError(f"{out}: holds a training from other conversations; name another folder, or remove it")
        return
    out.mkdir(parents=True, exist_ok=True)
    sample, prefixes = _sample(chain.from_iterable(map(read_talks, talks)))
    texts = [spans(talk.messages)[0][len(OPENING) + len(talk.prefix) :] for talk in sample]
    tokenizer = learn_tokenizer(sorted(prefixes), texts)
    tokenizer.save_pretrained(out / "tokenizer")
    encode(chain.from_iterable(map(read_talks, talks)), tokenizer, CONTEXT).save(out / "corpus.npz")
    mark.write_text(sources)


def _sample(talks: Iterator[Talk]) -> tuple[list[Talk], set[str]]:
    """Some of the conversations, each as likely as any other; and all prefixes."""
    chance = random.Random(0)
    sample: list[Talk] = []
    prefixes: set[str] = set()
    for number, talk in enumerate(talks):
        prefixes.add(talk.prefix)
        if number < _SAMPLE:
            sample.append(talk)
        elif (place := chance.randrange(number + 1)) < _SAMPLE:
            sample[place] = talk
    return sample, prefixes
