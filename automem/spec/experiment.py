"""The experiment document: which scaffold plays which seeds with which models, within which budget."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
MAX_SEEDS = 100_000
_RANGE = re.compile(r"([0-9]{1,10})\.\.([0-9]{1,10})")


def _one_range(text: str) -> list[int]:
    match = _RANGE.fullmatch(text.strip())
    if match:
        first, last = int(match[1]), int(match[2])
        if last < first:
            raise ValueError(f"the range {text} runs backwards")
        if last - first >= MAX_SEEDS:
            raise ValueError(f"the range {text} holds more than {MAX_SEEDS} seeds")
        return list(range(first, last + 1))
    if re.fullmatch(r"[0-9]{1,10}", text.strip()):
        return [int(text)]
    raise ValueError(f"{text!r} is neither a seed nor a range such as 42..51")


def _seeds(value: object) -> object:
    """`42..51`, `42`, `[1, 5..9]` or `{count: 100, from: 1000}` → a list of seeds."""
    if isinstance(value, dict):
        extra = set(value) - {"count", "from"}
        count, start = value.get("count"), value.get("from", 0)
        if extra or not isinstance(count, int) or not isinstance(start, int):
            raise ValueError("expected {count: how many, from: the first}")
        if not 0 < count <= MAX_SEEDS:
            raise ValueError(f"count must be between 1 and {MAX_SEEDS}")
        return list(range(start, start + count))
    parts = value if isinstance(value, list) else [value]
    seeds: list[int] = []
    for part in parts:
        if isinstance(part, bool) or not isinstance(part, int | str):
            raise ValueError("expected a seed, a range such as 42..51, a list of them, or {count, from}")
        seeds.extend([part] if isinstance(part, int) else _one_range(part))
        if len(seeds) > MAX_SEEDS:
            raise ValueError(f"more than {MAX_SEEDS} seeds")
    if len(set(seeds)) != len(seeds):
        raise ValueError("a seed is named twice")
    if any(seed < 0 or seed >= 2**31 for seed in seeds):
        raise ValueError("seeds lie between 0 and 2147483647")
    return seeds


Seeds = Annotated[
    list[int],
    BeforeValidator(_seeds),
    Field(min_length=1),
    WithJsonSchema(
        {
            "description": "42..51, 42, [1, 5..9] or {count: 100, from: 1000}",
            "anyOf": [
                {"type": "integer", "minimum": 0},
                {"type": "string", "pattern": r"^\d+(\.\.\d+)?$"},
                {"type": "array", "items": {"anyOf": [{"type": "integer"}, {"type": "string"}]}},
                {
                    "type": "object",
                    "properties": {"count": {"type": "integer"}, "from": {"type": "integer"}},
                    "required": ["count"],
                    "additionalProperties": False,
                },
            ],
        }
    ),
]


class Section(BaseModel):
    """A part of a document; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EnvSection(BaseModel):
    """The world and its tasks. Keys besides these two are the world's own settings (`max_steps`, …)."""

    model_config = ConfigDict(extra="allow", frozen=True)

    name: str = Field(description="the environment: a built-in or installed name, or module:attribute")
    tasks: list[str] | None = Field(None, min_length=1, description="which of its tasks; all when left out")

    @property
    def settings(self) -> dict[str, Any]:
        """The world's own settings."""
        return dict(self.model_extra or {})


class SeedSection(Section):
    """Which seeds each stage plays. The three sets must not overlap."""

    select: Seeds = Field(description="seeds that evaluate a scaffold and decide about changes")
    report: Seeds | None = Field(None, description="sealed seeds, opened once, at the end")
    train: Seeds | None = Field(None, description="seeds whose episodes may become training data")

    @model_validator(mode="after")
    def _disjoint(self) -> SeedSection:
        sets = {name: set(getattr(self, name) or ()) for name in ("select", "report", "train")}
        for one, other in (("select", "report"), ("select", "train"), ("report", "train")):
            shared = sorted(sets[one] & sets[other])
            if shared:
                raise ValueError(f"{one} and {other} share the seed {shared[0]}; they must not overlap")
        return self


class Prices(Section):
    """What a model costs, in US dollars per million tokens."""

    input: float = Field(ge=0, description="prompt tokens that no cache served")
    output: float = Field(ge=0, description="tokens of answers")
    cached: float | None = Field(None, ge=0, description="prompt tokens read from a cache; as input if left out")


