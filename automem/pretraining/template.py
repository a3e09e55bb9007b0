"""How a conversation becomes one text: ChatML, with a user and an assistant."""

from __future__ import annotations

from collections.abc import Sequence

from automem.engines.base import Message

START_OF_MESSAGE = "<|im_start|>"
END_OF_MESSAGE = "<|im_end|>"
PADDING = "<|pad|>"

CHAT_TEMPLATE = (
    "{% for message in messages %}"
    f"{START_OF_MESSAGE}{{{{ message['role'] }}}}\n{{{{ message['content'] }}}}{END_OF_MESSAGE}\n"
    "{% endfor %}"
    f"{{% if add_generation_prompt %}}{START_OF_MESSAGE}assistant\n{{% endif %}}"
)
"""The same in Jinja, as servers read it."""

OPENING = f"{START_OF_MESSAGE}user\n"
"""What stands before the first prompt."""

ANSWERED = f"{END_OF_MESSAGE}\n{START_OF_MESSAGE}assistant\n"
"""What stands between a prompt and its answer."""


def spans(messages: Sequence[Message], first: int = 0) -> tuple[str, list[tuple[int, int]]]:
    """A conversation as text, and where its answers stand.

    Arguments:
        messages: user and assistant alternate, from a prompt to an answer.
        first: answers before this message, counted from 0, are left out of what is returned.

    Returns:
        The text, which ends with the last answer's end mark; for each answer its first character, and the one
        after its end mark.
    """
    text = ""
    taught: list[tuple[int, int]] = []
    for number, message in enumerate(messages):
        if message.speaker == "user":
            text += ("\n" if text else "") + OPENING + message.text + ANSWERED
        else:
            begin = len(text)
            text += message.text + END_OF_MESSAGE
            if number >= first:
                taught.append((begin, len(text)))
    return text, taught
