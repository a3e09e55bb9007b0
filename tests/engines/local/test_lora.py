"""Adapters on one model: PEFT's numbers, mixed in a batch, loaded and given back while others play."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file, save_file

from automem.engines.adapters import read_adapter
from automem.engines.base import Adapting
from automem.errors import AutoMemError, EngineRefused, EngineUnavailable

from .conftest import QUESTIONS, Make, Reference, asking
from .making import make_adapter, make_model

SAID = "<|SEARCH|>map.md|tree<|END|>"


async def test_log_probabilities_are_those_of_peft(make: Make, model: Path, adapters: list[Path]) -> None:
    engine, request = make(), asking(QUESTIONS[3])
    assert isinstance(engine, Adapting)
    for folder in (None, *adapters):
        asked = engine.adapted(folder) if folder else engine
        found = await asked.log_probs(request.messages, SAID)
        assert found == pytest.approx(Reference(model, folder).log_probs(request, SAID), abs=1e-4)


async def test_a_mixed_batch_answers_as_each_alone(make: Make, model: Path, adapters: list[Path]) -> None:
    base = make()
    engines = [base, *map(base.adapted, adapters)]
    together = await asyncio.gather(*(engine.ask(asking(text)) for text in QUESTIONS for engine in engines))
    references = [Reference(model), *(Reference(model, folder) for folder in adapters)]
    expected = [reference.answer(asking(text)) for text in QUESTIONS for reference in references]
    assert [answer.text for answer in together] == expected
    assert len(set(expected)) > 2 * len(QUESTIONS)


async def test_what_was_read_under_one_adapter_is_not_used_under_another(make: Make, adapters: list[Path]) -> None:
    base, fresh = make(), make(cache_mb=0)
    adapted, other = base.adapted(adapters[0]), fresh.adapted(adapters[0])
    request = asking("You play a game. tree", stable=16)
    assert (await base.ask(request)).cached_tokens == 0
    assert (await adapted.ask(request)).cached_tokens == 0
    again = await adapted.ask(request)
    assert again.cached_tokens > 0
    assert again.text == (await other.ask(request)).text


async def test_adapters_swap_while_others_are_answered(make: Make, model: Path, adapters: list[Path]) -> None:
    base = make()
    await base.check()
    running = [asyncio.create_task(base.ask(asking(text, max_tokens=60))) for text in QUESTIONS]
    worker = base.running
    for folder in adapters * 2:
        engine = base.adapted(folder)
        assert (await engine.ask(asking("tree"))).text == Reference(model, folder).answer(asking("tree"))
        await engine.close()
    plain = Reference(model)
    assert [(await task).text for task in running] == [plain.answer(asking(text, max_tokens=60)) for text in QUESTIONS]
    assert base.running is worker
    assert await base.call(lambda batch: batch.adapters.names) == set()


async def test_closing_an_adapter_tells_who_waits_for_it(make: Make, model: Path, adapters: list[Path]) -> None:
    base = make(batch=2)
    adapted = base.adapted(adapters[0])
    await adapted.check()
    long = [asyncio.create_task(adapted.ask(asking(text, max_tokens=1500, temperature=2.0))) for text in QUESTIONS[:3]]
    beside = asyncio.create_task(base.ask(asking("tree", max_tokens=40)))
    await asyncio.sleep(0)
    await adapted.close()
    for task in long:
        with pytest.raises(EngineUnavailable, match="an adapter on it was closed"):
            await task
    assert (await beside).text == Reference(model).answer(asking("tree", max_tokens=40))


async def test_an_adapted_engine_outlives_a_closed_model(make: Make, adapters: list[Path]) -> None:
    base = make()
    adapted = base.adapted(adapters[0])
    text = (await adapted.ask(asking("tree"))).text
    await base.close()
    assert (await adapted.ask(asking("tree"))).text == text
    await base.close()
    await adapted.close()


async def test_an_adapter_that_changes_nothing_is_refused(make: Make, adapters: list[Path], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(adapters[0], tmp_path / "idle"))
    weights = load_file(folder / "adapter_model.safetensors")
    save_file({name: value * 0 for name, value in weights.items()}, folder / "adapter_model.safetensors")
    base = make()
    await base.adapted(adapters[0]).check()
    with pytest.raises(EngineRefused, match="changes nothing"):
        await base.adapted(folder).check()


async def test_an_adapter_of_another_model_is_refused(make: Make, tmp_path: Path) -> None:
    other = make_model(tmp_path / "other", width=96)
    with pytest.raises(EngineRefused, match="do not fit the model"):
        await make().adapted(make_adapter(tmp_path / "adapter", other)).check()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"use_rslora": True}, "rank-stabilised"),
        ({"use_dora": True}, "DoRA"),
        ({"modules_to_save": ["lm_head"]}, "whole modules"),
        ({"bias": "lora_only"}, "trained biases"),
        ({"alpha_pattern": {"q_proj": 4}}, "an alpha of its own"),
        ({"rank_pattern": {"q_proj": 4}}, "a rank of its own"),
        ({"target_modules": ["q_proj", "embed_tokens"]}, "embeddings"),
        ({"peft_type": "IA3"}, "only LORA"),
        ({"r": 0}, "no rank"),
    ],
)
def test_adapters_that_servers_serve_wrongly(
    adapters: list[Path], tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    folder = Path(shutil.copytree(adapters[0], tmp_path / "adapter"))
    config = folder / "adapter_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | change))
    with pytest.raises(AutoMemError, match=reason):
        read_adapter(folder)


def test_a_folder_without_an_adapter(tmp_path: Path, adapters: list[Path]) -> None:
    with pytest.raises(AutoMemError, match=r"adapter_config\.json is missing"):
        read_adapter(tmp_path)
    folder = Path(shutil.copytree(adapters[0], tmp_path / "adapter"))
    (folder / "adapter_config.json").write_text("{")
    with pytest.raises(AutoMemError, match="cannot be read"):
        read_adapter(folder)
    assert read_adapter(adapters[0]).scaling == 2.0
