"""Lessons as token ids and labels: the loss on what the specialist says and on its stop, on nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal, Protocol

from automem.errors import AutoMemError
from automem.loops.proficiency.example import Lesson

IGNORED = -100
"""The label of a token without loss, as PyTorch's cross entropy has it."""

Reason = Literal["too_long", "special", "altered"]
REASONS: Mapping[Reason, str] = {
    "too_long": "it has more tokens than the recipe's max_tokens",
    "special": "an answer holds the text of a token that only the chat template may write",
    "altered": "the tokenizer does not give an answer's text back as it was",
}
"""Why a lesson cannot be trained on."""


class Tokenizer(Protocol):
    """What is asked of a tokenizer; those of transformers have it."""

    all_special_ids: list[int]
    added_tokens_decoder: Mapping[int, Any]

    def apply_chat_template(
        self, conversation: list[dict[str, str]], *, tokenize: bool, add_generation_prompt: bool
    ) -> Any:
        """The conversation as one text."""
        ...

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]:
        """Token ids."""
        ...

    def decode(self, token_ids: list[int], *, skip_special_tokens: bool, clean_up_tokenization_spaces: bool) -> Any:
        """The ids' text."""
        ...


class UnfitTemplate(AutoMemError):
    """A model's chat template does not let the specialist's turns be told from the rest."""


@dataclass(frozen=True)
class Encoded:
    """A lesson as the trainer takes it.

    Arguments:
        example: the id of what it was made from.
        input_ids: from the first token to the last trained one.
        labels: as many; the id where the loss is, else `IGNORED`.
    """

    example: str
    input_ids: tuple[int, ...]
    labels: tuple[int, ...]


@dataclass(frozen=True)
class Unfit:
    """A lesson that is not trained on: its example's id, one of `REASONS`, and how many tokens it has."""

    example: str
    why: Reason
    tokens: int


def encode(lesson: Lesson, tokenizer: Tokenizer, max_tokens: int | None = None) -> Encoded | Unfit:
    """The ids that play has for the lesson's conversation, and which of them bear the loss.

    Each answer is found by rendering the conversation up to it, as play does to ask for it, and once more with it;
    so any chat template will do that renders a longer conversation as the shorter one and more. An answer's tokens
    are trained, and those that follow up to the first special one of the template's, which ends the turn: also where
    the answer was cut after an op, since there the specialist shall stop. Answers that are `given` are context.

    Arguments:
        lesson: user and assistant alternate.
        tokenizer: with the model's chat template.
        max_tokens: the longest lesson.

    Raises:
        UnfitTemplate: the template has no such form; says how it breaks it.
    """
    turns = [{"role": said.speaker, "content": said.text} for said in lesson.messages]
    whole = _render(tokenizer, turns)
    ids = _ids(tokenizer, whole)
    special = _template_tokens(tokenizer)
    labels = [IGNORED] * len(ids)
    last = 0
    for number in range(1, len(turns), 2):
        answer = turns[number]["content"]
        before = _render(tokenizer, turns[:number], asking=True)
        if not whole.startswith(before + answer):
            raise UnfitTemplate(_differs(whole, before, answer))
        start, stop = (_shared(ids, _ids(tokenizer, text)) for text in (before, before + answer))
        if start is None or stop is None or _text(tokenizer, ids[start:stop]) != answer:
            return Unfit(lesson.example, "altered", len(ids))
        if special.intersection(ids[start:stop]):
            return Unfit(lesson.example, "special", len(ids))
        last = _end_of_turn(ids, stop, special)
        if number >= lesson.given:
            labels[start:last] = ids[start:last]
    if max_tokens is not None and last > max_tokens:
        return Unfit(lesson.example, "too_long", last)
    return Encoded(lesson.example, tuple(ids[:last]), tuple(labels[:last]))


def _render(tokenizer: Tokenizer, turns: list[dict[str, str]], *, asking: bool = False) -> str:
    try:
        return str(tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=asking))
    except Exception as error:  # whatever the template raises
        raise UnfitTemplate(f"the model's chat template cannot render a conversation: {error}") from error


def _ids(tokenizer: Tokenizer, text: str) -> list[int]:
    return list(tokenizer.encode(text, add_special_tokens=False))


def _text(tokenizer: Tokenizer, ids: Sequence[int]) -> str:
    return str(tokenizer.decode(list(ids), skip_special_tokens=False, clean_up_tokenization_spaces=False))


def _template_tokens(tokenizer: Tokenizer) -> set[int]:
    """The special tokens that the template itself writes. A vocabulary may have others, such as the tags of ops."""
    said = [{"role": role, "content": "a"} for role in ("user", "assistant", "user")]
    written = _ids(tokenizer, _render(tokenizer, said, asking=True))
    return {*tokenizer.all_special_ids, *tokenizer.added_tokens_decoder}.intersection(written)


def _shared(ids: Sequence[int], beginning: Sequence[int]) -> int | None:
    """How many ids `beginning` has, if `ids` begins with it; a token across the border would break that."""
    count = len(beginning)
    return count if list(ids[:count]) == list(beginning) else None


def _end_of_turn(ids: Sequence[int], answer_end: int, special: set[int]) -> int:
    """Behind the token with which the template ends the answer that ends at `answer_end`."""
    for at in range(answer_end, len(ids)):
        if ids[at] in special:
            return at + 1
    raise UnfitTemplate(
        "the model's chat template ends an answer with no special token, so that the specialist could not be taught "
        "to stop; give the model's folder a chat template that does, such as ChatML"
    )


def _differs(whole: str, before: str, answer: str) -> str:
    wanted = before + answer
    at = next((i for i, (one, other) in enumerate(zip(whole, wanted, strict=False)) if one != other), len(whole))
    return (
        "the model's chat template renders an answer differently in a conversation that goes on, so that what is "
        f"trained would not be what is played: {whole[at : at + 40]!r} stands where {wanted[at : at + 40]!r} was "
        "asked for; give the model's folder a chat template that keeps earlier turns as they are"
    )


def encode_all(
    lessons: Iterable[Lesson], tokenizer: Tokenizer, max_tokens: int
) -> tuple[list[Encoded], Counter[Reason]]:
    """All lessons that can be trained on, and how many cannot be, by reason.

    Raises:
        UnfitTemplate: as for `encode`.
    """
    found = [encode(lesson, tokenizer, max_tokens) for lesson in lessons]
    return [one for one in found if isinstance(one, Encoded)], Counter(
        one.why for one in found if isinstance(one, Unfit)
    )


def mask_text(lesson: Lesson, tokenizer: Tokenizer) -> list[tuple[str, bool]]:
    """The lesson as the model reads it, in pieces: (text, whether it bears the loss); exact to the token.

    Raises:
        UnfitTemplate: as for `encode`.
        AutoMemError: the lesson cannot be trained on; says why.
    """
    found = encode(lesson, tokenizer)
    if isinstance(found, Unfit):
        raise AutoMemError(f"{lesson.example}: {REASONS[found.why]}; it is left out of a training")
    marked = zip(found.input_ids, found.labels, strict=True)
    pieces = groupby(marked, key=lambda one: one[1] != IGNORED)
    return [(_text(tokenizer, [number for number, _ in piece]), trained) for trained, piece in pieces]
