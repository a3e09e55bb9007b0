"""AutoMem: agents whose memory is a directory of files, described in YAML, played, measured and improved.

Everything the command line does is one call here. Names are loaded when first used, so that importing the
package is cheap and brings in no model library.

    validate(path)            every issue of a document
    lint(scaffold, run)       what a scaffold says in vain, by itself and in a run's play of it
    render(path)              the prompts as a model will read them
    render_step(run, episode, step)  the same at a recorded step, also under another scaffold
    diff(one, other)          two specs, versions or runs compared
    init(folder, world)              starter specs
    doctor(spec)              what is missing on this machine
    load_experiment(path)     a document ready to plan and apply
    plan(loaded), apply(loaded)
    repeat(loaded)            the same scaffold on the same seeds again: how much is chance
    history(run)              what loop 1 proposed, and what came of it
    ask(run, tool, arguments) a question about a run, as a proposer asks it
    check_patch(text, file, scaffold)
    preview_recipe(run, recipe)  what a recipe would train on
    list_runs(), show_run(name), remove_run(name), find_episode(run, episode)
    run_report(name), write_report(report, folder)
    audit_memory(name), open_trace(name, episode)
    open_view(runs), export_view(runs, folder)  episodes side by side in a browser
    json_schema(kind)
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "AutoMemError": "automem.errors",
    "SpecError": "automem.errors",
    "apply": "automem.loops.apply",
    "ask": "automem.api.evidence",
    "audit_memory": "automem.api.read",
    "check_patch": "automem.patches.check",
    "diff": "automem.api.diff",
    "doctor": "automem.api.doctor",
    "export_view": "automem.api.view",
    "find_episode": "automem.runs",
    "history": "automem.api.history",
    "init": "automem.api.starter",
    "json_schema": "automem.api.json_schema",
    "lint": "automem.api.lint",
    "list_runs": "automem.runs",
    "load_experiment": "automem.spec.load",
    "load_scaffold": "automem.spec.load",
    "plan": "automem.loops.plan",
    "preview_recipe": "automem.api.recipe",
    "remove_run": "automem.runs",
    "render": "automem.api.render",
    "render_step": "automem.api.render",
    "repeat": "automem.loops.repeat",
    "run_report": "automem.api.report",
    "show_run": "automem.runs",
    "open_trace": "automem.api.read",
    "open_view": "automem.api.view",
    "validate": "automem.api.validate",
    "write_report": "automem.api.report",
}
__all__ = tuple(_HOME)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'automem' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
