"""What a scaffold says in vain is told at its place; what a variant or another text uses is not."""

from __future__ import annotations

import pytest

from automem.library import shipped
from automem.spec.issues import Issue
from automem.spec.load import open_scaffold
from automem.spec.smells import smells
from automem.spec.source import parse_document, read_document

SOUND = """\
kind: scaffold
name: small
env: crafter
memory: {files: {map.md: {schema: keyed-map}, log.md: {schema: log}}}
ops:
  SEARCH: {verb: search, file: log.md, phases: [plan]}
  MARK: {verb: upsert, file: map.md, phases: [log]}
  DONE: {verb: end, phases: [log]}
  ACTION: {verb: commit, phases: [plan]}
tables: {few: [1, 2]}
observe: {health: {regex: 'health: (\\d+)', type: int, default: 9}}
state: {idle: {counter: action == 'Noop'}}
notices:
  told:
    rules:
      low: {when: obs.health in tables.few, say: low}
      idle: {when: state.idle > 2, say: "idle for {{ state.idle }}"}
guards: {wait: {on: action, when: state.idle > 3, reject: "no", at_most: 1}}
autoload: {map: {file: map.md}}
phases:
  log: {sections: {view: {text: "{{ obs_text }} {{ loaded.map }}"}}}
  plan: {sections: {view: {text: "{{ obs_text }} {{ unseen }} {{ notices.told }}"}}}
"""
UPSERT = SOUND.replace("map.md: {schema: keyed-map}", "map.md: {schema: keyed-map, verbs: [upsert]}")
UNSHOWN = UPSERT.replace("autoload: {map: {file: map.md}}\n", "").replace(" {{ loaded.map }}", "")


def found(text: str) -> list[Issue]:
    document = parse_document(text, "small.yaml")
    return list(smells(open_scaffold(document), document))


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("{{ notices.told }}", "", "14:3: notices/told: warning: nothing uses notices.told"),
        (" in tables.few", " < 3", "10:10: tables/few: warning: nothing uses tables.few"),
        ("obs.health in", "step in", "11:11: observe/health: warning: nothing uses obs.health"),
        ("{{ loaded.map }}", "", "autoload/map: warning: nothing uses loaded.map"),
        ("action == 'Noop'", "state.idle == 0", ""),
        ("low: {when: obs.health in tables.few", "low: {when: obs.health in tables.few or true", ""),
        ("state.idle > 2", "1 > 2", "notices/told/rules/idle: warning: never speaks: its condition never holds"),
        ("low: {", "first: {say: x}\n      low: {", "notices/told/rules/low: warning: never speaks: the rule 'first'"),
        ("when: state.idle > 3", 'when: "true"', "guards/wait/when: warning: always holds"),
        ('told }}"}', "told }}\", when: 'false'}", "phases/plan/sections/view/when: warning: never holds"),
        (
            "tables: {few",
            "schemas: {own: {type: log}}\ntables: {few",
            "schemas/own: warning: no file follows this schema",
        ),
        ("file: log.md, phases: [plan]", "file: map.md, phases: [plan]", "memory/files/log.md: warning: no op and no"),
    ],
)
def test_what_is_said_in_vain_is_told_where_it_stands(old: str, new: str, place: str) -> None:
    assert SOUND.count(old) == 1
    told = "\n".join(map(str, found(SOUND.replace(old, new))))
    assert place in told if place else told == ""


def test_verbs_that_take_reading_away_are_told_unless_the_file_is_shown() -> None:
    (smell,) = found(UNSHOWN.replace("SEARCH: {verb: search, file: log.md", "SEARCH: {verb: search"))
    assert smell.path == "memory/files/map.md/verbs"
    assert smell.message.endswith("write [read, search, upsert], or show the file by autoload")
    assert found(UPSERT) == found(SOUND) == []


def test_what_one_variant_alone_uses_is_used() -> None:
    idle = SOUND.replace("{{ notices.told }}", "")
    shown = "{phases: {plan: {sections: {view: {text: '{{ obs_text }} {{ notices.told }} {{ unseen }}'}}}}}"
    assert [smell.path for smell in found(idle)] == ["notices/told"]
    assert found(f"{idle}variants: {{v: {{tasks: ['*'], set: {shown}}}}}\n") == []


@pytest.mark.parametrize("path", sorted(shipped("specs").glob("*/evolved.yaml")), ids=lambda path: path.parent.name)
def test_shipped_scaffolds_say_nothing_in_vain(path) -> None:
    document = read_document(path)
    assert list(smells(open_scaffold(document), document)) == []
