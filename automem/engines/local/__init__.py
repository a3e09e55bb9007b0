"""Engine `local`: a causal language model in this process, with any number of PEFT adapters on it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from automem.engines.local.engine import LocalEngine
from automem.engines.local.place import content_hash, find_model
from automem.engines.local.settings import LocalSettings
from automem.engines.settings import read_settings
from automem.errors import AutoMemError

__all__ = ["LocalEngine", "LocalFactory", "LocalSettings", "create", "missing_packages"]

NEEDS = ("torch", "transformers", "tokenizers", "safetensors")


def missing_packages() -> list[str]:
    """What the engine needs and is not installed."""
    return [name for name in NEEDS if find_spec(name) is None]


class LocalFactory:
    """Makes engines; see `EngineFactory` and `Identifying`."""

    def __call__(self, model: str, settings: Mapping[str, Any]) -> LocalEngine:
        """The engine of one model; nothing is loaded yet.

        Raises:
            AutoMemError: a setting is wrong, a package is missing, or there is no such folder.
        """
        checked = read_settings(LocalSettings, "local", model, settings)
        missing = missing_packages()
        if missing:
            raise AutoMemError(
                f"model {model!r} (engine local) needs {', '.join(missing)}; install with pip install 'automem[local]'"
            )
        return LocalEngine(model, find_model(model), checked)

    def identity(self, model: str, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """What decides a model's answers: the content of its folder, wherever that lies, and its numbers. Device,
        threads and sharing a batch decide no more than rounding.
        """
        weights = content_hash(model)
        return {
            "model": model if weights is None else Path(model).name,
            "weights": weights,
            "settings": {"dtype": settings.get("dtype", "auto")},
        }


create = LocalFactory()
