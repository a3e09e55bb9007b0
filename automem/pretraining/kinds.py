"""What a token of an answer says: accuracy is told apart by these."""

from __future__ import annotations

import re
from collections.abc import Sequence

from automem.pretraining.template import END_OF_MESSAGE

KINDS = ("prompt", "form", "tag", "file", "number", "word", "action", "reason", "quiz")
"""Names by code: what is not taught; the grammar's own marks; an op's name; a file's; a number of an argument, with its
sign; another argument; the action; text outside ops; the answer to a quiz."""
QUIZ = KINDS.index("quiz")

_FORM, _TAG, _FILE, _NUMBER, _WORD, _ACTION, _REASON = range(1, QUIZ)
_OP = re.compile(r"<\|([^|<>]*)\|>(?:([^<]*)<\|END\|>)?")
_FILE_NAME = re.compile(r"[\w-]+\.[a-z]+")
_NUMBERS = re.compile(r"-?\d+")


def kinds_of(answer: str, offsets: Sequence[tuple[int, int]]) -> list[int]:
    """The kind of each token of an answer.

    Arguments:
        answer: one line of it, or all; its end mark may be there.
        offsets: where each token begins and ends.
    """
    marks = bytearray([_REASON]) * len(answer)
    for op in _OP.finditer(answer):
        _mark(marks, op.span(), _FORM)
        _mark(marks, op.span(1), _TAG)
        if op[2] is not None:
            _mark_arguments(marks, op[2], op.start(2))
    if answer.endswith(END_OF_MESSAGE):
        _mark(marks, (len(answer) - len(END_OF_MESSAGE), len(answer)), _FORM)
    return [marks[begin] for begin, _ in offsets]


def _mark_arguments(marks: bytearray, text: str, begin: int) -> None:
    first, *others = text.split("|")
    if _FILE_NAME.fullmatch(first):
        _mark(marks, (begin, begin + len(first)), _FILE)
    elif not others:
        _mark(marks, (begin, begin + len(first)), _ACTION)
        return
    start = begin + len(first) if _FILE_NAME.fullmatch(first) else begin
    _mark(marks, (start, begin + len(text)), _WORD)
    for number in _NUMBERS.finditer(text, start - begin):
        _mark(marks, (begin + number.start(), begin + number.end()), _NUMBER)


def _mark(marks: bytearray, span: tuple[int, int], kind: int) -> None:
    begin, end = span
    marks[begin:end] = bytes([kind]) * (end - begin)
