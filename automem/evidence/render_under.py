"""Recorded steps under another scaffold: the prompts it would make, and what would speak, act and be refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from automem.errors import RunError
from automem.evidence.effects import Effects
from automem.evidence.recorded import Sample, Unplayable, env_of, evenly, live_again, spread
from automem.evidence.tool import FROM_FILE, MOST_CHARS, Args, Tool, chars_of, clip, excerpt, within
from automem.evidence.view import View
from automem.evidence.wording import diff_of
from automem.patches.check import Checked, check_patch
from automem.runs.records import Recorded
from automem.spec.experiment import EnvSection
from automem.spec.load import examine_scaffold
from automem.spec.resolve import ResolvedScaffold
from automem.spec.source import MAX_BYTES

SAMPLED = 20
LONGEST_PROMPT = 200_000
"""Characters of an opening prompt beyond which a scaffold is not worth playing."""
_SHOWN = 3
_ISSUES_ROOM = 12_000
_PIECE_ROOM = 700
_DIFF_ROOM = 700


class Render(Args):
    """Arguments of `render_under_patch`."""

    patch: Annotated[str, FROM_FILE] = Field(min_length=1, max_length=MAX_BYTES, description="the patch as YAML")
    episode: str | None = Field(None, max_length=200, description="the episode shown; a recorded one when left out")
    steps: tuple[int, ...] = Field((), max_length=_SHOWN, description="the steps shown, at most three")
    part: str | None = Field(
        None, max_length=40, description="one prompt alone, by the name the whole answer gives it, such as 12.plan"
    )
    start: int = Field(0, ge=0, description="with `part`: the character it begins at; `next` says where it goes on")


def render_under_patch(view: View, args: Render) -> Mapping[str, Any]:
    """The incumbent's recorded steps under a patch of it."""
    episodes = view.of_version()
    if not episodes:
        raise RunError(f"v{view.version} has finished no episode yet that recorded steps could be taken from")
    env = env_of(view.header(episodes[0]), sorted({episode.row.task for episode in episodes}))
    document = view.scaffold()
    checked = check_patch(args.patch, "patch.yaml", document, env)
    before, _ = examine_scaffold(document)
    said = {"valid": not checked.errors, "issues": _issues(checked)}
    if checked.scaffold is None or before is None:
        return said
    shown = _shown(view, args, episodes)
    try:
        if args.part is not None:
            return {"part": args.part, **excerpt(_part(view, checked.scaffold, shown, args.part), args.start)}
        effects = Effects(_changed_rules(before, checked.scaffold))
        for sample in _merged(spread(episodes, SAMPLED), shown):
            old = live_again(view, before, sample.episode, sample.steps[-1])
            new = live_again(view, checked.scaffold, sample.episode, sample.steps[-1])
            for was, now in zip(old, new, strict=True):
                sampled = now.step.number in sample.steps
                effects.add(sample.episode.id, was, now, sampled=sampled)
                if sample.episode == shown.episode and now.step.number in shown.steps:
                    effects.show(was, now)
    except Unplayable as problem:
        return {**said, "problem": clip(str(problem), 2_000)}
    return _answer(said, effects, shown)


def _changed_rules(before: ResolvedScaffold, after: ResolvedScaffold) -> list[str]:
    """The notices, guards and updates that a patch adds or changes, by kind and name."""
    return [
        f"{kind} {name}"
        for kind in ("notice", "guard", "update")
        for name, rule in (after.data.get(f"{kind}s") or {}).items()
        if rule != (before.data.get(f"{kind}s") or {}).get(name)
    ]


def _issues(checked: Checked) -> list[str]:
    return within([clip(str(issue), 1_000) for issue in checked.issues], _ISSUES_ROOM if checked.errors else 1_500)


def _shown(view: View, args: Render, episodes: list[Recorded]) -> Sample:
    """The steps that are shown in full."""
    episode = episodes[0] if args.episode is None else view.episode(args.episode)
    if episode.version != view.version:
        raise RunError(f"episode {episode.id} was played by v{episode.version}; a patch is for v{view.version}")
    last = episode.row.steps or 1
    steps = tuple(sorted(set(args.steps))) or (evenly(min(last, SAMPLED), 1)[0] + 1,)
    if steps[0] < 1 or steps[-1] > last:
        raise RunError(f"episode {episode.id} has steps 1 to {last}")
    return Sample(episode, steps)


def _merged(samples: list[Sample], shown: Sample) -> list[Sample]:
    """The samples, of which one reaches to the steps shown."""
    others = [sample for sample in samples if sample.episode != shown.episode]
    same = [step for sample in samples if sample.episode == shown.episode for step in sample.steps]
    return [Sample(shown.episode, tuple(sorted({*same, *shown.steps}))), *others]


def _part(view: View, scaffold: ResolvedScaffold, shown: Sample, part: str) -> str:
    texts = {
        f"{lived.step.number}.{phase}": prompt.text
        for lived in live_again(view, scaffold, shown.episode, shown.steps[-1])
        if lived.step.number in shown.steps
        for phase, prompt in lived.openings.items()
    }
    if part not in texts:
        raise RunError(f"there is no prompt {part!r}; there is: {', '.join(texts)}. Which ones depends on `steps`")
    return texts[part]


def _answer(said: dict[str, Any], effects: Effects, shown: Sample) -> Mapping[str, Any]:
    told = {**said, **effects.result(), "episode": shown.episode.id}
    pieces = (
        {
            "part": name,
            "chars_before": len(before),
            "changed": diff_of(before, text, _DIFF_ROOM),
            **excerpt(text, 0, _PIECE_ROOM),
        }
        for name, before, text in effects.shown
    )
    return {**told, "prompts": within(pieces, MOST_CHARS - chars_of(told) - 100)}


def screen_on_recorded(
    view: View, scaffold: ResolvedScaffold, env: EnvSection | None = None, most: int = SAMPLED
) -> str:
    """What speaks against a scaffold as soon as recorded steps are shown to it; empty when nothing does.

    Arguments:
        view: the episodes of its last version, the incumbent, are used.
        scaffold: self-contained, found to fit the world.
        env: the world and its settings; those of the recordings when left out.
        most: how many steps the sample holds; all steps before them are lived too.
    """
    try:
        for sample in spread(view.of_version(), most):
            for lived in live_again(view, scaffold, sample.episode, sample.steps[-1], env):
                for phase, prompt in lived.openings.items():
                    if problem := _unfit(prompt.text):
                        return (
                            f"at step {lived.step.number} of episode {sample.episode.id}: the {phase} prompt {problem}"
                        )
    except Unplayable as problem:
        return str(problem)
    return ""


def _unfit(prompt: str) -> str:
    if not prompt.strip():
        return "is empty"
    too_long = len(prompt) > LONGEST_PROMPT
    return f"has {len(prompt):,} characters; at most {LONGEST_PROMPT:,} are worth playing" if too_long else ""


TOOLS = (
    Tool(
        "render_under_patch",
        "Tries a patch on recorded steps without playing: the same observations, actions and model answers are lived"
        " again under the patched scaffold. Says what is wrong with the patch, or else how prompt sizes change by"
        " section, how often notices, guards and updates would fire (those it adds or changes even where never), which"
        " writes would be refused, and shows prompts.",
        Render,
        render_under_patch,
    ),
)
