"""Pages: together they are the whole, and each is short enough."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from automem.evidence.tool import Paged, chars_of, clip, excerpt, page, short, within

texts = st.text(max_size=400)


@settings(deadline=None)
@given(st.lists(texts, max_size=40), st.integers(1, 10), st.integers(600, 3_000))
def test_pages_of_entries_are_the_whole(entries: list[str], count: int, room: int) -> None:
    entries = [entry[:60] for entry in entries]
    shown: list[Any] = []
    start: int | None = 0
    while start is not None:
        found = page(entries, Paged(start=start, count=count), room)
        assert chars_of(found) <= room
        assert found["total"] == len(entries)
        assert len(found["entries"]) <= count
        shown += found["entries"]
        start = found.get("next")
    assert shown == entries


@settings(deadline=None)
@given(texts, st.integers(10, 120))
def test_pieces_of_a_text_are_the_whole(text: str, room: int) -> None:
    shown, start = "", 0
    while True:
        found = excerpt(text, start, room)
        assert chars_of(found["text"]) <= room
        assert found["chars"] == len(text)
        shown += found["text"]
        if "next" not in found:
            break
        start = found["next"]
    assert shown == text


@settings(deadline=None)
@given(st.lists(texts, max_size=20), st.integers(0, 500))
def test_a_bounded_list_says_what_it_leaves_out(entries: list[str], room: int) -> None:
    found = within(entries, room)
    if found != entries:
        kept = found[:-1]
        assert kept == entries[: len(kept)]
        assert found[-1] == f"… {len(entries) - len(kept)} more"
        assert chars_of(kept) <= room + 2


def test_entries_are_read_one_by_one() -> None:
    found = page(({"n": n} for n in range(10**5)), Paged(start=99_990, count=5))
    assert [entry["n"] for entry in found["entries"]] == list(range(99_990, 99_995))
    assert (found["total"], found["next"]) == (10**5, 99_995)


def test_what_is_cut_says_so() -> None:
    assert clip("abcdef", 6) == "abcdef"
    assert clip("abcdefg", 6) == "abcdef… [1 more characters]"
    assert (short(0.12345678), short(2.0), short(None), short(1e300)) == (0.123457, 2, None, 1e300)
