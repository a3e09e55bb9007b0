"""The training itself: TRL's SFTTrainer on a PEFT model. Imports torch; runs in a process of its own."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset, disable_progress_bars
from peft import LoraConfig
from transformers import AutoModelForCausalLM
from trl.trainer.sft_config import SFTConfig
from trl.trainer.sft_trainer import SFTTrainer

from automem.engines.adapters import CONFIG, WEIGHTS, read_adapter
from automem.engines.local.tokenizer import load_tokenizer
from automem.errors import AutoMemError
from automem.loops.proficiency.callbacks import Curve, Milestones
from automem.loops.proficiency.card import model_card
from automem.loops.proficiency.checkpoints import forget_after, last_whole
from automem.loops.proficiency.encoding import REASONS, Encoded, encode_all
from automem.loops.proficiency.job import Job, settle, sum_up
from automem.spec.recipe import TARGETS, Lora, Training


def run(job: Job) -> None:
    """Train what is left to train of `job`, and leave its adapter.

    Raises:
        AutoMemError: no lesson can be trained on, the recipe does not fit the devices or the model, or the loss is
            no number any more.
    """
    disable_progress_bars()
    recipe = job.recipe.train
    tokenizer = _loaded(job, load_tokenizer)
    rows, dropped = encode_all(job.lessons, tokenizer, recipe.max_tokens)
    held_out, dropped_too = encode_all(job.held_out, tokenizer, recipe.max_tokens)
    if not rows:
        why = "; ".join(f"{number}: {REASONS[reason]}" for reason, number in dropped.items())
        raise AutoMemError(f"none of the {len(job.lessons)} lessons can be trained on ({why or 'there is none'})")
    checkpoint, step = last_whole(job)
    trainer = _trainer(job, tokenizer, rows, held_out, anew=checkpoint is None)
    trainer.accelerator.wait_for_everyone()
    points = forget_after(job, step) if trainer.is_world_process_zero() else []
    trainer.accelerator.wait_for_everyone()
    trainer.add_callback(Curve(job.curve, points[-1].seconds if points else 0.0))
    trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
    partial = _saved(trainer, job)
    if trainer.is_world_process_zero():
        trained = sum_up(job, (len(rows), len(held_out)), dropped + dropped_too)
        (partial / "README.md").write_text(model_card(job, trained), encoding="utf-8")
        settle(job, trained, partial)


def _trainer(
    job: Job, tokenizer: Any, rows: Sequence[Encoded], held_out: Sequence[Encoded], *, anew: bool
) -> SFTTrainer:
    """The trainer with its model and data; `anew` when it does not go on from a checkpoint."""
    # Before the model is loaded: DeepSpeed and FSDP decide how that is done, and the settings tell them.
    settings = _settings(job, evaluate_first=anew and bool(held_out))
    model = _loaded(job, AutoModelForCausalLM.from_pretrained, dtype=torch.bfloat16 if settings.bf16 else torch.float32)
    try:
        trainer = SFTTrainer(
            model=model,
            args=settings,
            train_dataset=_dataset(rows),
            eval_dataset=_dataset(held_out) if held_out else None,
            processing_class=tokenizer,
            peft_config=_adapter(job.recipe.lora),
            callbacks=[Milestones(job.recipe.train.checkpoints, evaluate=bool(held_out))],
        )
    except (ValueError, ImportError, RuntimeError) as error:  # a layer that is not there, a reporter not installed
        raise AutoMemError(f"the recipe {job.recipe.name} cannot be trained on {job.base}: {error}") from error
    _check_targets(trainer.model, job)
    return trainer


def _loaded(job: Job, load: Callable[..., Any], **settings: Any) -> Any:
    """The base model or its tokenizer."""
    try:
        return load(job.base, **settings)
    except (OSError, ValueError, KeyError) as error:
        raise AutoMemError(
            f"the model {job.base} cannot be loaded: {error}; name a folder with config.json, weights and tokenizer "
            "as transformers saves them, or, where there is a network, a hub's owner/name"
        ) from error


def _dataset(rows: Sequence[Encoded]) -> Dataset:
    return Dataset.from_dict({name: [list(getattr(row, name)) for row in rows] for name in ("input_ids", "labels")})


def _targets(lora: Lora) -> list[str]:
    named = {"attention": TARGETS[:4], "all-linear": TARGETS}
    return list(named[lora.targets] if isinstance(lora.targets, str) else lora.targets)


def _adapter(lora: Lora) -> LoraConfig:
    """Plain LoRA, the kind that every server serves rightly."""
    return LoraConfig(
        r=lora.rank,
        # Whole numbers as such, for servers that take no other; PEFT divides it by the rank, and any number will do.
        lora_alpha=int(lora.alpha) if float(lora.alpha).is_integer() else lora.alpha,  # type: ignore[arg-type]
        lora_dropout=lora.dropout,
        target_modules=_targets(lora),
        bias="none",
        task_type="CAUSAL_LM",
    )


def _check_targets(adapted: Any, job: Job) -> None:
    """Refuse a model in which some of the layers that the recipe names are missing: PEFT passes over them."""
    layers = {name.partition(".lora_A")[0] for name, _ in adapted.named_parameters() if ".lora_A" in name}
    found = {layer.rpartition(".")[2] for layer in layers}
    if missing := [name for name in _targets(job.recipe.lora) if name not in found]:
        raise AutoMemError(
            f"lora/targets: the model {job.base} has no layers called {', '.join(missing)}; name some that it has"
        )


def _settings(job: Job, *, evaluate_first: bool) -> SFTConfig:
    recipe = job.recipe.train
    on_cpu = not (torch.cuda.is_available() or torch.backends.mps.is_available())
    settings = SFTConfig(
        output_dir=str(job.checkpoints),
        run_name=f"{job.recipe.name} {job.folder.name}",
        learning_rate=recipe.learning_rate,
        num_train_epochs=recipe.epochs,
        per_device_train_batch_size=recipe.micro_batch,
        per_device_eval_batch_size=recipe.micro_batch,
        lr_scheduler_type="constant_with_warmup" if recipe.schedule == "constant" else recipe.schedule,
        warmup_steps=recipe.warmup,  # below 1 it is a share
        seed=recipe.seed,
        data_seed=recipe.seed,
        bf16=_bfloat16(recipe),
        use_cpu=on_cpu,
        gradient_checkpointing=not on_cpu,
        max_length=recipe.max_tokens if recipe.packing else None,
        packing=recipe.packing,
        eval_packing=False,
        logging_steps=1,
        logging_nan_inf_filter=False,
        include_num_input_tokens_seen="non_padding",
        save_strategy="no",  # Milestones says when
        eval_strategy="no",
        eval_on_start=evaluate_first,
        ddp_find_unused_parameters=False,
        report_to=list(recipe.report_to) or "none",
        disable_tqdm=True,
    )
    settings.gradient_accumulation_steps = _accumulated(recipe, settings.world_size)
    return settings


def _bfloat16(recipe: Training) -> bool:
    if recipe.precision == "auto":
        return torch.cuda.is_available() and torch.cuda.is_bf16_supported()
    return recipe.precision == "bfloat16"


def _accumulated(recipe: Training, devices: int) -> int:
    """How many micro-batches each device adds up for a step."""
    together = recipe.micro_batch * devices
    if recipe.batch % together:
        raise AutoMemError(
            f"train/batch: {recipe.batch} examples do not divide over {devices} devices with {recipe.micro_batch} at a "
            f"time each; make it a multiple of {together}"
        )
    return recipe.batch // together


def _saved(trainer: SFTTrainer, job: Job) -> Path:
    """The adapter in a folder beside its final place; gathered from all devices, written by one."""
    partial = job.adapter.with_name(job.adapter.name + ".partial")
    with tempfile.TemporaryDirectory() as scratch:
        trainer.save_model(scratch)
        if trainer.is_world_process_zero():
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            shutil.copyfile(Path(scratch) / WEIGHTS, partial / WEIGHTS)
            config = json.loads((Path(scratch) / CONFIG).read_text(encoding="utf-8"))
            config["target_modules"].sort()  # a set, in PEFT: equal trainings shall give equal files
            (partial / CONFIG).write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
            read_adapter(partial)
    return partial
