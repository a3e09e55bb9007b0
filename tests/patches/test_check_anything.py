"""Whatever is proposed, a check answers; what it lets through can be undone to the byte."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automem.patches.check import check_patch
from automem.spec.source import parse_document

SMALL = parse_document((Path(__file__).parent / "small.yaml").read_text(encoding="utf-8"), "small.yaml")


def paths(value, so_far=()):
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for key, part in inner for path in ((*so_far, str(key)), *paths(part, (*so_far, str(key))))]


HERE = ["/".join(path) for path in paths(SMALL.plain())]
ODD = ["-", "..", "", "env", "seeds", "0", "x/y", "templates/a/b", "variants/v/set/ops", "ops/READ/-", "\u2028", "name"]
PATHS = st.sampled_from([*HERE, *ODD]) | st.tuples(st.sampled_from(HERE), st.sampled_from([*ODD, "x"])).map("/".join)
WORDS = [
    "",
    "x",
    "true",
    "log",
    "append",
    "{{ obs.energy }}",
    "{% for a in env.actions %}",
    "obs.energy < 2",
    "a: b",
    "#",
]
LEAVES = (
    st.none() | st.booleans() | st.integers(-3, 9) | st.floats(allow_nan=False) | st.sampled_from(WORDS) | st.text()
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["when", "on", "verb", "x"]), inner),
    max_leaves=4,
)
FITTING = st.one_of(
    st.fixed_dictionaries({"add": st.sampled_from(["tables/a", "tables/b", "tables/c/d"]), "with": VALUES}),
    st.fixed_dictionaries(
        {"replace": st.sampled_from(["ops/READ/about", "notices/tired/rules/low/say"]), "with": st.text()}
    ),
    st.fixed_dictionaries({"remove": st.sampled_from(["guards", "guards/brief", "ops/DONE/about"])}),
    st.fixed_dictionaries({"replace": st.just("phases/log/turns"), "was": st.just(3), "with": st.integers(1, 50)}),
)
EDITS = st.one_of(
    st.fixed_dictionaries({"add": PATHS, "with": VALUES}, optional={"before": st.sampled_from(["READ", "view", "x"])}),
    st.fixed_dictionaries({"replace": PATHS, "with": VALUES}, optional={"was": VALUES}),
    st.fixed_dictionaries({"remove": PATHS}),
    st.fixed_dictionaries({"test": PATHS, "is": VALUES}),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FITTING, min_size=1, max_size=3) | st.lists(EDITS | FITTING, min_size=1, max_size=3))
def test_any_patch_gets_an_answer(edits):
    patch = json.dumps({"kind": "patch", "of": "small", "reason": "x", "edits": edits}, ensure_ascii=False)
    checked = check_patch(patch, "patch.yaml", SMALL)
    assert bool(checked.errors) == (checked.scaffold is None) == (checked.text == "")
    if checked.scaffold is not None:
        back = check_patch(checked.inverse, "undo.yaml", parse_document(checked.text, "small.yaml"))
        assert back.text == SMALL.text


@settings(max_examples=60, deadline=None)
@given(st.text() | st.text(alphabet="{}[]:-&*!|>%@`'\"\n #ab\t\x00\ud800"))
def test_any_text_gets_an_answer(text):
    assert check_patch(text, "patch.yaml", SMALL).errors
