"""What determines an episode, as a hash: the same key means the same episode, so it need not be played."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automem.agent.record import Role
from automem.engines import ENGINES
from automem.engines.adapters import CONFIG
from automem.engines.base import Identifying
from automem.envs.base import TaskInfo
from automem.registry import UnknownPart
from automem.spec.experiment import EnvSection, ModelSection, Sampling
from automem.traces.store import FORMAT as TRACE_FORMAT

EPISODE_FORMAT = 3
"""Raised whenever the engine plays the same scaffold differently: no older episode is reused then."""

TRANSPORT = frozenset({"base_url", "key_env", "timeout_s", "retries"})
"""Settings that decide how a model is reached, not what it answers: a server may move while a run is
resumed. Two different models must therefore have different names."""

_CARD = "README.md"
_MADE_ON = "base_model_name_or_path"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Episode:
    """One episode that an experiment asks for.

    Arguments:
        key: hash of all that determines it, 64 hex digits.
        stage: `select`, `train` or `report`.
        task, seed: what is played.
        replay: 0, or which fresh sampling of the same episode it is, counted from 1.
    """

    key: str
    stage: str
    task: str
    seed: int
    replay: int = 0

    @property
    def id(self) -> str:
        """A name for people and files: `<task>-<seed>-<first 8 digits of the key>`."""
        return f"{_UNSAFE.sub('_', self.task)}-{self.seed}-{self.key[:8]}"


def model_identity(model: ModelSection, base: ModelSection) -> dict[str, Any]:
    """All that decides what a model answers, as plain data.

    Arguments:
        model: its entry in the experiment.
        base: the entry of the model that it is an adapter of, where it is one. An adapter that is still to be
            trained answers as its base.
    """
    whole = base if model.adapter_of else model
    return {
        "engine": whole.engine,
        **_identity(whole),
        "adapter": weights_hash(Path(model.adapter)) if model.adapter else None,
    }


def _identity(model: ModelSection) -> Mapping[str, Any]:
    """What its engine says that decides a model's answers; of most engines, its name and settings."""
    factory: object = None
    with suppress(UnknownPart):  # said when the engine is made
        factory = ENGINES.load(model.engine or "")
    if isinstance(factory, Identifying):
        return factory.identity(model.model, model.settings)
    settings = {name: value for name, value in model.settings.items() if name not in TRANSPORT}
    return {"model": model.model, "settings": settings}


def weights_hash(folder: Path) -> str:
    """A hash over the names and contents of an adapter's files, 64 hex digits.

    What only tells of its making is left out: the card beside it, and where its base lay.
    """
    found = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != _CARD):
        found.update(f"{file.relative_to(folder).as_posix()}\0{_content(file)}\n".encode())
    return found.hexdigest()


def _content(file: Path) -> str:
    if file.name == CONFIG:
        with suppress(ValueError, TypeError):
            entries = dict(json.loads(file.read_text(encoding="utf-8")))
            return _hash({name: value for name, value in entries.items() if name != _MADE_ON})
    content = hashlib.sha256()
    with file.open("rb") as data:
        while block := data.read(1 << 20):
            content.update(block)
    return content.hexdigest()


def episode_key(
    scaffold_hash: str,
    env: EnvSection,
    info: TaskInfo,
    seed: int,
    models: Mapping[Role, Mapping[str, Any]],
    sampling: Sampling,
    replay: int = 0,
) -> str:
    """The key of one episode: SHA-256 over the canonical JSON of all that determines it.

    Arguments:
        scaffold_hash: hash of the resolved scaffold.
        env: the world and its settings.
        info: the task, and the version of what plays it.
        seed: the world's seed.
        models: role → identity of the model that answers it; every role is named, also when two share one.
        sampling: how answers are drawn.
        replay: which fresh sampling it is; calls are seeded by the key, so that each draws anew.
    """
    conditions = _conditions(env, _settings(env, [info]), info.version, models, sampling)
    again = {"replay": replay} if replay else {}
    return _hash({**conditions, "scaffold": scaffold_hash, "task": info.task, "seed": seed, **again})


def conditions_of(
    env: EnvSection, tasks: Iterable[TaskInfo], models: Mapping[Role, Mapping[str, Any]], sampling: Sampling
) -> str:
    """What keys hold besides scaffold, task and seed: 8 digits of a hash, and in words what people change most.

    Arguments: as for `episode_key`; `tasks` are all that are played under them. Such as `1a2b3c4d: max_steps=60,
    scripted crafter`; what the words leave out (an engine's settings, the world's versions) is in the hash.
    """
    known = tuple(tasks)
    settings = _settings(env, known)
    said = [f"{name}={canonical(value)}" for name, value in sorted(settings.items())]
    names = dict.fromkeys(name for model in models.values() for name in _names_of(model))
    usual = Sampling().model_dump()
    drawn = [f"{name}={value}" for name, value in sampling.model_dump().items() if value != usual[name]]
    words = ", ".join([*said, " + ".join(names), *drawn])
    versions = sorted({info.version for info in known})
    return f"{_hash(_conditions(env, settings, versions, models, sampling))[:8]}: {words}"


def _names_of(identity: Mapping[str, Any]) -> Iterator[str]:
    """A model in words, and the adapter on it: `local tiny`, `adapter 1a2b3c4d`."""
    yield f"{identity['engine']} {identity['model']}".rstrip()
    if identity["adapter"]:
        yield f"adapter {identity['adapter'][:8]}"


def _settings(env: EnvSection, tasks: Iterable[TaskInfo]) -> dict[str, Any]:
    """The world's settings without those that the versions of the tasks tell all about."""
    covered = {name for info in tasks for name in info.covered}
    return {name: value for name, value in env.settings.items() if name not in covered}


def _conditions(
    env: EnvSection,
    settings: Mapping[str, Any],
    version: str | list[str],
    models: Mapping[Role, Mapping[str, Any]],
    sampling: Sampling,
) -> dict[str, Any]:
    return {
        "format": [EPISODE_FORMAT, TRACE_FORMAT],
        "env": {"name": env.name, "version": version, "settings": settings},
        "models": models,
        "sampling": sampling.model_dump(),
    }


def _hash(data: object) -> str:
    return hashlib.sha256(canonical(data).encode()).hexdigest()


def canonical(data: object) -> str:
    """Plain data as JSON with sorted keys and no spaces: equal data gives equal text."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def call_seed(key: str, index: int) -> int:
    """The sampling seed of an episode's call number `index` (from 0): 0 to 2**31 - 1."""
    word = hashlib.sha256(f"{key}:{index}".encode()).digest()[:4]
    return int.from_bytes(word, "big") >> 1
