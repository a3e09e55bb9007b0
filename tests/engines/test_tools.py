"""Models with tools over both protocols: what is sent, what is made of answers, and every kind of trouble."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automem.engines.failures import Malformed
from automem.engines.retry import RetryPolicy
from automem.engines.settings import read_settings
from automem.engines.tools.anthropic import AnthropicTools, AnthropicToolSettings, _reply
from automem.engines.tools.base import UNREADABLE, Reply, ToolModel, ToolResult, ToolSpec, Turn, read_arguments
from automem.engines.tools.openai import OpenAITools, OpenAIToolSettings
from automem.errors import AutoMemError, EngineRefused, EngineUnavailable

from .conftest import KEY
from .loopback import Loopback, cut, reply, stream
from .tool_servers import Scripted, ToolChat, ToolMessages, events_of

LOOK = ToolSpec("look", "Looks.", {"type": "object", "properties": {"at": {"type": "string"}}})
Servers = ToolChat | ToolMessages


@dataclass
class Talk:
    """One protocol: its server and a model on it."""

    server: Servers
    model: ToolModel
    turns: list[Turn]

    async def ask(self) -> Reply:
        found = await self.model.converse("Be brief.", [LOOK], self.turns, 500)
        self.turns.append(found)
        return found


def model_on(server: Loopback, **settings: Any) -> AnthropicTools | OpenAITools:
    policy = RetryPolicy(settings.pop("retries", 3), base_s=0.001)
    given = {"base_url": server.url, "key_env": "SOME_KEY", "timeout_s": 5.0, **settings}
    if isinstance(server, ToolChat):
        return OpenAITools("tiny", read_settings(OpenAIToolSettings, "openai", "tiny", given), policy)
    return AnthropicTools("tiny", read_settings(AnthropicToolSettings, "anthropic", "tiny", given), policy)


async def _talk(server: Servers) -> AsyncIterator[Talk]:
    async with server:
        model = model_on(server)
        yield Talk(server, model, ["Begin."])
        await model.close()


@pytest.fixture(params=[ToolChat, ToolMessages])
async def talk(request: pytest.FixtureRequest) -> AsyncIterator[Talk]:
    async for one in _talk(request.param()):
        yield one


@pytest.fixture
async def claude() -> AsyncIterator[Talk]:
    async for one in _talk(ToolMessages()):
        yield one


@pytest.fixture
async def chat() -> AsyncIterator[Talk]:
    async for one in _talk(ToolChat()):
        yield one


async def test_calls_are_answered_by_their_ids(talk: Talk):
    calls = [("look", {"at": 'é\n"x"'}), ("look", {}), ("gone", {"deep": [1, {"a": None}]})]
    talk.server.answers = [Scripted("I look.", calls), Scripted("Done.")]
    first = await talk.ask()
    assert [(call.name, call.arguments) for call in first.calls] == calls
    assert (first.answer.text, first.answer.finish) == ("I look.", "tool")
    assert (first.answer.input_tokens, first.answer.cached_tokens, first.answer.output_tokens) == (100, 64, 20)
    talk.turns += [ToolResult(call.id, "seen", is_error=call.name == "gone") for call in first.calls]
    talk.turns.append("Two answers are left.")
    last = await talk.ask()
    assert (last.answer.text, last.calls, last.answer.finish) == ("Done.", (), "stop")
    assert "ERROR: seen" in str(talk.server.asked[-1]) or "'is_error': True" in str(talk.server.asked[-1])


async def test_broken_arguments_come_as_text_and_go_back_as_an_object(talk: Talk):
    broken = '{"at": "the mid'
    talk.server.answers = [Scripted(calls=[("look", broken)], stop="max_tokens"), Scripted("Sorry.")]
    first = await talk.ask()
    assert (first.calls[0].arguments, first.answer.finish) == (broken, "length")
    talk.turns.append(ToolResult(first.calls[0].id, "cut off", is_error=True))
    await talk.ask()
    assert UNREADABLE in str(talk.server.asked[-1])


@pytest.mark.parametrize("text", ["[1]", "null", "3", '{"a": NaN}', "{", '{"a":1}x', "[" * 100_000])
def test_what_is_no_object_stays_text(text: str):
    assert read_arguments(text) == text


async def test_thinking_goes_back_as_it_came(talk: Talk):
    talk.server.answers = [Scripted("Hm.", [("look", {})], thinking="what if\n…"), Scripted("Done.")]
    first = await talk.ask()
    talk.turns.append(ToolResult(first.calls[0].id, ""))
    await talk.ask()  # the server of the Messages API refuses a thought that was changed
    assert "what if" in str(talk.server.asked[-1])


async def test_an_answer_that_holds_nothing_is_an_answer(talk: Talk):
    talk.server.answers = [Scripted(), Scripted("Here.")]
    assert (await talk.ask()).answer.text == ""
    talk.turns.append("Go on.")
    if isinstance(talk.server, ToolMessages):  # blank messages are not sent back
        talk.server.answers = [Scripted("Here.")]
    assert (await talk.ask()).answer.text == "Here."


async def test_a_refusal_is_an_answer_and_not_asked_again(talk: Talk):
    talk.server.answers = [Scripted("I will not.", stop="refusal")]
    assert (await talk.ask()).answer.finish == "refusal"
    assert len(talk.server.asked) == 1


TROUBLES: dict[str, Callable[[], Any]] = {
    "overloaded": lambda: reply(529, {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}),
    "rate limit": lambda: reply(429, {"error": {"message": "slow down"}}, retry_after="0"),
    "cut": lambda: cut,
    "no events": lambda: reply(200, b"<html>"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_what_passes_is_tried_again(talk: Talk, trouble: str):
    talk.server.answers = [Scripted("Fine.")]
    talk.server.script = [TROUBLES[trouble]()] * 2
    found = await talk.ask()
    assert (found.answer.text, found.answer.retries) == ("Fine.", 2)


async def test_a_server_that_stays_broken_is_unavailable(talk: Talk):
    talk.server.script = [TROUBLES["overloaded"]()] * 9
    with pytest.raises(EngineUnavailable, match="in 4 attempts; last: 529: busy"):
        await talk.ask()


async def test_a_rejected_request_stops_without_the_key(talk: Talk):
    talk.server.script = [reply(400, {"error": {"message": f"prompt is too long {KEY}"}})]
    with pytest.raises(EngineRefused, match=r"prompt is too long \[key\]"):
        await talk.ask()
    assert talk.model.hide(f"a {KEY} b") == "a [key] b"


WHOLE = events_of(Scripted("Half of it.", [("look", {"at": "there"})]), 0)
ENDS = [at + 2 for at in range(len(WHOLE)) if WHOLE[at : at + 2] == b"\n\n"]


@pytest.mark.parametrize("whole", [True, False], ids=["ended", "closed"])
@pytest.mark.parametrize("end", [*ENDS[:-1:3], ENDS[2] - 9, ENDS[-2]])
async def test_a_stream_that_stops_in_the_middle_is_asked_for_again(claude: Talk, end: int, whole: bool):
    claude.server.answers = [Scripted("Fine.")]
    claude.server.script = [stream(WHOLE[:end], whole)]
    found = await claude.ask()
    assert (found.answer.text, found.calls, found.answer.retries) == ("Fine.", (), 1)


@given(
    st.integers(0, len(WHOLE)), st.integers(0, len(WHOLE)), st.sampled_from([b"", b"5", b"null", b"}", b'"', b"\n\n"])
)
def test_whatever_comes_is_an_answer_or_malformed(start: int, end: int, noise: bytes):
    try:
        found = _reply(WHOLE[:start] + noise + WHOLE[end:])
    except Malformed:
        return
    assert all(isinstance(call.arguments, str | dict) for call in found.calls)


@pytest.mark.parametrize("lines", ["\r\n", "\r"])
async def test_other_line_ends_and_unknown_events_are_understood(claude: Talk, lines: str):
    odd = WHOLE.replace(b"event: ping\n", b": note\nevent: news\n").replace(b'{"type": "ping"}', b'{"type": "news"}')
    claude.server.script = [stream(odd.replace(b"\n", lines.encode()))]
    found = await claude.ask()
    assert (found.answer.text, found.calls[0].arguments, found.answer.retries) == ("Half of it.", {"at": "there"}, 0)


async def test_an_error_within_the_stream_is_told(claude: Talk):
    said = b'event: error\ndata: {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}\n\n'
    claude.server.script = [stream(WHOLE[: ENDS[3]] + said)] * 9
    with pytest.raises(EngineUnavailable, match="the stream broke off: overloaded_error: Overloaded"):
        await claude.ask()


@pytest.mark.parametrize(("old", "new"), [(b'"index": 1', b'"index": 7'), (b'"id": "toolu', b'"no": "toolu')])
async def test_a_stream_of_another_shape_is_not_used(claude: Talk, old: bytes, new: bytes):
    claude.server.script = [stream(WHOLE.replace(old, new))] * 9
    with pytest.raises(EngineUnavailable, match="a stream of the wrong shape"):
        await claude.ask()


async def test_cache_marks_move_with_the_conversation(claude: Talk):
    claude.server.answers = [Scripted(calls=[("look", {})])] * 5
    for _ in range(5):
        found = await claude.ask()
        claude.turns.append(ToolResult(found.calls[0].id, "seen"))
    sent = claude.server.asked[-1]
    marked = [at for at, message in enumerate(sent["messages"]) if "cache_control" in message["content"][-1]]
    assert marked == [0, 6, 8]
    assert "cache_control" in sent["system"][0]
    assert claude.server.seen[0].headers["anthropic-version"] == "2023-06-01"


async def test_a_pause_is_gone_on_with_without_a_word(claude: Talk):
    claude.server.answers = [Scripted("Wait", stop="pause_turn"), Scripted("Now.", [("look", {})])]
    assert (await claude.ask()).answer.finish == "pause"
    claude.turns.append(ToolResult((await claude.ask()).calls[0].id, "seen"))
    await claude.ask()
    assert [message["role"] for message in claude.server.asked[-1]["messages"]] == ["user", "assistant", "user"]


async def test_thinking_that_was_cut_is_not_sent_back(claude: Talk):
    events = events_of(Scripted(thinking="so far", stop="max_tokens"), 0)
    unsigned = b"\n\n".join(one for one in events.split(b"\n\n") if b"signature_delta" not in one)
    claude.server.script = [stream(unsigned)]
    assert (await claude.ask()).answer.finish == "length"
    claude.turns.append("Go on.")
    claude.server.answers = [Scripted("Yes.")]
    assert (await claude.ask()).answer.text == "Yes."


async def test_arguments_given_as_an_object_are_taken(chat: Talk):
    chat.server.answers = [Scripted(calls=[("look", {"at": "x"})])]
    body = chat.server.answer({"tools": [], "messages": [], "model": "tiny"})
    body["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"] = {"at": "x"}
    chat.server.script = [reply(200, body)]
    assert (await chat.ask()).calls[0].arguments == {"at": "x"}


@pytest.mark.parametrize("change", ["twice", "empty"])
async def test_calls_without_ids_of_their_own_cannot_be_answered(chat: Talk, change: str):
    chat.server.answers = [Scripted(calls=[("look", {}), ("look", {})])]
    body = chat.server.answer({"tools": [], "messages": [], "model": "tiny"})
    for call in body["choices"][0]["message"]["tool_calls"]:
        call["id"] = "one" if change == "twice" else ""
    chat.server.script = [reply(200, body)] * 9
    with pytest.raises(EngineUnavailable, match=r"same id|wrong shape"):
        await chat.ask()


async def test_a_check_is_the_plain_engines(talk: Talk):
    await talk.model.check()
    talk.server.models = ["large"]
    with pytest.raises(EngineRefused, match="does not know model 'tiny'"):
        await talk.model.check()
    assert not talk.server.asked


@pytest.mark.parametrize("server", [ToolChat, ToolMessages])
def test_the_fields_of_a_conversation_are_not_for_extra_body(server: type[Servers]):
    one = server()
    one.port = 1
    with pytest.raises(AutoMemError, match="extra_body: must leave out tools"):
        model_on(one, extra_body={"tools": []})
