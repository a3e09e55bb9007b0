"""Variants of a scaffold: the same game and memory, offered by other commands, files, words and hints."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Sequence
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from automem.pretraining import wording
from automem.spec.load import examine_scaffold
from automem.spec.resolve import ResolvedScaffold
from automem.spec.source import parse_document

Data = dict[str, Any]
Change = Callable[[Data, random.Random], None]
Changes = Sequence[tuple[Change, float]]

_WHERE = "{% if line.distance %}{{ line.distance }} {{ line.bearing }}{% else %}here{% endif %}"
_LINE = f"{{{{ line.text }}}}{{% if line.bearing %}}  [{_WHERE}]{{% endif %}}"


def vary(base: Data, rng: random.Random, changes: Changes | None = None) -> ResolvedScaffold:
    """A variant of a scaffold, every change drawn by its rate.

    Arguments:
        base: the scaffold as plain data; `crafter/compact` has all that `CHANGES` speak of.
        rng: where chance comes from.
        changes: what it may differ in; `CHANGES` where left out.

    Raises:
        SpecError: what was drawn makes no scaffold.
    """
    data = copy.deepcopy(base)
    for change, rate in CHANGES if changes is None else changes:
        if rng.random() < rate:
            change(data, rng)
    return scaffold_of(data)


def scaffold_of(data: Data) -> ResolvedScaffold:
    """The scaffold that plain data is.

    Raises:
        SpecError: it is none.
    """
    text = StringIO()
    YAML().dump(data, text)
    document = parse_document(text.getvalue(), f"{data['name']}.yaml")
    resolved, issues = examine_scaffold(document)
    if resolved is None:
        raise ValueError("; ".join(str(issue) for issue in issues if issue.severity == "error"))
    return resolved


def verb_of(rule: Data) -> str:
    """The verb of an op; `log end` and `plan end` for those that end a phase."""
    return f"{rule['phases'][0]} end" if rule["verb"] == "end" else str(rule["verb"])


def rename_ops(data: Data, rng: random.Random) -> None:
    """Other tags."""
    renamed: Data = {}
    for tag, rule in data["ops"].items():
        free = [name for name in wording.TAGS.get(verb_of(rule), (tag,)) if name not in renamed]
        renamed[rng.choice(free) if free else tag] = rule
    data["ops"] = renamed


def _reword_ops(data: Data, rng: random.Random) -> None:
    for rule in data["ops"].values():
        rule["about"] = rng.choice(wording.ABOUT.get(verb_of(rule), (rule.get("about", ""),)))


def reorder_ops(data: Data, rng: random.Random) -> None:
    """The ops in another order."""
    ops = list(data["ops"].items())
    rng.shuffle(ops)
    data["ops"] = dict(ops)


def rename_files(data: Data, rng: random.Random) -> None:
    """Other file names."""
    names = {"map.md": rng.choice(wording.MAPS), "progress.md": rng.choice(wording.FACTS)}
    data["memory"]["files"] = {names.get(name, name): rule for name, rule in data["memory"]["files"].items()}
    for rule in (*data["ops"].values(), *data.get("autoload", {}).values()):
        if rule.get("file") in names:
            rule["file"] = names[rule["file"]]


def _reword_files(data: Data, rng: random.Random) -> None:
    places, facts = file_of(data, "keyed-map", "map"), file_of(data, "log", "checklist")
    if places:
        data["memory"]["files"][places]["about"] = rng.choice(wording.MAP_ABOUT)
    if facts:
        data["memory"]["files"][facts]["about"] = rng.choice(wording.FACTS_ABOUT)


def file_of(data: Data, *schemas: str) -> str | None:
    """The first file that follows one of these schemas, None where none does."""
    return next((name for name, rule in data["memory"]["files"].items() if rule["schema"] in schemas), None)


def more_files(data: Data, rng: random.Random) -> None:
    """Files that the game does not need."""
    for name, about in rng.sample(wording.OTHER_FILES, rng.randint(1, 3)):
        data["memory"]["files"][name] = {"schema": "log", "about": about}
    files = list(data["memory"]["files"].items())
    rng.shuffle(files)
    data["memory"]["files"] = dict(files)


def more_ops(data: Data, rng: random.Random) -> None:
    """Ops that the game does not need."""
    both = ["log", "plan"]
    more = {
        "TAIL": {"verb": "tail", "phases": both, "about": "shows the last n lines of a file"},
        "COUNT": {"verb": "count", "phases": both, "about": "counts the lines of a file that contain a word"},
        "WRITE": {"verb": "write", "phases": ["log"], "about": "replaces a file"},
        "CREATE": {"verb": "create", "phases": ["log"], "about": "makes a new file"},
    }
    for tag in rng.sample(sorted(more), rng.randint(1, 4)):
        data["ops"].setdefault(tag, more[tag])
    if "CREATE" in data["ops"]:
        data["memory"]["create"] = {"allowed": True}
    if "WRITE" in data["ops"]:
        data["memory"]["files"]["strategy.md"] = {"schema": "note", "about": "what to do next"}


def _log_map(data: Data, rng: random.Random) -> None:
    """The map as a plain log: places are written by APPEND, and answers tell no bearing."""
    name = file_of(data, "keyed-map")
    if name:
        about = rng.choice(("where things are, one place a line: x,y what", "where things are: x,y|what"))
        data["memory"]["files"][name] = {"schema": "log", "about": about}
        data["ops"] = {tag: rule for tag, rule in data["ops"].items() if rule["verb"] != "upsert"}


def facts_shown(data: Data, rng: random.Random) -> None:
    """The file of achievements stands in PLAN's prompt."""
    name = file_of(data, "log")
    if name:
        data["autoload"] = {"facts": {"file": name, "empty": "nothing yet"}}
        sections = data["phases"]["plan"]["sections"]
        data["phases"]["plan"]["sections"] = {**sections, "facts": {"text": f"{name}:\n{{{{ loaded.facts }}}}"}}


