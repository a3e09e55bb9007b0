"""Every metric of an episode: what it means, in which unit, and which way is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Better = Literal["up", "down", "none"]


@dataclass(frozen=True)
class Metric:
    """One metric.

    Arguments:
        meaning: what is measured, in one sentence.
        unit: of the value; a `share` lies between 0 and 1.
        better: which way a good agent moves it; `none` where neither way is good as such.
        per: what a suffix after the first dot of a measured name narrows it to (`calls.base`,
            `duplicate_lines.map.md`); empty when the metric has no suffix.
        absent: the value of an episode whose measurements lack the name: 0 for counts of what may not
            happen at all, None where nothing can be said.
    """

    meaning: str
    unit: str
    better: Better
    per: Literal["", "phase", "role", "file", "name"] = ""
    absent: float | None = None


def metric_of(name: str) -> Metric:
    """The metric behind a measured name, with or without suffix.

    Raises:
        KeyError: there is no such metric.
    """
    return METRICS[name.partition(".")[0]]


METRICS: dict[str, Metric] = {
    # What came of it
    "progression": Metric("the task's measure of success at the end", "share", "up"),
    "steps": Metric("steps played", "steps", "none"),
    "reward": Metric("the world's own reward, summed", "reward", "up"),
    # Actions
    "invalid_rate": Metric("steps whose written action was not one of the world's", "share", "down"),
    "fallback_rate": Metric("steps on which the default action ran instead", "share", "down"),
    "intention_differs": Metric(
        "of the steps whose consultation wrote an action, which is withdrawn, those that then did another",
        "share",
        "none",
    ),
    "unchanged_rate": Metric(
        "steps, from the second, whose observation equals the one before, white space at the ends aside",
        "share",
        "down",
    ),
    "repeated_action_rate": Metric("steps, from the second, that repeat the action before", "share", "down"),
    "repeated_when_unchanged": Metric(
        "of the steps with an unchanged observation, those that repeat the action before", "share", "down"
    ),
    "longest_run": Metric("the longest run of one action", "steps", "down"),
    "back_and_forth_rate": Metric(
        "steps, from the fourth, that end four actions alternating between two", "share", "down"
    ),
    "back_and_forth_when_unchanged": Metric(
        "of the steps from the fourth with an unchanged observation, those that end such an alternation",
        "share",
        "down",
    ),
    # Memory
    "writes_per_search": Metric("the agent's writes for each of its searches, in LOG", "writes", "down"),
    "memory_growth": Metric(
        "growth of all files but reference and automatic ones, for each step", "characters/step", "down"
    ),
    "memory_chars": Metric("final size of all files but reference and automatic ones", "characters", "down"),
    "file_chars": Metric("final size of a file", "characters", "none", "file", absent=0.0),
    "duplicate_lines": Metric(
        "of the final lines that are not blank, those that already stand above in the same file; reference files aside",
        "share",
        "down",
        "file",
    ),
    "empty_search_rate": Metric("of the agent's searches, those that found nothing", "share", "down", "phase"),
    "redundant_write_rate": Metric("of the agent's writes, those that say what already stands there", "share", "down"),
    "blind_write_rate": Metric(
        "of the agent's writes, those to a file it had not looked at (any verb that reads) in the same step",
        "share",
        "down",
    ),
    "log_without_ops_rate": Metric(
        "of the LOG phases, those in which the agent did nothing but end it", "share", "none"
    ),
    "ops": Metric("the agent's memory operations in a phase, each time it is run", "operations", "none", "phase"),
    "memory_ops": Metric("the agent's memory operations of a step", "operations/step", "none", "role"),
    "turns": Metric("model calls in a phase, each time it is run", "calls", "down", "phase"),
    "malformed_op_rate": Metric(
        "of the agent's operations, those that were malformed or are not in the vocabulary", "share", "down"
    ),
    "denied_op_rate": Metric("of the agent's operations, those its phase does not allow", "share", "down"),
    "rejected_op_rate": Metric("of the agent's operations, those a guard rejected", "share", "down"),
    # What the scaffold did
    "guard": Metric("how often a guard acted", "times/100 steps", "none", "name", absent=0.0),
    "notice": Metric("how often a notice spoke", "times/100 steps", "none", "name", absent=0.0),
    "update": Metric("how often an update wrote", "times/100 steps", "none", "name", absent=0.0),
    # Models
    "calls": Metric("model calls", "calls", "down", "role", absent=0.0),
    "model_seconds": Metric("time the model calls took, summed", "seconds", "down", "role", absent=0.0),
    "call_seconds": Metric("time a model call took", "seconds/call", "down", "role"),
    "input_chars": Metric("prompt text of a step, summed over its calls", "characters/step", "down", "role"),
    "longest_input_chars": Metric("prompt text of a step's longest call", "characters/step", "down", "role"),
    "input_tokens": Metric("prompt tokens of a step, summed over its calls", "tokens/step", "down", "role"),
    "longest_input_tokens": Metric("prompt tokens of a step's longest call", "tokens/step", "down", "role"),
    "total_input_tokens": Metric("prompt tokens of the episode", "tokens", "down", "role"),
    "total_cached_tokens": Metric("prompt tokens the server read from its cache", "tokens", "up", "role"),
    "total_output_tokens": Metric("tokens of all answers", "tokens", "down", "role"),
    "cached_share": Metric("of the prompt tokens, those the server read from its cache", "share", "up", "role"),
    "uncached_share": Metric(
        "of the prompt text, what a prefix cache would have to read afresh that holds the static beginnings"
        " and everything the same model has read and answered in this episode",
        "share",
        "down",
        "role",
    ),
}
