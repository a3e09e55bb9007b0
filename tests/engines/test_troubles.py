"""What both engines do when a server misbehaves: nothing is lost, nothing is invented, nothing leaks."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import traceback
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest

from automem.errors import AutoMemError, EngineRefused, EngineUnavailable

from .conftest import ASK, KEY, Side
from .loopback import cut, echo, hang, reply, trickle


def empty_answer(side: Side) -> bytes:
    """A complete answer of the protocol that says nothing."""
    return saying(side, b"")


def saying(side: Side, text: bytes) -> bytes:
    """A complete answer with this text; how it ended is left open."""
    chat = b'{"choices":[{"message":{"content":"TEXT"},"finish_reason":"%s"}]}'
    claude = (
        b'{"content":[{"type":"text","text":"TEXT"}],"stop_reason":"%s","usage":{"input_tokens":9,"output_tokens":50}}'
    )
    return (chat if side.name == "openai" else claude).replace(b"TEXT", text)


def stop(side: Side, natural: bool) -> bytes:
    words = (b"stop", b"length") if side.name == "openai" else (b"end_turn", b"max_tokens")
    return words[0] if natural else words[1]


PASSING = {
    "408": reply(408),
    "409": reply(409),
    "429": reply(429, {"error": {"message": "slow down"}}),
    "429 with Retry-After": reply(429, retry_after="0.001"),
    "500": reply(500, b"<html>oops</html>"),
    "529": reply(529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
    "cut in the middle": cut,
    "malformed JSON": reply(200, b'{"choices": [{'),
    "not JSON": reply(200, b"\xff\xfe hello"),
    "wrong shape": reply(200, {"choices": "none", "content": 3}),
    "error in a good answer": reply(200, {"error": {"message": "provider failed"}}),
    "no answer in it": reply(200, {"choices": [], "content": []}),
    "no body": reply(200, b""),
}


@pytest.mark.parametrize("trouble", PASSING)
async def test_what_may_pass_is_tried_again(side: Side, trouble: str):
    side.server.script = [PASSING[trouble]] * 2
    answer = await side.engine().ask(ASK)
    assert (answer.text, answer.retries) == ("heard 1 messages", 2)


@pytest.mark.parametrize("trouble", PASSING)
async def test_what_does_not_pass_is_owed(side: Side, trouble: str):
    side.server.script = [PASSING[trouble]] * 9
    with pytest.raises(EngineUnavailable, match="gave no answer in 3 attempts; last: "):
        await side.engine(retries=2).ask(ASK)
    assert len(side.server.asked) == 3


@pytest.mark.parametrize("slow", [hang, trickle])
async def test_the_time_limit_is_for_the_whole_answer(side: Side, slow):
    side.server.script = [slow]
    engine = side.engine(timeout_s=0.3)
    assert (await engine.ask(ASK)).retries == 1
    side.server.script = [slow]
    with pytest.raises(EngineUnavailable, match=r"in 1 attempt; last: no complete answer within 0\.1 s"):
        await side.engine(timeout_s=0.1, retries=0).ask(ASK)


async def test_an_unreachable_server_is_named(side: Side):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
        engine = side.engine(base_url=nobody)
        for call in (engine.check(), engine.ask(ASK)):
            with pytest.raises(EngineUnavailable, match=nobody):
                await call


async def test_an_empty_answer_is_never_handed_on(side: Side):
    empty = reply(200, empty_answer(side) % stop(side, natural=True))
    side.server.script = [empty]
    assert (await side.engine().ask(ASK)).retries == 1
    side.server.script = [empty] * 4
    with pytest.raises(EngineUnavailable, match=r"empty answer \(finish 'stop'\)"):
        await side.engine().ask(ASK)


async def test_an_answer_cut_by_its_length_is_an_answer(side: Side):
    side.server.script = [reply(200, saying(side, b"so far") % stop(side, natural=False))]
    answer = await side.engine().ask(ASK)
    assert (answer.text, answer.finish, answer.retries) == ("so far", "length", 0)


async def test_an_answer_cut_before_it_began_is_no_play(side: Side):
    side.server.script = [reply(200, empty_answer(side) % stop(side, natural=False))] * 4
    with pytest.raises(EngineUnavailable, match=r"raise sampling\.max_tokens"):
        await side.engine().ask(ASK)


@pytest.mark.parametrize("when", ["3600", "date"])
async def test_a_server_that_asks_for_too_long_a_pause_is_given_up(side: Side, when: str):
    date = format_datetime(datetime.now(timezone.utc) + timedelta(hours=1), usegmt=True)
    side.server.script = [reply(429, retry_after=date if when == "date" else when)]
    with pytest.raises(EngineUnavailable, match=r"in 1 attempt; the server asks for a pause of 3[56]\d\d s"):
        await asyncio.wait_for(side.engine().ask(ASK), 10)


async def test_a_rejected_request_stops_at_once_with_the_servers_words(side: Side):
    side.server.script = [reply(400, {"error": {"message": "prompt is too long\x1b[2J" + "x" * 5000}})]
    with pytest.raises(EngineRefused, match="400: prompt is too long ") as caught:
        await side.engine().ask(ASK)
    assert len(str(caught.value)) < 700
    assert "\x1b" not in str(caught.value)
    assert len(side.server.asked) == 1


async def test_a_rejected_key_names_its_variable(side: Side):
    side.server.key = "another"
    engine = side.engine()
    for call in (engine.check(), engine.ask(ASK)):
        with pytest.raises(EngineRefused, match=r"401: invalid key\. The key is in .* variable SOME_KEY"):
            await call


async def test_without_a_key_an_error_says_how_to_give_one(side: Side):
    side.server.key = KEY
    with pytest.raises(EngineRefused, match=r"No key was sent.*`key_env`"):
        await side.engine(key_env=None).check()


async def test_an_unknown_model_is_answered_with_the_nearest(side: Side):
    engine = side.engine("tinny")
    for call in (engine.check(), engine.ask(ASK)):
        with pytest.raises(EngineRefused, match=r"does not know model 'tinny' .*did you mean 'tiny'\?"):
            await call
    with pytest.raises(EngineRefused, match="it has: large, tiny"):
        await side.engine("zzzzzz").check()


async def test_check_accepts_what_will_answer(side: Side):
    await side.engine().check()
    assert not side.server.asked


async def test_where_models_are_not_listed_check_asks_for_one_token(side: Side):
    side.server.models = None
    await side.engine("anything").check()
    assert [body["max_tokens"] for body in side.server.asked] == [1]


@pytest.mark.parametrize("value", [None, "  ", "sk-1\n2"])
async def test_a_missing_or_broken_key_is_found_before_anything_is_sent(side: Side, monkeypatch, value):
    monkeypatch.setenv("SOME_KEY", value) if value else monkeypatch.delenv("SOME_KEY")
    engine = side.engine()
    for call in (engine.check(), engine.ask(ASK)):
        with pytest.raises(EngineRefused, match="variable SOME_KEY") as caught:
            await call
        assert "sk-1" not in str(caught.value)
    assert not side.server.seen


async def test_the_vendors_own_key_goes_to_the_vendor_alone(side: Side, monkeypatch):
    name = f"{side.name.upper()}_API_KEY"
    monkeypatch.setenv(name, KEY)
    await side.engine(key_env=None).ask(ASK)
    assert KEY not in str(side.server.seen[0].headers)
    monkeypatch.delenv(name)
    with pytest.raises(EngineRefused, match=name):
        await side.engine(key_env=None, base_url=f"https://api.{side.name}.com/v1").check()


@pytest.mark.parametrize("status", [200, 400, 401, 404, 429, 500])
async def test_the_key_is_seen_nowhere(side: Side, status: int, caplog):
    caplog.set_level(logging.DEBUG)
    side.server.script = [echo(status)] * 9
    engine = side.engine()
    with pytest.raises(AutoMemError) as caught:
        await engine.ask(ASK)
    assert KEY in str(side.server.seen[0].headers)
    error: BaseException | None = caught.value
    shown = [caplog.text, repr(engine), repr(vars(engine)), "".join(traceback.format_exception(error))]
    while error:
        shown += [repr(error), str(vars(error))]
        error = error.__cause__ or error.__context__
    for text in shown:
        assert KEY not in text
    assert "[key]" in str(caught.value)


async def test_cancelling_ends_a_request_and_a_pause_at_once(side: Side):
    for script, engine in (([hang], side.engine()), ([reply(500, retry_after="300")], side.engine())):
        before = len(side.server.asked)
        side.server.script = list(script)
        task = asyncio.create_task(engine.ask(ASK))
        while len(side.server.asked) == before or side.server.script:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 5)


async def test_64_episodes_are_served_at_once(side: Side):
    together = asyncio.Event()

    async def wait_for_all(seen, writer) -> None:
        if len(side.server.asked) == 64:
            together.set()
        await together.wait()
        await reply(200, side.server.answer(seen.body))(seen, writer)  # type: ignore[attr-defined]

    side.server.script = [wait_for_all] * 64
    engine = side.engine(timeout_s=20.0, retries=0)
    answers = await asyncio.gather(*(engine.ask(ASK) for _ in range(64)))
    assert {re.sub(r"\d+", "n", answer.text) for answer in answers} == {"heard n messages"}
