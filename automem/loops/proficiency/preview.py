"""What a recipe would train on: chosen and rejected examples with reasons, lengths, and which text bears the loss."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from automem.agent.record import Said
from automem.evidence.recorded import evenly
from automem.loops.proficiency.encoding import Encoded, Tokenizer, encode, mask_text
from automem.loops.proficiency.example import Example, Lesson
from automem.loops.proficiency.lessons import Dropped, lesson_of
from automem.loops.proficiency.selection import Pool, Selected, fetch
from automem.loops.proficiency.verdicts import Verdict
from automem.spec.recipe import Recipe
from automem.spec.resolve import ResolvedScaffold

Piece = tuple[str, bool]
"""Text, and whether it bears the loss."""


@dataclass(frozen=True)
class Shown:
    """One example for a person to read.

    Arguments:
        verdict: what became of it.
        pattern: its commands.
        pieces: what is trained on as the model reads it, or where nothing is, the conversation as it was played.
        why: why nothing of a chosen example can be trained on; empty where something can.
    """

    verdict: Verdict
    pattern: str
    pieces: tuple[Piece, ...]
    why: str = ""


@dataclass(frozen=True)
class Lengths:
    """How long the lessons are.

    Arguments:
        unit: `tokens` of the base's tokenizer with its chat template; `characters` of all messages where that cannot
            be loaded.
        least, median, most: of one lesson.
        total: of all.
    """

    unit: Literal["tokens", "characters"]
    least: int
    median: int
    most: int
    total: int


@dataclass(frozen=True)
class Preview:
    """What a recipe would train on.

    Arguments:
        recipe: the recipe.
        counts: what became of all examples; see `verdicts.count`.
        lessons: how many of the chosen and held-out examples can be trained on.
        dropped: why others cannot → how many.
        lengths: of the lessons; None where there are none.
        exact: whether the pieces are exact to the token; else answers are shown without what ends a turn.
        shown: some examples, chosen ones first.
    """

    recipe: Recipe
    counts: Mapping[str, int]
    lessons: int
    dropped: Mapping[str, int]
    lengths: Lengths | None
    exact: bool
    shown: tuple[Shown, ...]

    def as_data(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "recipe": self.recipe.name,
            "minimum": self.recipe.compose.minimum,
            "counts": dict(self.counts),
            "lessons": self.lessons,
            "dropped": dict(self.dropped),
            "lengths": asdict(self.lengths) if self.lengths else None,
            "exact": self.exact,
            "examples": [
                {
                    "example": one.verdict.example,
                    "state": one.verdict.state,
                    "by": list(one.verdict.by),
                    "score": one.verdict.score,
                    "pattern": one.pattern,
                    "why": one.why,
                    "pieces": [{"text": text, "trained": trained} for text, trained in one.pieces],
                }
                for one in self.shown
            ],
        }


def preview(
    recipe: Recipe,
    examples: Pool,
    selected: Selected,
    scaffold: ResolvedScaffold,
    tokenizer: Tokenizer | None,
    limit: int,
    rejected: int,
) -> Preview:
    """Look at a selection before anything is trained.

    Arguments:
        recipe: what it was selected by; its `max_tokens` counts.
        examples: what it was selected from.
        selected: the selection.
        scaffold: what the episodes were played with.
        tokenizer: the base's; None where it cannot be had.
        limit: how many chosen examples are shown, evenly from the best score to the least.
        rejected: how many rejected ones, evenly over the episodes.

    Raises:
        UnfitTemplate: the tokenizer's chat template does not fit.
        RunError: a trace cannot be read.
    """
    lengths: list[int] = []
    dropped: Counter[str] = Counter()
    for one in (*selected.chosen, *selected.held_out):
        length = _length(lesson_of(one, scaffold), tokenizer, recipe.train.max_tokens)
        if isinstance(length, int):
            lengths.append(length)
        else:
            dropped[length] += 1
    verdicts = {one.example: one for one in selected.verdicts}
    best = [selected.chosen[at] for at in evenly(len(selected.chosen), limit)]
    shown = [_chosen(one, verdicts[one.id], scaffold, tokenizer) for one in best]
    shown += _rejected(examples, [one for one in selected.verdicts if one.state == "rejected"], rejected)
    return Preview(
        recipe=recipe,
        counts=selected.counts,
        lessons=len(lengths),
        dropped=dict(dropped),
        lengths=_summed(lengths, "characters" if tokenizer is None else "tokens"),
        exact=tokenizer is not None,
        shown=tuple(shown),
    )


def _length(lesson: Lesson | Dropped, tokenizer: Tokenizer | None, most: int) -> int | str:
    """A lesson's length; why it cannot be trained on, where it cannot."""
    if isinstance(lesson, Dropped):
        return lesson.why
    if tokenizer is None:
        return sum(len(said.text) for said in lesson.messages)
    found = encode(lesson, tokenizer, most)
    return len(found.input_ids) if isinstance(found, Encoded) else found.why


def _summed(lengths: Sequence[int], unit: Literal["tokens", "characters"]) -> Lengths | None:
    if not lengths:
        return None
    return Lengths(unit, min(lengths), round(statistics.median(lengths)), max(lengths), sum(lengths))


def _chosen(example: Example, verdict: Verdict, scaffold: ResolvedScaffold, tokenizer: Tokenizer | None) -> Shown:
    pattern, lesson = str(example.features["pattern"]), lesson_of(example, scaffold)
    if isinstance(lesson, Dropped):
        return Shown(verdict, pattern, _as_played(example), lesson.why)
    if tokenizer is None:
        return Shown(verdict, pattern, _spelled(lesson.messages, lesson.given))
    found = encode(lesson, tokenizer)
    if not isinstance(found, Encoded):
        return Shown(verdict, pattern, _as_played(example), found.why)
    return Shown(verdict, pattern, tuple(mask_text(lesson, tokenizer)))


def _rejected(examples: Pool, verdicts: Sequence[Verdict], most: int) -> list[Shown]:
    some = [verdicts[at] for at in evenly(len(verdicts), most)]
    found = fetch(examples, [one.example for one in some])
    return [
        Shown(verdict, str(one.features["pattern"]), _as_played(one)) for verdict, one in zip(some, found, strict=True)
    ]


def _as_played(example: Example) -> tuple[Piece, ...]:
    return _spelled(example.messages, len(example.messages))


def _spelled(messages: Sequence[Said], given: int) -> tuple[Piece, ...]:
    """Messages under the names of who speaks; answers bear the loss from the `given`th message on."""
    pieces: list[Piece] = []
    for at, said in enumerate(messages):
        pieces += (f"{said.speaker}:\n", False), (said.text, said.speaker == "assistant" and at >= given), ("\n", False)
    return tuple(pieces)
