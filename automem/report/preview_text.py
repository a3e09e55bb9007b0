"""A recipe's preview in the terminal: counts, lengths, and examples in which what bears the loss is marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.text import Text

from automem.loops.proficiency.encoding import REASONS as UNFIT
from automem.loops.proficiency.lessons import REASONS as DROPPED
from automem.loops.proficiency.preview import Piece, Preview, Shown
from automem.printable import printable
from automem.report.grid import Grid
from automem.report.text import render_grid, say
from automem.spec.recipe import Recipe

OPEN, CLOSE = "{+", "+}"
"""Around what bears the loss, as word diffs mark what is new: plain characters, so that no colour is needed."""
EDGE = 700
"""Characters shown at each end of a longer text without loss."""

_ABOUT = {
    "episodes": "its episode is not among the best share of its task",
    "judge/not_asked": "the judge was asked about others of a higher score",
    "judge/no_score": "the judge gave no score",
    "judge/at_least": "the judge's score is too low",
    "per_episode": "its episode has given as many as it may",
    "per_pattern": "its sequence of commands has its share of the phase",
    "near_duplicates": "a better one is nearly the same",
    "most": "there are enough",
    "log_share": "its phase has its share",
}

_WHY: Mapping[str, str] = dict([*DROPPED.items(), *UNFIT.items()])


def render_preview(preview: Preview, console: Console) -> None:
    """Print a preview; the words around it are the caller's."""
    counts = preview.counts
    phases = {state: _phases(counts, state) for state in ("examples", "chosen", "held_out")}
    say(console, f"{counts['examples']:,} examples{phases['examples']}", "bold")
    say(
        console,
        f"  chosen    {counts['chosen']:,}{phases['chosen']}; the recipe asks for {preview.recipe.compose.minimum:,}",
    )
    say(console, f"  held out  {counts['held_out']:,}{phases['held_out']}")
    say(console, f"  rejected  {counts['rejected']:,}")
    render_grid(_reasons(preview.recipe, counts), console)
    for line in _lengths(preview):
        say(console, line)
    for number, one in enumerate(preview.shown, 1):
        _example(number, one, console)
    if any(trained for one in preview.shown for _, trained in one.pieces):
        ends = "" if preview.exact else "; what ends a turn bears it too, and only the base's tokenizer knows that"
        say(console, f"\n{OPEN}…{CLOSE} bears the loss{ends}", "dim")


def _phases(counts: Mapping[str, int], state: str) -> str:
    return f" (LOG {counts.get(f'{state}.log', 0):,}, PLAN {counts.get(f'{state}.plan', 0):,})"


def _reasons(recipe: Recipe, counts: Mapping[str, int]) -> Grid:
    """Filters in the recipe's order, those that reject nothing too; then what else rejected."""
    filters = [f"keep/{name}" for name in recipe.select.keep]
    others = sorted(name.partition(".")[2] for name in counts if name.startswith("rejected."))
    rows = [
        (
            by,
            f"{counts.get(f'rejected.{by}', 0):,}",
            f"{counts.get(f'alone.{by}', 0):,}" if by.startswith("keep/") else "",
            about,
        )
        for by, about in _told(recipe, [*filters, *(name for name in others if name not in filters)])
    ]
    note = "Alone: examples that nothing else speaks against. An example may fail several filters."
    cells = tuple((by, about, rejected, alone) for by, rejected, alone, about in rows)
    return Grid("Why examples are rejected", ("by", "which says", "rejected", "alone"), cells, 2, note)


def _told(recipe: Recipe, reasons: list[str]) -> Iterator[tuple[str, str]]:
    for by in reasons:
        criterion = recipe.select.keep.get(by.removeprefix("keep/")) if by.startswith("keep/") else None
        yield by, (criterion.about or criterion.when) if criterion is not None else _ABOUT.get(by, "")


def _lengths(preview: Preview) -> Iterator[str]:
    found = preview.lengths
    yield f"\n{preview.lessons:,} lessons can be made of what is chosen and held out"
    if found is not None:
        yield (
            f"  {found.unit} of a lesson: {found.least:,} to {found.most:,}, median {found.median:,}; "
            f"{found.total:,} in all"
        )
    for why, number in sorted(preview.dropped.items()):
        yield f"  {number:,} cannot: {_why(why)}"


def _why(reason: str) -> str:
    return _WHY.get(reason, reason)


def _example(number: int, one: Shown, console: Console) -> None:
    verdict = one.verdict
    score = "" if verdict.score is None else f"  score {verdict.score:.3g}"
    by = f" by {', '.join(verdict.by)}" if verdict.by else ""
    say(console, f"\n======== {number}: {verdict.example}  {verdict.state}{by}{score}  [{one.pattern}]", "bold")
    if one.why:
        say(console, f"nothing of it can be trained on: {_why(one.why)}", "yellow")
    text = Text()
    for piece in one.pieces:
        text.append(printable(_marked(piece)), "green" if piece[1] else "")
    console.print(text, soft_wrap=True)


def _marked(piece: Piece) -> str:
    text, trained = piece
    if trained:
        return f"{OPEN}{text}{CLOSE}"
    if len(text) <= 2 * EDGE + 100:
        return text
    return f"{text[:EDGE]}\n[… {len(text) - 2 * EDGE:,} characters without loss …]\n{text[-EDGE:]}"
