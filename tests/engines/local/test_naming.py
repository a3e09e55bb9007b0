"""How a model is named, what is missing, and what makes its answers the same answers."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from automem.api.doctor import doctor
from automem.engines import ENGINES
from automem.engines.local import create
from automem.engines.local.device import pick_device
from automem.engines.local.worker import fitting_threads
from automem.errors import AutoMemError, EngineRefused
from automem.runs.keys import model_identity
from automem.spec.experiment import ModelSection

from .conftest import Make, asking


def identity(folder: Path, **settings: object) -> dict[str, object]:
    section = ModelSection.model_validate({"engine": "local", "model": str(folder), **settings})
    return model_identity(section, section)


def test_the_registry_knows_it() -> None:
    assert ENGINES.load("local") is create


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("no/such/folder", "there is no folder"),
        ("./nowhere", "there is no folder"),
        ("nowhere", "there is no folder"),
        (".", "holds no model"),
    ],
)
def test_names_that_are_no_model(model: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AutoMemError, match=message):
        create(model, {})


def test_a_missing_box_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("automem.engines.local.place.shipped_model", lambda: tmp_path / "tiny")
    with pytest.raises(AutoMemError, match="lacks the model in the box"):
        create("tiny", {})


async def test_a_hub_name_without_a_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    engine = create("nobody/no-model-of-this-name", {})
    with pytest.raises(EngineRefused, match="Without a network, put its"):
        await engine.check()
    await engine.close()


def test_missing_extras_are_named(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(AutoMemError, match=r"needs torch; install with pip install 'automem\[local\]'"):
        create(str(model), {})


def test_settings_are_checked(model: Path) -> None:
    with pytest.raises(AutoMemError, match="thread: unknown setting; did you mean 'threads'"):
        create(str(model), {"thread": 2})
    with pytest.raises(AutoMemError, match="dtype: input should be"):
        create(str(model), {"dtype": "int3"})


def test_a_device_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: False)
    with pytest.raises(EngineRefused, match="has no mps"):
        pick_device("m", "mps")


def test_small_models_get_one_thread() -> None:
    assert [fitting_threads(size, 16) for size in (2_000_000, 40_000_000, 7_000_000_000)] == [1, 4, 8]
    assert fitting_threads(7_000_000_000, 1) == 1


def test_weights_decide_what_is_the_same_and_their_place_does_not(model: Path, tmp_path: Path) -> None:
    moved = Path(shutil.copytree(model, tmp_path / "model"))
    assert identity(moved, threads=2, batch=4) == identity(model, dtype="auto")
    assert identity(model, dtype="bfloat16") != identity(model)
    (moved / "README.md").write_text("A card.")
    assert identity(moved) == identity(model)
    weights = bytearray((moved / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (moved / "model.safetensors").write_bytes(weights)
    assert identity(moved) != identity(model)


def test_large_files_are_told_apart_by_samples(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("automem.engines.local.place._WHOLE", 1 << 18)
    moved = Path(shutil.copytree(model, tmp_path / "model"))
    assert identity(moved) == identity(model)
    weights = bytearray((moved / "model.safetensors").read_bytes())
    weights[len(weights) // 2] ^= 1
    (moved / "model.safetensors").write_bytes(weights)
    assert identity(moved) != identity(model)


async def test_a_damaged_model_says_which(make: Make, model: Path, tmp_path: Path) -> None:
    broken = Path(shutil.copytree(model, tmp_path / "broken"))
    (broken / "model.safetensors").unlink()
    with pytest.raises(EngineRefused, match="cannot be loaded"):
        await make(broken).check()


async def test_a_model_without_a_chat_template(make: Make, model: Path, tmp_path: Path) -> None:
    silent = Path(shutil.copytree(model, tmp_path / "silent"))
    (silent / "chat_template.jinja").unlink()
    with pytest.raises(EngineRefused, match="has no chat template"):
        await make(silent).ask(asking("tree"))


def test_the_doctor_says_whether_models_can_run_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def row() -> tuple[str, str]:
        return next((row.verdict, row.found + row.remedy) for row in doctor() if row.what == "engine local")

    assert row()[0] == "ok"
    assert "torch" in row()[1]
    monkeypatch.setitem(sys.modules, "transformers", None)
    assert row() == ("absent", "transformers not installedpip install 'automem[local]'")
