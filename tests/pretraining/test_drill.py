from __future__ import annotations

import re
from itertools import islice

from automem.pretraining.drill import drills
from automem.pretraining.talk import Talk


def lookups(drill: Talk) -> list[tuple[str, str, str]]:
    """The prompt, and each thing asked with its answer."""
    prompt, answer = (message.text for message in drill.messages)
    return [(prompt, *line.split(", ", 1)) for line in answer.split("\n")]  # type: ignore[misc]


def test_every_answer_stands_beside_what_is_asked() -> None:
    forms = {
        "seen": r"^- {} \d steps? to your {}$",
        "held": r"^- {}: {}$",
        "line": r"^{}\|{}  \[",
        "way": r"^{}\|\w+  \[{}\]$",
    }
    found = [one for drill in drills(60, 1) for one in lookups(drill)]
    counted = dict.fromkeys(forms, 0)
    for prompt, topic, answer in found:
        form, _, name = topic.partition(" ")
        if form in forms:
            assert len(re.findall(forms[form].format(re.escape(name), re.escape(answer)), prompt, re.MULTILINE)) == 1
            counted[form] += 1
    assert min(counted.values()) > 100


def test_a_fact_is_done_where_it_stands() -> None:
    for prompt, topic, answer in [one for drill in drills(60, 2) for one in lookups(drill)]:
        if topic.startswith("done "):
            assert (topic.removeprefix("done ") in prompt.split("\n")) == (answer == "yes")


def test_the_seed_decides() -> None:
    assert list(drills(5, 3)) == list(islice(drills(9, 3), 5)) != list(drills(5, 4))
