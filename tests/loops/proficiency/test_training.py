"""Training: what it leaves, and that it can be killed at any time."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from peft import PeftConfig
from trl.trainer.sft_config import SFTConfig

from automem.engines.adapters import read_adapter
from automem.engines.base import Message, Request
from automem.engines.local import create
from automem.errors import AutoMemError, RunError
from automem.library import shipped
from automem.loops.proficiency.job import read_job
from automem.loops.proficiency.trainer import run
from automem.loops.proficiency.training import Job, Point, Trained, TrainingFailed, command, find_launch, train

from . import apprentice

TWO = """\
compute_environment: LOCAL_MACHINE
distributed_type: MULTI_GPU
num_machines: 1
num_processes: 2
mixed_precision: 'no'
"""


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> None:
    os.environ["OMP_NUM_THREADS"] = "1"
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return apprentice.model(tmp_path_factory.mktemp("base") / "model")


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory, base: Path) -> tuple[Job, Trained, list[Point]]:
    """An undisturbed training."""
    job, points = apprentice.job(tmp_path_factory.mktemp("job"), base), list[Point]()
    return job, asyncio.run(train(job, points.append)), points


def same_weights(one: Path, other: Path) -> bool:
    left, right = apprentice.weights(one), apprentice.weights(other)
    return left.keys() == right.keys() and all(torch.allclose(left[name], right[name], atol=1e-6) for name in left)


def test_the_loss_falls_and_the_adapter_speaks(school: tuple[Job, Trained, list[Point]], base: Path) -> None:
    job, trained, points = school
    losses = [point.loss for point in points if point.loss is not None]
    assert [point.step for point in points if point.loss is not None] == list(range(1, 10))
    assert losses[-1] < losses[0] - 1
    assert trained.held_out_loss is not None
    assert trained.held_out_before is not None
    assert trained.held_out_loss < trained.held_out_before - 1
    before, after = (apprentice.log_probability(base, adapter, 12) for adapter in (None, trained.adapter))
    assert after > before + 1
    assert (trained.examples, trained.held_out, trained.steps, trained.dropped) == (12, 2, 9, {})
    assert trained.tokens == 3 * sum(len(apprentice.encoded(base, number).input_ids) for number in range(12))
    assert job.points() == points


def test_the_loss_before_training_is_the_base_models(school: tuple[Job, Trained, list[Point]], base: Path) -> None:
    rows = [apprentice.encoded(base, number) for number in (12, 13)]
    counts = [sum(label != -100 for label in row.labels) for row in rows]
    sums = [
        count * apprentice.log_probability(base, None, number) for count, number in zip(counts, (12, 13), strict=True)
    ]
    assert school[1].held_out_before == pytest.approx(-sum(sums) / sum(counts), rel=1e-4)


def test_the_adapter_is_a_plain_peft_folder_with_a_card(school: tuple[Job, Trained, list[Point]], base: Path) -> None:
    _, trained, _ = school
    assert {file.name for file in trained.adapter.iterdir()} == {
        "README.md",
        "adapter_config.json",
        "adapter_model.safetensors",
    }
    assert read_adapter(trained.adapter).scaling == 2
    config = PeftConfig.from_pretrained(str(trained.adapter))
    assert config.base_model_name_or_path == str(base)
    assert json.loads((trained.adapter / "adapter_config.json").read_text())["target_modules"] == sorted(
        ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    )
    card = (trained.adapter / "README.md").read_text()
    assert "| examples | 12 trained on, 2 held out; left out: none |" in card
    assert f"| held-out loss | {trained.held_out_before:.4f} before, {trained.held_out_loss:.4f} after |" in card


async def test_the_adapter_writes_the_op_and_stops(base: Path, tmp_path: Path) -> None:
    """In the engine that plays, on a prompt it was not trained on."""
    job = apprentice.job(
        tmp_path / "job", base, dropout=0, epochs=30, schedule="constant", micro_batch=4, checkpoints=1
    )
    await asyncio.to_thread(run, job)
    request = Request((Message("user", apprentice.lesson(12).messages[0].text),), temperature=0, max_tokens=40)
    engine = create(str(base), {"device": "cpu"})
    adapted = engine.adapted(job.adapter)
    plain, taught = await engine.ask(request), await adapted.ask(request)
    await adapted.close()
    await engine.close()
    assert re.fullmatch(r"<\|SEARCH\|>map\.md\|\w+<\|END\|>", taught.text)
    assert (taught.finish, plain.finish) == ("stop", "length")


async def test_a_finished_training_does_nothing(school: tuple[Job, Trained, list[Point]]) -> None:
    job, trained, _ = school
    log, points = job.log.stat(), list[Point]()
    assert await train(job, points.append) == trained
    assert (points, job.log.stat()) == ([], log)


async def test_a_folder_belongs_to_one_training(school: tuple[Job, Trained, list[Point]], base: Path) -> None:
    job, _, _ = school
    assert read_job(job.folder) == job
    with pytest.raises(RunError, match=r"job\.json: the folder holds another training"):
        await train(apprentice.job(job.folder, base, epochs=4))


@pytest.mark.parametrize(
    ("file", "text"),
    [("job.json", ""), ("job.json", "[1]"), ("job.json", "{}"), ("lessons.jsonl", "no JSON"), ("lessons.jsonl", "{}")],
)
def test_a_damaged_folder_is_told(base: Path, tmp_path: Path, file: str, text: str) -> None:
    apprentice.job(tmp_path, base).write()
    (tmp_path / file).write_text(text)
    with pytest.raises(RunError, match=r"this is no training's folder, or it is damaged: .*; remove it"):
        read_job(tmp_path)


async def killed_at(job: Job, step: int) -> int:
    """Train until the curve is past `step`, then kill the trainer; gives the step it goes on from."""
    training = asyncio.create_task(train(job))
    while not any(point.step > step for point in job.points()):
        assert not training.done()
        await asyncio.sleep(0.02)
    training.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await training
    return max((int(path.parent.name.rpartition("-")[2]) for path in job.checkpoints.glob("*/whole")), default=0)


async def test_a_killed_training_ends_as_an_undisturbed_one(
    school: tuple[Job, Trained, list[Point]], base: Path, tmp_path: Path
) -> None:
    job, points = apprentice.job(tmp_path / "job", base), list[Point]()
    last = await killed_at(job, 3)
    assert 3 <= last < 9
    # What a kill while a checkpoint is written leaves: the folder, without the mark that it is whole.
    (job.checkpoints / "checkpoint-8").mkdir()
    with job.curve.open("ab") as curve:
        curve.write(b'{"step": 8, "of"')
    trained = await train(job, points.append)
    assert [point.step for point in job.points()] == [point.step for point in school[2]]
    for one, other in zip(job.points(), school[2], strict=True):
        assert (one.loss or one.held_out_loss) == pytest.approx(other.loss or other.held_out_loss, rel=1e-4)
    assert same_weights(trained.adapter, school[1].adapter)
    assert trained.tokens == school[1].tokens
    assert (trained.adapter / "adapter_config.json").read_bytes() == (
        school[1].adapter / "adapter_config.json"
    ).read_bytes()


def test_a_kill_before_the_adapter_is_there_costs_no_step(
    school: tuple[Job, Trained, list[Point]], base: Path, tmp_path: Path
) -> None:
    shutil.copytree(school[0].folder, tmp_path / "job")
    job = apprentice.job(tmp_path / "job", base)
    job.adapter.rename(tmp_path / "job/adapter.partial")
    run(job)
    assert same_weights(job.adapter, school[1].adapter)
    assert [point.step for point in job.points()] == [point.step for point in school[2]]


def test_the_trainer_ends_with_its_parent(base: Path, tmp_path: Path) -> None:
    job = apprentice.job(tmp_path / "job", base, epochs=200)
    job.write()
    code = (
        "import asyncio, sys; from pathlib import Path; from automem.loops.proficiency.job import read_job; "
        "from automem.loops.proficiency.training import train; asyncio.run(train(read_job(Path(sys.argv[1]))))"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(job.folder)])
    lock = job.folder / "trainer.lock"
    while not (lock.exists() and lock.read_text()):
        assert parent.poll() is None
        time.sleep(0.02)
    trainer = json.loads(lock.read_text())["pid"]
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    while alive(trainer):
        time.sleep(0.02)
    assert job.trained() is None


def alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


async def test_why_nothing_can_be_trained_is_the_error(base: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingFailed, match=r"^the training cannot be done: none of the 12 lessons .*max_tokens\)$"):
        await train(apprentice.job(tmp_path / "job", base, max_tokens=16))


async def test_what_a_broken_trainer_printed_last_is_in_the_error(base: Path, tmp_path: Path) -> None:
    job = apprentice.job(tmp_path / "job", base)
    job.write()
    (job.folder / "trainer.lock").mkdir()
    with pytest.raises(TrainingFailed, match=r"(?s)exit code 1.*trainer\.log ends with:\nTraceback.*Is a directory"):
        await train(job)


async def test_two_processes_train_what_one_does(base: Path, tmp_path: Path) -> None:
    """Without dropout, which each process draws for itself. Told to end, all of them do."""
    (tmp_path / "two.yaml").write_text(TWO)
    launch = find_launch("two.yaml", tmp_path / "experiment.yaml")
    together, alone = (
        apprentice.job(tmp_path / name, base, how, dropout=0, epochs=1, checkpoints=1)
        for name, how in (("together", launch), ("alone", None))
    )
    training = asyncio.create_task(train(together))
    while len(processes(together.folder)) < 3:
        assert not training.done()
        await asyncio.sleep(0.02)
    training.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await training
    while processes(together.folder):
        await asyncio.sleep(0.02)
    trained = await train(together)
    assert len(list(together.checkpoints.glob("checkpoint-*/rng_state_*.pth"))) == 2
    run(alone)
    assert same_weights(trained.adapter, alone.adapter)


def processes(folder: Path) -> list[int]:
    """Who works on a job: processes that name its folder."""
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if str(folder).encode() in line.read_bytes():
                found.append(int(line.parent.name))
    return found


def test_packed_lessons_do_not_see_each_other(base: Path, tmp_path: Path) -> None:
    """Four lessons in one row lose as much as four in rows of their own."""
    losses = {}
    for packing, batch in ((True, 1), (False, 12)):
        job = apprentice.job(
            tmp_path / str(packing),
            base,
            dropout=0,
            packing=packing,
            batch=batch,
            micro_batch=1,
            epochs=1,
            max_tokens=2048,
        )
        run(job)
        losses[packing] = [point.loss for point in job.points() if point.loss is not None]
    assert len(losses[True]) == len(losses[False]) == 1
    assert losses[True] == pytest.approx(losses[False], rel=1e-4)


def test_numbers_of_sixteen_bits_will_do(base: Path, tmp_path: Path) -> None:
    job = apprentice.job(tmp_path / "job", base, precision="bfloat16", epochs=1)
    run(job)
    trained = job.trained()
    assert trained is not None
    assert trained.held_out_loss is not None
    assert trained.held_out_before is not None
    assert trained.held_out_loss < trained.held_out_before


def test_a_batch_that_does_not_divide_is_refused(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SFTConfig, "world_size", 8)
    with pytest.raises(AutoMemError, match=r"4 examples do not divide over 8 devices .* make it a multiple of 16"):
        run(apprentice.job(tmp_path / "job", base))


def test_a_model_without_the_layers_is_refused(base: Path, tmp_path: Path) -> None:
    other = apprentice.gpt2(tmp_path / "model", base)
    with pytest.raises(AutoMemError, match=r"small cannot be trained on .*model: Target modules .* not found"):
        run(apprentice.job(tmp_path / "job", other))


def test_a_loss_that_is_no_number_ends_the_training(base: Path, tmp_path: Path) -> None:
    job = apprentice.job(tmp_path / "job", base, warmup=0)
    wild = job.recipe.train.model_copy(update={"learning_rate": 1e30})
    with pytest.raises(AutoMemError, match="no number any more at step 2; lower the recipe's learning_rate"):
        run(replace(job, recipe=job.recipe.model_copy(update={"train": wild})))


def test_a_launch_is_shipped_or_lies_beside_the_experiment(base: Path, tmp_path: Path) -> None:
    launch = find_launch("accelerate/fsdp.yaml", tmp_path / "experiment.yaml")
    assert launch == shipped("specs") / "accelerate/fsdp.yaml"
    line = command(apprentice.job(tmp_path, base, launch))
    assert line[1:5] == ["-m", "accelerate.commands.launch", "--config_file", str(launch)]
    with pytest.raises(AutoMemError, match="train/launch: there is no accelerate configuration 'fsdp'"):
        find_launch("fsdp", tmp_path / "experiment.yaml")


@pytest.mark.parametrize("name", ["fsdp", "deepspeed"])
def test_shipped_launches_are_what_accelerate_reads(name: str) -> None:
    from accelerate.commands.config.config_args import load_config_from_file

    found = load_config_from_file(str(shipped("specs") / f"accelerate/{name}.yaml"))
    assert (str(found.distributed_type.value).lower(), found.num_processes, found.mixed_precision) == (name, 8, "bf16")
