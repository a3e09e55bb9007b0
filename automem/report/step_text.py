"""A trace as text: an episode on a page, a step in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from automem.agent.record import Header, Op, Step, Turn
from automem.printable import printable
from automem.traces.summary import titled


def overview(header: Header, steps: Iterable[Step]) -> Iterator[str]:
    """An episode, a line for each step: action, reward, what was achieved, operations, firings.

    Arguments:
        header, steps: its trace; the lines come as the steps are read.
    """
    yield printable(f"{_played(header)} · {header.stage} · {header.scaffold}")
    for step in steps:
        yield printable(_line(step))
        if step.done:
            yield printable(f"over after {step.number} steps: {step.end}, progression {step.progression:.2%}")


def step_view(header: Header, step: Step) -> Iterator[str]:
    """One step in full: every message verbatim, every answer, operation and reply, in the order played.

    Control characters are spelt out (`\\x1b`), so that no text of a model or a world drives the terminal.

    Arguments:
        header, step: from its trace.
    """
    blocks = chain(
        [f"step {step.number} · {_played(header)} · {header.scaffold}"],
        _block("observation", step.observation),
        *(_turn(turn, _of_turn(step, turn)) for turn in step.turns),
        _rest(step),
        _firings(step),
        _world(step),
    )
    return map(printable, blocks)


def step_brief(header: Header, step: Step, *, lines: int = 12) -> Iterator[str]:
    """One step in short: the beginning of the observation, the action, and operations without their replies.

    Arguments:
        header, step: from its trace.
        lines: of the observation, at most.
    """
    seen = step.observation.splitlines()
    left = [f"… {len(seen) - lines} more lines"] if len(seen) > lines else []
    asked = (next(_op(op)) for op in step.ops)
    yield from map(printable, (f"step {step.number} · {_played(header)}", *seen[:lines], *left, *asked))
    achieved = [f"achieved {', '.join(step.events)}"] if step.events else []
    came = [f"action {_action(step)}", f"reward {step.reward:+g}", f"progression {step.progression:.2%}", *achieved]
    yield printable(f"── {', '.join(came)}")


def _line(step: Step) -> str:
    parts = [f"{step.number:>5}", _action(step)]
    if step.intention not in (None, step.action):
        parts.append(f"withdrawn {step.intention!r}")
    if step.reward:
        parts.append(f"reward {step.reward:+g}")
    if step.events:
        parts.append(f"achieved {', '.join(step.events)}")
    for phase in dict.fromkeys(op.phase for op in step.ops):
        parts.append(f"{phase}: {_summary([op for op in step.ops if op.phase == phase])}")
    if step.firings:
        parts.append(" ".join(f"{firing.kind}:{firing.name}" for firing in step.firings))
    return " | ".join(parts)


def _action(step: Step) -> str:
    if step.fallback:
        return f"{step.action} (fallback for {step.raw!r})" if step.raw else f"{step.action} (fallback)"
    if step.raw != step.action:
        return f"{step.action} (written {step.raw!r})"
    return step.action


def _summary(ops: list[Op]) -> str:
    """Operations counted by name and status: `SEARCH ×2, APPEND denied`."""
    counts = Counter((op.op or op.verb, "" if op.status == "ok" else op.status) for op in ops)
    return ", ".join(
        f"{name} {status}".rstrip() + (f" ×{times}" if times > 1 else "") for (name, status), times in counts.items()
    )


def _turn(turn: Turn, ops: Iterable[Op]) -> Iterator[str]:
    yield f"\n══ {turn.phase}, turn {turn.turn}, {turn.role}, conversation {turn.conversation}: {_sizes(turn)}"
    for said in turn.new:
        yield from _block(said.speaker, said.text)
    yield from _block("answer", turn.answer)
    for op in ops:
        yield from _op(op)


def _sizes(turn: Turn) -> str:
    parts = [f"prompt {turn.prompt_chars:,} characters"]
    if turn.input_tokens is not None:
        cached = "" if turn.cached_tokens is None else f" ({turn.cached_tokens:,} cached)"
        parts.append(f"{turn.input_tokens:,} tokens{cached}")
    if turn.output_tokens is not None:
        parts.append(f"answer {turn.output_tokens:,} tokens")
    parts.append(f"{turn.seconds:.2f} s")
    if turn.retries:
        parts.append(f"{turn.retries} retries")
    return ", ".join([*parts, turn.finish])


def _of_turn(step: Step, turn: Turn) -> list[Op]:
    return [op for op in step.ops if op.role != "engine" and (op.phase, op.turn) == (turn.phase, turn.turn)]


def _rest(step: Step) -> Iterator[str]:
    """The operations of no model call: the scaffold's own updates."""
    called = {(turn.phase, turn.turn) for turn in step.turns}
    rest = [op for op in step.ops if op.role == "engine" or (op.phase, op.turn) not in called]
    if rest:
        yield "\n══ the scaffold's own operations"
    for op in rest:
        yield from _op(op)


def _op(op: Op) -> Iterator[str]:
    asked = [op.op or op.verb, op.file, *(f"{name}={value!r}" for name, value in op.args.items())]
    came = [op.status]
    if op.before != op.after:
        came.append(f"{op.before} → {op.after} characters")
    if op.shown:
        came.append(f"{op.shown} of {op.total} lines")
    if op.redundant:
        came.append("already there")
    yield f"── {' '.join(filter(None, asked))} → {', '.join(came)}"
    if op.reply:
        yield op.reply


def _firings(step: Step) -> Iterator[str]:
    if step.firings:
        yield "\n══ notices, guards and updates"
    for firing in step.firings:
        where = f" ({firing.phase})" if firing.phase else ""
        yield f"{firing.kind} {firing.name}{where}: {firing.effect}".rstrip(": ")


def _world(step: Step) -> Iterator[str]:
    yield "\n══ in the world"
    yield f"action {_action(step)}"
    if step.intention is not None:
        yield f"withdrawn while consulting: {step.intention}"
    yield f"reward {step.reward:+g}, progression {step.progression:.2%}"
    if step.events:
        yield f"achieved {', '.join(step.events)}"
    if step.done:
        yield f"over: {step.end}"
        yield from _block("outcome", step.outcome)


def _block(title: str, text: str) -> Iterator[str]:
    yield f"── {title}"
    yield text


def _played(header: Header) -> str:
    return f"{header.env} · {titled(header.task, header.note)} · seed {header.seed}"