class ModelSection(BaseModel):
    """One model. Keys besides these are the engine's own settings (`base_url`, `key_env`, …)."""

    model_config = ConfigDict(extra="allow", frozen=True)

    engine: str | None = Field(None, description="scripted, openai, anthropic, or module:attribute")
    model: str = Field("", description="the model's name, as the engine knows it")
    adapter_of: Literal["base"] | None = Field(None, description="this model is an adapter on that one")
    adapter: str | None = Field(None, description="folder of the adapter; filled by train when left out")
    prices: Prices | None = Field(None, description="enables money in plan, budget and report")

    @property
    def settings(self) -> dict[str, Any]:
        """The engine's own settings."""
        return dict(self.model_extra or {})

    @model_validator(mode="after")
    def _either(self) -> ModelSection:
        if (self.engine is None) == (self.adapter_of is None):
            raise ValueError("say either `engine` (a model of its own) or `adapter_of` (an adapter)")
        if self.adapter is not None and self.adapter_of is None:
            raise ValueError("`adapter` belongs to a model with `adapter_of`")
        return self


class ModelsSection(Section):
    """Who plays which role."""

    base: ModelSection = Field(description="commits the actions, and does all else where no specialist is")
    specialist: ModelSection | None = Field(None, description="logs and consults memory")
    meta: ModelSection | None = Field(None, description="proposes patches and recipes")

    @model_validator(mode="after")
    def _base_is_whole(self) -> ModelsSection:
        if self.base.engine is None:
            raise ValueError("base: needs an `engine`; only the specialist can be an adapter")
        return self


class Sampling(Section):
    """How answers are drawn."""

    temperature: float = Field(1.0, ge=0, le=2, description="0 is greedy")
    top_p: float = Field(1.0, gt=0, le=1, description="nucleus mass")
    max_tokens: int = Field(1024, ge=1, le=131_072, description="the longest answer, in tokens")


class Proposing(Section):
    """Limits of one proposal by a model; what it has spent counts against the budget of the run as well."""

    turns: int = Field(60, ge=1, le=300, description="answers of the meta-model")
    tokens: int = Field(3_000_000, gt=0, description="tokens in and out")
    usd: float | None = Field(None, gt=0, description="money, where the meta-model has prices")
    max_tokens: int = Field(16_000, ge=256, le=131_072, description="the longest answer, in tokens")


class Optimize(Section):
    """Loop 1: a meta-LLM proposes patches to the scaffold; play on the select seeds decides."""

    revisions: int = Field(5, ge=1, description="accepted changes at most")
    attempts: int = Field(3, ge=1, description="fresh proposals for each revision; when all fail, the loop ends")
    continuations: int = Field(1, ge=0, description="second tries that see the failed attempt's episodes")
    gate: Literal["paired", "mean"] = Field("paired", description="what decides that play improved")
    confidence: float = Field(0.9, gt=0.5, lt=1, description="how sure the paired gate must be, one-sided")
    screen: int = Field(0, ge=0, description="seeds of each task that a candidate plays first, to drop what is worse")
    replays: int = Field(0, ge=0, le=20, description="how often the incumbent plays the seeds again, freshly sampled")
    approval: Literal["auto", "manual"] = Field("auto", description="manual waits for `automem review`")
    propose: Proposing = Proposing()


class Train(Section):
    """Loop 2: the agent's own good memory decisions train a specialist."""

    recipe: str = Field(description="path of the first recipe, beside this file or among the shipped ones")
    trials: int = Field(5, ge=1, description="recipes tried at most; all but the first are proposed")
    gate: Literal["paired", "mean"] = Field("paired", description="what decides that play improved")
    confidence: float = Field(0.9, gt=0.5, lt=1, description="how sure the paired gate must be, one-sided")
    launch: str | None = Field(None, description="path of an accelerate configuration, found as `recipe` is")
    propose: Proposing = Proposing()


class Parallel(Section):
    """How much is played at once."""

    episodes: int = Field(10, ge=1, le=1024, description="episodes in flight together")
    backend: Literal["local", "ray"] = Field("local", description="where the episodes run")


class Budget(Section):
    """Limits over the whole run, resumed parts included; the run stops before the call that would pass one."""

    usd: float | None = Field(None, gt=0, description="money, where prices are given")
    hours: float | None = Field(None, gt=0, description="time spent playing")
    calls: int | None = Field(None, gt=0, description="model calls")
    tokens: int | None = Field(None, gt=0, description="tokens in and out")


class Experiment(Section):
    """What `automem apply` takes. Stages that are left out are not run: the simplest is an evaluation."""

    kind: Literal["experiment"]
    name: str = Field(pattern=NAME_PATTERN, description="names the run's folder")
    about: str = Field("", description="what this experiment is for")
    scaffold: str = Field(description="path of the scaffold, beside this file or among the shipped ones")
    env: EnvSection
    seeds: SeedSection
    models: ModelsSection
    sampling: Sampling = Sampling()
    optimize: Optimize | None = None
    train: Train | None = None
    parallel: Parallel = Parallel()
    budget: Budget = Budget()
