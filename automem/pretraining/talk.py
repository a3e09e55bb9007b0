"""A conversation to learn from, and files of many of them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import msgspec
import zstandard

from automem.disk import sync
from automem.engines.base import Message, Speaker
from automem.errors import AutoMemError

_LEVEL = 6
_SPEAKERS: tuple[Speaker, Speaker] = ("user", "assistant")


@dataclass(frozen=True)
class Talk:
    """One conversation and what of it is taught: its answers, all or the later ones.

    Arguments:
        messages: user and assistant alternate, from the opening prompt to an answer. The first message's `stable`
            says how much of it many conversations share.
        world: which game it is about.
        weight: what its answers count in the loss, against 1 for an ordinary conversation.
        first: the messages before this one, counted from 0, are not taught.
        quiz: whether the last answer is not play but a quiz's.
    """

    messages: tuple[Message, ...]
    world: str
    weight: float = 1.0
    first: int = 0
    quiz: bool = False

    def __post_init__(self) -> None:
        speakers = tuple(message.speaker for message in self.messages)
        if not speakers or speakers != _SPEAKERS * (len(speakers) // 2):
            raise ValueError(f"user and assistant must alternate from a prompt to an answer, not {speakers}")

    @property
    def prefix(self) -> str:
        """The part of the opening prompt that never changes."""
        opening = self.messages[0]
        return opening.text[: opening.stable]


class _Prefix(msgspec.Struct, tag="prefix", frozen=True):
    """A line that gives the next prefix; they are counted from 0."""

    text: str


class _Talk(msgspec.Struct, tag="talk", frozen=True):
    """A line that gives a conversation: its texts, the first without its prefix."""

    prefix: int
    texts: list[str]
    world: str
    weight: float = 1.0
    first: int = 0
    quiz: bool = False


_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[_Prefix | _Talk] = msgspec.json.Decoder(_Prefix | _Talk)


def write_talks(path: Path, talks: Iterable[Talk]) -> int:
    """Write conversations as JSON lines in one zstd frame; each prefix is stored once.

    Arguments:
        path: `….jsonl.zst`; its folder must exist. A file of that name is replaced when all is written.
        talks: read one by one.

    Returns:
        How many were written.
    """
    partial = path.with_name(path.name + ".partial")
    prefixes: dict[str, int] = {}
    count = 0
    with partial.open("wb") as file, zstandard.ZstdCompressor(level=_LEVEL).stream_writer(file) as frame:
        for talk in talks:
            count += 1
            if talk.prefix not in prefixes:
                prefixes[talk.prefix] = len(prefixes)
                frame.write(_encoder.encode(_Prefix(talk.prefix)) + b"\n")
            texts = [message.text for message in talk.messages]
            texts[0] = texts[0][len(talk.prefix) :]
            line = _Talk(prefixes[talk.prefix], texts, talk.world, talk.weight, talk.first, talk.quiz)
            frame.write(_encoder.encode(line) + b"\n")
    sync(partial)
    partial.replace(path)
    sync(path.parent)
    return count


def read_talks(path: Path) -> Iterator[Talk]:
    """The conversations of a file, in order, each read when it is asked for.

    Raises:
        AutoMemError: the file is missing, cut short or not of this form.
    """
    prefixes: list[str] = []
    number = 0
    try:
        with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as frame:
            for line in io.BufferedReader(frame):
                number += 1
                match _decoder.decode(line):
                    case _Prefix(text):
                        prefixes.append(text)
                    case _Talk() as talk:
                        yield _read(talk, prefixes)
    except OSError as error:
        raise AutoMemError(f"{path}: the conversations cannot be read: {error.strerror}") from error
    except (msgspec.MsgspecError, zstandard.ZstdError, ValueError, IndexError) as error:
        raise AutoMemError(f"{path}:{number}: this is no conversation: {error}; collect them anew") from error


def _read(line: _Talk, prefixes: list[str]) -> Talk:
    prefix = prefixes[line.prefix]
    opening, *rest = line.texts
    later = (Message(speaker, text) for speaker, text in zip(cycle(_SPEAKERS[::-1]), rest, strict=False))
    messages = (Message("user", prefix + opening, len(prefix)), *later)
    return Talk(messages, line.world, line.weight, line.first, line.quiz)
