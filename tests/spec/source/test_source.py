"""Documents: what is read, where it stands, and what is refused before any data is made of it."""

from __future__ import annotations

import io
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automem.errors import SpecError
from automem.spec import untrusted
from automem.spec.source import parse_document, read_document, round_trip
from automem.spec.untrusted import MAX_BYTES, MAX_DEPTH

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{this}: &{this} [{','.join(['*' + last] * 9)}]\n" for last, this in zip("abcdefgh", "bcdefghi", strict=True)
)


def issues(text: str, **options: Any) -> list[str]:
    with pytest.raises(SpecError) as caught:
        parse_document(text, "f.yaml", **options)
    return [str(issue) for issue in caught.value.issues]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        *[("no", "no"), ("on", "on"), ("y", "y"), ("True", True), ("false", False), ("~", None), ("", None)],
        *[("12", 12), ("+1", 1), ("-0", 0), ("0x1F", 31), ("0o17", 15), ("007", "007"), ("1_000", "1_000")],
        *[
            ("1e3", 1000.0),
            ("-2.5E-1", -0.25),
            (".5", 0.5),
            ("5.", 5.0),
            (".inf", ".inf"),
            (".nan", ".nan"),
            ("1.2.3", "1.2.3"),
        ],
        *[
            ("2001-01-01", "2001-01-01"),
            ("12:30:00", "12:30:00"),
            ("0b11", "0b11"),
            ("=", "="),
            ("'1'", "1"),
            ('"\\u00e9"', "é"),
        ],
        ("9" * 19, "9" * 19),
    ],
)
def test_plain_words_are_what_they_look_like(written: str, expected: Any) -> None:
    got = parse_document(f"a: {written}\n", "f").plain()["a"]
    assert got == expected
    assert type(got) is type(expected)


def test_plain_data_has_aliases_written_out_and_no_type_of_the_reader() -> None:
    data = parse_document("a: &x {b: [1, true, 'q', 2.5, null]}\nc: *x\nd: |\n  a\n  b\ne: >\n  a\n  b\n", "f").plain()
    same = {"b": [1, True, "q", 2.5, None]}
    assert data == {"a": same, "c": same, "d": "a\nb\n", "e": "a b\n"}
    assert data["a"] is not data["c"]
    assert [type(entry) for entry in data["a"]["b"]] == [int, bool, str, float, type(None)]


def test_places() -> None:
    document = parse_document("top:\n  flow: [1, {c: 2}]\n  list:\n    - a: 1\n      b: 2\n    - x\n  é: y\n", "f")
    for path, value, key in [
        ((), (1, 1), (1, 1)),
        (("top",), (1, 1), (1, 1)),
        (("top", "flow"), (2, 9), (2, 3)),
        (("top", "flow", 1, "c"), (2, 17), (2, 14)),
        (("top", "list"), (3, 3), (3, 3)),
        (("top", "list", 0, "b"), (5, 10), (5, 7)),
        (("top", "list", 1), (6, 7), (6, 7)),
        (("top", "é"), (7, 6), (7, 3)),
        (("top", "flow", 7, "c"), (2, 9), (2, 9)),
        (("top", "nowhere", "flow"), (1, 1), (1, 1)),
    ]:
        assert (document.place(path), document.place(path, key=True)) == (value, key), path
    assert str(document.issue(("top", "list", 1), "is wrong")) == "f:6:7: top/list/1: is wrong"


def test_everything_that_can_be_found_is_reported_at_once_and_in_order() -> None:
    text = 'a: 1\nb: {x: 1, x: 2}\na: 2\n1: x\n? [q]\n: y\n<<: {z: 1}\nt: !foo x\nn: "\\0"\nf: 1e999\n~: 1\n'
    assert issues(text) == [
        "f.yaml:2:11: b/x: the key 'x' is already given in line 2",
        "f.yaml:3:1: a: the key 'a' is already given in line 1",
        "f.yaml:4:1: a key must be text; write '1' in quotes",
        "f.yaml:5:3: a key must be text, not a list or mapping; text that begins with { or [ needs quotes",
        "f.yaml:7:1: merge keys (<<) are not supported; write the keys out",
        "f.yaml:8:4: t: the tag !foo is not allowed; write plain YAML without tags",
        "f.yaml:9:4: n: the character '\\x00' is not allowed in text",
        "f.yaml:10:4: f: the number 1e999 is too large",
        "f.yaml:11:1: a key must be text; write '~' in quotes",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "f.yaml:1:1: the document must be a mapping (`key: value` lines)"),
        ("- a\n", "f.yaml:1:1: the document must be a mapping (`key: value` lines)"),
        (
            "a: b: c\n",
            "f.yaml:1:5: not valid YAML: mapping values are not allowed here; text that holds `: ` needs quotes",
        ),
        ("a: 'x\n", "f.yaml:2:1: not valid YAML: while scanning a quoted scalar, found unexpected end of stream"),
        ("a: *b\n", "f.yaml:1:4: not valid YAML: found undefined alias 'b'"),
        ("a: 1\nb: \x01\n", "f.yaml:2:4: the character '\\x01' is not allowed in YAML"),
        (
            "a: 1\n---\nb: 1\n",
            "f.yaml:2:1: not valid YAML: expected a single document in the stream, but found another document; "
            "leave out the line `---` and what is behind it",
        ),
        ("# x\n%YAML 1.1\n---\na: no\n", "f.yaml:2:1: a %… line is not supported; leave it out"),
        (
            "a: !!python/name:os [x]\n",
            "f.yaml:1:4: a: the tag tag:yaml.org,2002:python/name:os is not allowed; write plain YAML without tags",
        ),
        ("a: &a [*a]\n", "f.yaml:1:8: a/0: the alias *a stands inside the value that it names"),
        (
            "a: 1\nb: [1, 2\nc: 3\n",
            "f.yaml:3:2: not valid YAML: while parsing a flow sequence, expected ',' or ']', but got ':'; close the "
            "bracket, or quote text that begins with { or [, such as a template",
        ),
    ],
)
def test_refusals_have_a_place(text: str, expected: str) -> None:
    assert issues(text) == [expected]


