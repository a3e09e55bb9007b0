"""The tokenizer: byte-level BPE whose pieces are words, with the worlds' own fixed phrases as single tokens.

What a small model must learn for memory is to match and copy: the word searched for, the coordinate found. So
each integer below 100 is one token, file names fall apart at `.`, `-` and `_`, words in capitals (the ops' tags) at
every second letter, and the name of a thing has one form, whatever stands before it: a space belongs to the word after
it only where that word is one that follows other words (`steps`, `your`), never items of a list, arguments or keys;
any other space goes with what stands before it. What a world says in the same words at every step (`steps to your`)
is one token, since no scaffold can reword it; so are names of Crafter's actions and achievements, and what the players
answer. What a scaffold says never is. No token goes on past the end of a line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from automem.engines.scripted.crafter.rules import ACHIEVEMENTS
from automem.envs.crafter.facts import ACTIONS
from automem.pretraining.template import CHAT_TEMPLATE, END_OF_MESSAGE, PADDING, START_OF_MESSAGE
from automem.pretraining.wording import DIAGONAL, STRAIGHT

VOCABULARY = 2048
CONTEXT = 4096
"""The longest conversation, in tokens."""
_BEARINGS = (*STRAIGHT, *DIAGONAL, *(words.replace("-", "") for words in DIAGONAL))
_FARTHEST = 8  # steps to what is still in Crafter's view
PHRASES = (
    *("<|", "|>", "<|END|>"),
    *("Your status:", "\n- health: ", "\n- food: ", "\n- drink: ", "\n- energy: ", "/9"),
    *("Your inventory:", "You have nothing in your inventory.", "You see:", "You face ", " at your front."),
    *(" steps to your ", " step to your ", " -> "),
    *(f" 1 step to your {words}" for words in STRAIGHT),
    *(f" {steps} steps to your {words}" for steps in range(2, _FARTHEST + 1) for words in (*STRAIGHT, *DIAGONAL)),
    *(f"{before}{words}" for before in (" ", ", ") for words in _BEARINGS),
    *(", here", ", not seen", ", remembered ", ", perhaps by the "),
    *sorted(ACHIEVEMENTS),
    *(action for action in ACTIONS if " " in action),
    *(f"{stuff}_{tool}" for stuff in ("wood", "stone", "iron") for tool in ("pickaxe", "sword")),
)
"""The op grammar's fixed pieces, what the worlds say in the same words at every step, and what is answered to it.

Where a thing lies stands right behind its name in both: `tree` ` 3 steps to your north`, `tree` `, north`. So a single
comparison with the token before is enough to find it.
"""

_SPECIAL = (PADDING, START_OF_MESSAGE, END_OF_MESSAGE)
_WORD = re.compile(r"((?<=[A-Za-z0-9]) )?(?<![A-Za-z])([A-Z]?[a-z]+)(?![A-Za-z])(\.[a-z])?")
_FOLLOWING = 200  # how many words may take the space before them
_ELSEWHERE = 0.1  # the largest share of such a word's occurrences that may stand elsewhere
_ALWAYS_FOLLOWING = (
    *("a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "has", "have", "in", "is", "it", "not", "of"),
    *("on", "or", "that", "the", "this", "to", "was", "what", "with", "you"),
)
_NUMBERS = [f"{number}\n" * 2000 for number in range(10, 100)]  # each must be worth a token


def learn_tokenizer(prefixes: Sequence[str], texts: Sequence[str]) -> PreTrainedTokenizerFast:
    """A tokenizer for conversations like these.

    Arguments:
        prefixes: what prompts begin with, each once.
        texts: what follows, answers included.
    """
    corpus = list(_without_phrases([*prefixes, *texts]))
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pieces(following_words(corpus))), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(text, normalized=False, special=True) for text in _SPECIAL])
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(PHRASES),
        special_tokens=list(_SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([*corpus, *_NUMBERS], trainer)
    tokenizer.add_tokens([AddedToken(text, normalized=False, special=False) for text in PHRASES])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=END_OF_MESSAGE,
        pad_token=PADDING,
        extra_special_tokens=[START_OF_MESSAGE],
        chat_template=CHAT_TEMPLATE,
        model_max_length=CONTEXT,
        clean_up_tokenization_spaces=False,
    )


def following_words(corpus: Iterable[str]) -> list[str]:
    """The words that take the space before them: they nearly always follow another word or a number.

    Arguments:
        corpus: texts without the phrases.
    """
    following: Counter[str] = Counter()
    elsewhere: Counter[str] = Counter()
    for text in corpus:
        for space, word, name in _WORD.findall(text):
            (following if space and not name else elsewhere)[word] += 1
    found = (word for word, count in following.most_common() if elsewhere[word] <= _ELSEWHERE * count)
    return list(dict.fromkeys([*_ALWAYS_FOLLOWING, *islice(found, _FOLLOWING)]))


def pieces(following: Sequence[str]) -> str:
    """The regular expression whose matches are the pieces that no token crosses.

    Arguments:
        following: the words that take the space before them; at least one.
    """
    word = "(?:" + "|".join(sorted(following, key=lambda text: (-len(text), text))) + r")(?![A-Za-z])(?!\.[a-z])"
    gap = f"(?: (?! |{word}|$))?"
    return "|".join(
        (
            r"\n\n(?!\n)|\n(?:- )?",
            r"\d{1,2}",
            f" ?{word}{gap}",
            r"[A-Z]{1,2}(?![a-z])",
            "[A-Z]?[a-z]+",
            r"\.[a-z]+",
            rf" ?[^\sA-Za-z0-9|<_-]+{gap}",
            rf"[|<_-]{gap}",
            " +",
        )
    )


def _without_phrases(texts: Iterable[str]) -> Iterator[str]:
    """Texts cut where tokens stand that the trainer does not know."""
    phrases = re.compile("|".join(re.escape(text) for text in sorted(PHRASES + _SPECIAL, key=len, reverse=True)))
    for text in texts:
        yield from filter(None, phrases.split(text))