def without(*verbs: str) -> Change:
    """A change that takes ops away, by verb as `verb_of` puts it."""

    def change(data: Data, rng: random.Random) -> None:
        data["ops"] = {tag: rule for tag, rule in data["ops"].items() if verb_of(rule) not in verbs}

    return change


def no_memory(data: Data, rng: random.Random) -> None:
    """No LOG, and nothing to recall: the player acts on what it sees."""
    del data["phases"]["log"]
    data["memory"] = {"files": {}, "create": {"allowed": False}}
    data["ops"] = {tag: rule for tag, rule in data["ops"].items() if rule["verb"] == "commit"}
    data.pop("autoload", None)
    for name in ("files", "index", "facts"):
        data["phases"]["plan"]["sections"].pop(name, None)


def _no_past(data: Data, rng: random.Random) -> None:
    """The prompt does not tell what the last moves did."""
    here = rng.choice(wording.HERE)
    last = "{% if step > 1 %}You did: {{ action }}.{% endif %} " if rng.random() < 0.7 else ""
    data["templates"]["now"] = f"Step {{{{ step }}}}. {last}{here}\n"


def _reword_now(data: Data, rng: random.Random) -> None:
    data["templates"]["now"] = "\n".join(
        [
            rng.choice(("Step {{ step }}.", "Step {{ step }}.{% if step > 1 %} You did: {{ action }}.{% endif %}", "")),
            rng.choice(wording.HERE),
            "{% for past in state.recent %}",
            "step {{ past.step }}: {{ past.action }} -> {{ past.effect }}",
            "{% endfor %}",
            "",
        ]
    ).lstrip("\n")
    data["state"]["recent"]["ring"] = rng.choice((2, 3, 5, 8))


def _reword_tasks(data: Data, rng: random.Random) -> None:
    phases = data["phases"]
    game = rng.choice(wording.GAME)
    for name, texts in (("log", wording.LOG_TASK), ("plan", wording.PLAN_TASK)):
        if name in phases:
            phases[name]["sections"]["task"] = {"text": rng.choice(texts)}
            if "game" in phases[name]["sections"]:
                long = rng.random() < 0.4
                phases[name]["sections"]["game"] = {"template": "crafter/game"} if long else {"text": game}


def _tips(data: Data, rng: random.Random) -> None:
    """Hints that come and go and say nothing new."""
    for phase in data["phases"].values():
        tips = rng.sample(wording.TIPS, 2)
        every = rng.randint(2, 5)
        added = {
            "tip": {"text": tips[0], "when": f"step is divisibleby({every})"},
            "hint": {"text": tips[1], "when": "unchanged_count == 0"},
        }
        sections = list(phase["sections"].items())
        at = rng.randint(first_changing(phase["sections"]), len(sections))
        phase["sections"] = dict([*sections[:at], *list(added.items())[: rng.randint(1, 2)], *sections[at:]])


_CHANGING = (
    *("unseen", "stuck", "danger", "now", "near", "cursor", "ways", "hidden"),
    *("view", "index", "facts", "tip", "hint"),
)


def first_changing(sections: Data) -> int:
    """Which of the sections is the first that changes from step to step; so many as there are where none does."""
    return next((at for at, name in enumerate(sections) if name in _CHANGING), len(sections))


def reorder_sections(data: Data, rng: random.Random) -> None:
    """The sections that change from step to step in another order."""
    for phase in data["phases"].values():
        sections = list(phase["sections"].items())
        at = first_changing(phase["sections"])
        still, changing = sections[:at], sections[at:]
        rng.shuffle(changing)
        phase["sections"] = dict([*still, *changing])


def fewer_hints(data: Data, rng: random.Random) -> None:
    """Some of the hints left out."""
    for phase in data["phases"].values():
        for name in ("stuck", "danger", "index"):
            if name in phase["sections"] and rng.random() < 0.4:
                del phase["sections"][name]


def one_conversation(data: Data, rng: random.Random) -> None:
    """PLAN goes on with LOG's conversation."""
    data["conversation"] = "per_step"


def reword_answers(data: Data, rng: random.Random) -> None:
    """Other words in the answers of memory and in the hand-off."""
    found = rng.choice(wording.FOUND)
    data["replies"] = {
        "search.ok": f"{found}\n{{% for line in lines %}}\n{_LINE}\n\n{{% endfor %}}\n",
        "read.ok": "{{ file }} holds:\n{{ lines | pluck('text') | join('\\n') }}\n",
    }
    data["phases"]["plan"]["handoff"] = "handoff"
    data["templates"]["handoff"] = (
        "{% for reply in replies %}\n{{ reply }}\n{% endfor %}\n" + rng.choice(wording.HANDOFF) + "\n"
    )


CHANGES: Changes = (
    (_reword_files, 0.4),
    (_log_map, 0.2),
    (facts_shown, 0.12),
    (without("plan end"), 0.35),
    (without("read"), 0.06),
    (without("search"), 0.06),
    (without("upsert"), 0.05),
    (more_files, 0.35),
    (more_ops, 0.35),
    (_no_past, 0.25),
    (_reword_now, 0.3),
    (_reword_tasks, 0.5),
    (reword_answers, 0.3),
    (fewer_hints, 0.4),
    (reorder_sections, 0.25),
    (_tips, 0.4),
    (one_conversation, 0.12),
    (no_memory, 0.06),
    (rename_files, 0.4),
    (_reword_ops, 0.4),
    (reorder_ops, 0.4),
    (rename_ops, 0.45),
)
"""What a variant may differ in, and how often; those that take something away come before those that add."""
