"""One run of the model over new tokens of several sequences, of any lengths and any adapters."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import torch
from torch import Tensor

from automem.engines.local import direct
from automem.engines.local.loading import Loaded
from automem.engines.local.lora import Adapters
from automem.engines.local.slots import Slots
from automem.errors import EngineRefused

TOLERANCE = {torch.float32: 0.01}
"""How far log-probabilities may differ between a plain run and a padded one; 0.5 for coarser numbers."""


class Runner:
    """The model with its slots and adapters.

    Arguments:
        loaded: the model.
    """

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self._direct = direct.can_run(loaded.model)
        self.adapters = Adapters(loaded.model)
        self.slots = Slots()

    def run(
        self, first: int, tokens: Sequence[list[int]], starts: Sequence[int], names: Sequence[Hashable | None]
    ) -> Tensor:
        """Run over the sequences in the slots from `first` on.

        Arguments:
            tokens: for each sequence its new tokens; the shorter ones are padded on the left.
            starts: for each, how many tokens its slot holds already.
            names: for each, its adapter; None for the plain model.

        Returns: (sequences, vocabulary), the logits after each one's last token.
        """
        length = max(start + len(new) for start, new in zip(starts, tokens, strict=True))
        self.slots.reserve(first + len(tokens), length)
        ids, places, padding = _align(tokens, starts, self._loaded.device)
        self.slots.aim(first, places.masked_fill(padding, self.slots.trash), length)
        later = torch.arange(length, device=ids.device) > places[:, None, :, None]
        mask = torch.zeros(later.shape, dtype=self._loaded.dtype, device=ids.device)
        mask.masked_fill_(later, torch.finfo(mask.dtype).min)
        self.adapters.assign(names)
        if self._direct:
            return direct.run(self._loaded.model, ids, places, mask, self.slots)
        output = self._loaded.model(
            input_ids=ids,
            attention_mask=mask,
            position_ids=places,
            past_key_values=self.slots,
            use_cache=True,
            logits_to_keep=1,
        )
        logits: Tensor = output.logits[:, -1]
        return logits

    def plain(self, tokens: list[int], keep: int, name: Hashable | None = None) -> Tensor:
        """The log-probabilities after each of the last `keep` tokens, (keep, vocabulary), without any cache."""
        self.adapters.assign([name])
        ids = torch.tensor([tokens], device=self._loaded.device)
        logits: Tensor = self._loaded.model(input_ids=ids, use_cache=False).logits[0, -keep:]
        return logits.float().log_softmax(-1)

    def check(self, tokens: list[int]) -> None:
        """Find out that the model keeps its context in keys and values, one a token, as the slots take it for granted.

        Arguments:
            tokens: any text; at least four.

        Raises:
            EngineRefused: it does not.
        """
        try:
            error = self._difference(tokens)
            reason = f"log-probabilities differ by {error:.3g}"
        except Exception as trouble:  # whatever a model does with a cache that is not its own
            error, reason = float("nan"), f"{type(trouble).__name__}: {trouble}"
        if not error <= TOLERANCE.get(self._loaded.dtype, 0.5):
            raise EngineRefused(
                f"model {self._loaded.name!r}: {type(self._loaded.model).__name__} does not keep its context as keys "
                f"and values of each token ({reason}); serve it with another engine"
            )

    def _difference(self, tokens: list[int]) -> float:
        """How far the log-probabilities after a text differ: read at once, and in two parts beside a shorter text."""
        last, half = len(tokens) - 1, len(tokens) // 2
        known = self.plain(tokens, 1)[0]
        self.run(0, [tokens[:last], tokens[:half]], [0, 0], [None, None])
        found = self.run(0, [tokens[last:], tokens[half:last]], [last, half], [None, None])[0]
        return float((found.float().log_softmax(-1) - known).abs().max())


def _align(tokens: Sequence[list[int]], starts: Sequence[int], device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """Tokens padded on the left, where each stands in its sequence (padding at 0), and which are padding."""
    width = max(map(len, tokens))
    ids = torch.tensor([[0] * (width - len(new)) + new for new in tokens], device=device)
    begins = torch.tensor([width - len(new) for new in tokens], device=device)[:, None]
    places = torch.arange(width, device=device) - begins
    padding = places < 0
    places = (places + torch.tensor(starts, device=device)[:, None]).masked_fill(padding, 0)
    return ids, places, padding
