"""The recipe document: which of the agent's memory decisions are trained on, in what mixture, and how."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, model_validator

from automem.spec.experiment import NAME_PATTERN, Section


def _once(names: list[str]) -> list[str]:
    if len(set(names)) < len(names):
        raise ValueError("one of them is named twice")
    return names


PhaseName = Literal["log", "plan"]
Phases = Annotated[list[PhaseName], Field(min_length=1), AfterValidator(_once)]
Part = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""What a criterion or a part of the score is called; verdicts and ledgers name it."""

Layer = Literal["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
TARGETS: tuple[str, ...] = get_args(Layer)
"""The linear layers that servers put adapters on rightly, as transformers names them."""


class Criterion(Section):
    """A condition that an example must meet."""

    when: str = Field(description="an expression over the features of an example; it is kept where this holds")
    phases: Phases = Field(default=["log", "plan"], description="which examples are asked")
    about: str = Field("", description="what it is for")


class Weight(Section):
    """A part of an example's score."""

    value: str = Field(description="an expression over the features of an example: a number, or true for 1")
    weight: float = Field(1.0, allow_inf_nan=False, description="what it is multiplied by; below 0 it counts against")
    phases: Phases = Field(default=["log", "plan"], description="which examples it counts for")
    about: str = Field("", description="what it is for")


class Judge(Section):
    """Scores by the meta-LLM, from 0 to 10; its answers are recorded and never asked for twice."""

    rubric: str = Field(min_length=1, max_length=20_000, description="what makes a memory decision good, in words")
    weight: float = Field(1.0, allow_inf_nan=False, description="what the score, divided by 10, is multiplied by")
    at_least: float = Field(0.0, ge=0, le=10, description="examples below this score are dropped")
    most: int = Field(
        500, ge=1, le=10_000, description="how many are judged, those of the highest score so far; others are dropped"
    )


class Selection(Section):
    """Which examples are good enough."""

    episodes: float = Field(1.0, gt=0, le=1, description="the share of each task's episodes, best progression first")
    keep: dict[Part, Criterion] = Field(default={}, max_length=100, description="filters: all that apply must hold")
    score: dict[Part, Weight] = Field(
        default={}, max_length=100, description="what ranks the examples that are kept; with nothing here, a fixed lot"
    )
    judge: Judge | None = Field(None, description="a model's opinion besides")


class Composition(Section):
    """In what mixture."""

    most: int = Field(2000, ge=1, le=100_000, description="examples at most, best score first, held-out ones included")
    minimum: int = Field(1, ge=1, description="with fewer to train on the trial is not made")
    log_share: float | None = Field(None, ge=0, le=1, description="share of LOG; as they come when left out")
    per_episode: int | None = Field(None, ge=1, description="examples of one episode at most")
    per_pattern: float | None = Field(
        None, gt=0, le=1, description="share of the room of a phase that one sequence of ops may take"
    )
    near_duplicates: float | None = Field(
        None,
        gt=0,
        le=1,
        description="of examples with the same sequence of ops, and texts at least this alike, the best stays",
    )
    held_out: float = Field(0.05, ge=0, le=0.5, description="share of episodes held out for the evaluation loss")

    @model_validator(mode="after")
    def _possible(self) -> Composition:
        if self.minimum > self.most:
            raise ValueError(f"minimum {self.minimum} is more than most {self.most}")
        return self


class Lora(Section):
    """The adapter."""

    rank: int = Field(16, ge=1, le=1024, description="of the two factors that stand in for a change of weights")
    alpha: float = Field(32, gt=0, allow_inf_nan=False, description="the change is multiplied by alpha / rank")
    dropout: float = Field(0.0, ge=0, lt=1, description="share of the adapter's inputs left out at each step")
    # The list comes first, so that a wrong name in one is told as that, and not as a list where a word belongs.
    targets: Annotated[list[Layer], Field(min_length=1), AfterValidator(_once)] | Literal["attention", "all-linear"] = (
        Field("attention", description="attention (q k v o), all-linear, or the layers' names")
    )


class Training(Section):
    """The trainer."""

    learning_rate: float = Field(5e-5, gt=0, le=1, description="its highest value, after the warm-up")
    epochs: float = Field(3, gt=0, le=1000, description="passes over what is trained on")
    batch: int = Field(32, ge=1, description="examples per optimiser step, over all devices")
    micro_batch: int = Field(1, ge=1, description="examples per device at a time; the rest is accumulated")
    max_tokens: int = Field(16384, ge=16, description="longer examples are dropped, and counted")
    schedule: Literal["cosine", "linear", "constant"] = Field("cosine", description="how the learning rate falls")
    warmup: float = Field(0.05, ge=0, lt=1, description="share of all steps")
    packing: bool = Field(False, description="several examples in one row")
    seed: int = Field(0, ge=0, lt=2**31, description="of the training, and of the lot among equal scores")
    precision: Literal["auto", "float32", "bfloat16"] = Field("auto", description="bfloat16 on a GPU, else float32")
    checkpoints: int = Field(4, ge=1, le=1000, description="how often in a training what it needs to go on is saved")
    report_to: list[Literal["tensorboard", "wandb", "mlflow"]] = Field(default=[], description="besides the run itself")

    @model_validator(mode="after")
    def _fits(self) -> Training:
        if self.batch % self.micro_batch:
            raise ValueError(f"batch {self.batch} is no multiple of micro_batch {self.micro_batch}")
        return self


class Recipe(Section):
    """Loop 2's decision as one document."""

    kind: Literal["recipe"]
    name: str = Field(pattern=NAME_PATTERN, description="what ledgers call it")
    about: str = Field("", description="what it is for")
    reason: str = Field("", description="why this and not the last one")
    expects: str = Field("", description="what it should do, in words and figures")
    reuse: int | None = Field(None, ge=1, description="train on what that trial selected, instead of selecting anew")
    select: Selection = Selection()
    compose: Composition = Composition()
    lora: Lora = Lora()
    train: Training = Training()