def test_aliases_can_be_refused() -> None:
    text = "a: &x 1\nb: *x\n"
    assert parse_document(text, "f").plain() == {"a": 1, "b": 1}
    assert [line.split(": ")[0] for line in issues(text, aliases=False)] == ["f.yaml:1:4", "f.yaml:2:4"]


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "a: " + "[" * 3_000 + "]" * 3_000,
        "a: " + "{b: " * 3_000,
        "- " * 3_000,
        "? " * 3_000,
        "\n".join(" " * depth + "a:" for depth in range(500)),
        "k: &k0 0\n" + "\n".join(f"k{n}: &k{n} [*k{n - 1}]" for n in range(1, 500)),
        "a: " + "x" * MAX_BYTES,
        "a: " + "é" * (MAX_BYTES // 2),
    ],
    ids=lambda text: text[:12],
)
def test_bombs_are_refused(text: str) -> None:
    assert len(issues(text)) == 1


def test_an_alias_bomb_is_refused_before_it_costs_memory_or_time() -> None:
    attack = """
import resource, sys
from automem.errors import SpecError
from automem.spec.source import parse_document
resource.setrlimit(resource.RLIMIT_AS, (300 << 20, 300 << 20))
resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
try:
    parse_document(sys.argv[1], "bomb")
except SpecError as error:
    print(len(error.issues))
"""
    command = [sys.executable, "-c", attack, BOMB]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_what_just_fits_is_read() -> None:
    nested = "a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    parse_document(nested, "f").plain()
    assert len(issues(nested.replace("a: ", "a: [") + "]")) == 1


def test_too_many_values_are_refused_where_they_become_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(untrusted, "MAX_NODES", 100)
    assert len(parse_document("a: [" + "1, " * 90 + "]", "f").plain()["a"]) == 90
    assert issues("a: [" + "1, " * 110 + "]") == [
        "f.yaml:1:296: a/97: more than 100 values once aliases are written out"
    ]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"a: 1\nb: \xff\n")
    large = tmp_path / "large.yaml"
    large.write_bytes(b"a: " + b"x" * MAX_BYTES)
    for path, message in [
        (tmp_path / "none.yaml", ":1:1: the file cannot be read: No such file or directory"),
        (tmp_path, ":1:1: this is a directory, not a file"),
        (binary, ":2:4: the file is not UTF-8 text; save it in that encoding"),
        (large, f":1:1: the file is larger than {MAX_BYTES:,} bytes"),
    ]:
        with pytest.raises(SpecError) as caught:
            read_document(path)
        assert str(caught.value) == f"{path}{message}"


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "windows.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb:\r\n  c: 2\r\n")
    document = read_document(path)
    assert document.plain() == {"a": 1, "b": {"c": 2}}
    assert document.place(("b", "c")) == (3, 6)


def test_edits_keep_comments_quotes_and_layout() -> None:
    text = "# head\na: 'one'   # why\nb: \"two\"\nlong: " + "word " * 60 + "end\nd: 2001-01-01\nn: 1e3\nl:\n- 1\n"
    document = parse_document(text, "f")
    document.data["b"] = "three"
    out = io.StringIO()
    round_trip().dump(document.data, out)
    assert out.getvalue() == text.replace("two", "three")


YAMLISH = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *"[]{},:?-&*!|>'\"%@`#~\n\t\r.\x85\u2028\ufeff\x00 ",
                *["a", "b: ", "- ", "\n  ", "&x ", "*x", "!t ", "<<: ", "? ", "---\n", "...\n", "|\n", ">-\n", "%YAML"],
                *["1", "0x", "1e5", "-_", "0o"],
            ]
        ),
        st.text(max_size=2),
    ),
    max_size=30,
).map("".join)


@settings(max_examples=500, deadline=None)
@given(YAMLISH)
def test_any_text_is_data_or_is_refused_with_a_place_inside_it(text: str) -> None:
    try:
        document = parse_document(text, "f")
    except SpecError as error:
        found: Any = error.issues
    else:
        found = document.plain()
    lines = text.count("\n") + text.count("\r") + 2
    if not isinstance(found, dict):
        assert found
        assert all(1 <= issue.line <= lines and issue.column >= 1 and issue.message for issue in found)


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**17), 10**17),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), max_size=20),
)
KEYS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), max_size=10)
DATA = st.dictionaries(
    KEYS,
    st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4)),
    max_size=5,
)


@settings(max_examples=100, deadline=None)
@given(DATA)
def test_what_is_dumped_reads_back_the_same(data: dict[str, Any]) -> None:
    out = io.StringIO()
    round_trip().dump(data, out)
    read = parse_document(out.getvalue(), "f").plain()
    assert read == data
    assert all(not isinstance(value, float) or math.isfinite(value) for value in read.values())
