"""LOG and PLAN: how a phase's conversation goes from its opening prompt to its end."""

from __future__ import annotations

from dataclasses import dataclass, replace

from automem.agent.commands import endings
from automem.agent.conversation import Conversation
from automem.agent.episode import Episode
from automem.agent.execute import Executor, Result
from automem.agent.prompt import MessageKind, PhasePrompts
from automem.agent.record import Role


@dataclass(frozen=True)
class Commit:
    """How a step's planning ended.

    Arguments:
        raw: the action as the model wrote it; empty when it gave none.
        action: the world's action that is to run; none when `raw` is not one, or a guard refused it to the end.
        valid: whether `raw` is one of the world's actions, refused or not.
        intention: the action in a consultation, which was withdrawn: the world's where it is one, else as written.
            None where there was none.
    """

    raw: str = ""
    action: str | None = None
    valid: bool = False
    intention: str | None = None


class PhaseRun:
    """One phase of one step.

    Arguments:
        episode: what is played.
        phase: `log` or `plan`.
        prompts: what the phase says.
        talk: the conversation; a fresh one, or LOG's where PLAN goes on with it.
    """

    def __init__(self, episode: Episode, phase: str, prompts: PhasePrompts, talk: Conversation) -> None:
        self._episode = episode
        self._phase = phase
        self._prompts = prompts
        self._talk = talk
        self._executor = Executor(episode, phase)
        program = episode.program
        self._ends = endings(program.commands.values(), phase, program.rule.actions.pick)
        self._turn = 0

    def _open(self) -> None:
        self._episode.speak(self._prompts, self._phase)
        prompt = self._prompts.opening(self._episode.values)
        self._episode.openings[self._phase] = prompt
        if self._prompts.showed_unseen(prompt) or not self._episode.program.shows_unseen:
            self._episode.unseen = []
        self._talk.say(prompt.text, prompt.stable)

    async def _ask(self, role: Role) -> tuple[str, Result]:
        text = await self._talk.turn(self._phase, self._turn, role, self._ends)
        result = self._executor.run(text, self._turn, role)
        self._turn += 1
        return text, result

    def _answer(self, result: Result, turns_left: int, more: str = "") -> None:
        """Go on with the replies, with the nudge where there was no op, and with what a guard says."""
        kind: MessageKind = "nudge" if result.empty else "results"
        text = self._prompts.message(kind, self._episode.values, result.replies, turns_left)
        self._talk.say("\n".join(filter(None, (text, more))))

    async def log(self, split: bool) -> None:
        """LOG: record what is worth recording, until DONE, an answer without ops, or the last turn.

        It is the specialist's where that is a model of its own (`split`), else the base's.
        """
        self._open()
        for left in range(self._prompts.turns - 1, -1, -1):
            _, result = await self._ask("specialist" if split else "base")
            ends = result.ended or (result.empty and self._prompts.no_op == "end")
            objection = self._objection() if ends and left else ""
            if (ends and not objection) or not left:
                self._episode.unseen += result.unseen
                return
            self._answer(result, left, objection)

    def _objection(self) -> str:
        """What a guard of this phase's end says against ending now; empty when nothing does."""
        return self._episode.guard(self._phase).rejected if self._phase in self._episode.program.guards else ""

    async def plan(self, split: bool) -> Commit:
        """PLAN: consult memory, then commit.

        The two are apart where they are two models' (`split`), and where the scaffold has a command that ends the
        consultation: then one model is asked the same, in the same order, as two would be. Otherwise the model that
        consults is the one that commits, so its first action counts and nothing is handed over.
        """
        self._open()
        turns = self._prompts.turns
        if not (split or self._episode.program.consults):
            return await self._commit(turns)
        intention = await self._consult("specialist" if split else "base")
        commit = await self._commit(self._committing)
        return replace(commit, intention=intention)

    @property
    def _committing(self) -> int:
        """How many calls the base has for its action once it is handed the conversation."""
        return self._episode.program.rule.phases.plan.commit_turns or self._prompts.turns

    async def _consult(self, role: Role) -> str | None:
        """Ask `role` what to recall, until it ends the consultation, acts, writes no op, or has had its turns.

        Leaves the conversation with the hand-off said. An action counts for nothing here: what comes back is the
        world's action that it stands for, or its words where it is none.
        """
        result = Result()
        for left in range(self._prompts.turns - 1, -1, -1):
            text, result = await self._ask(role)
            if result.action is not None:
                self._talk.withdraw(_without(text, result.spans))
            if result.ended or result.action is not None or result.empty or left == 0:
                break
            self._answer(result, left)
        self._hand_over(result, self._committing)
        return None if result.action is None else self._episode.program.actions.action(result.action) or result.action

    def _hand_over(self, result: Result, turns: int) -> None:
        self._talk.say(self._prompts.message("handoff", self._episode.values, result.replies, turns))

    async def _commit(self, turns: int) -> Commit:
        """The base's part."""
        commit = Commit()
        for left in range(turns - 1, -1, -1):
            _, result = await self._ask("base")
            commit, objection = Commit(), ""
            if result.action is not None:
                commit, objection = self._judge(result.action)
            ends = result.action is not None or (result.empty and self._prompts.no_op == "end")
            if ends and left and not objection:
                objection = self._objection()
            if (ends and not objection) or not left:
                self._episode.unseen += filter(None, (*result.unseen, objection))
                break
            if result.ended and not ends:  # it ends a consultation that is over: it is asked for the action again
                self._hand_over(result, left)
            else:
                self._answer(result, left, objection)
        return commit

    def _judge(self, raw: str) -> tuple[Commit, str]:
        """The commit that `raw` makes, and what a guard says against it. Normalised before it is guarded."""
        action = self._episode.program.actions.action(raw)
        if action is None:
            return Commit(raw), ""
        ruling = self._episode.guard_action(action)
        if ruling.rejected:
            self._episode.refuse_last_commit(ruling.rejected)
            return Commit(raw, valid=True), ruling.rejected
        self._episode.unseen += ruling.warnings
        return Commit(raw, ruling.rewritten or action, valid=True), ""


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """`text` with these spans cut out."""
    for start, end in reversed(spans):
        text = text[:start] + text[end:]
    return text.strip() or "."
