"""How well a model says what is taught: loss, and accuracy by what a token says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from automem.pretraining.corpus import Corpus
from automem.pretraining.kinds import KINDS
from automem.pretraining.network import Network
from automem.pretraining.packing import pack
from automem.pretraining.together import Together


def measure(
    network: Network, corpus: Corpus, batches: Sequence[NDArray[np.int64]], together: Together
) -> dict[str, float]:
    """Loss and accuracies on conversations.

    Arguments:
        network: the model.
        corpus: holds the conversations.
        batches: which ones.
        together: the processes, which share the work.

    Returns:
        `loss` (mean over all taught tokens, in nats) and `accuracy`, and by kind the accuracy as `accuracy/<kind>`.
    """
    sums = torch.zeros(3, len(KINDS))
    with torch.no_grad():
        for numbers in batches[together.rank :: together.count]:
            batch = pack(corpus, [numbers], prompts=False)
            hidden = network.hidden(batch.tokens, batch.positions, batch.groups, batch.places)
            losses, right = network.losses(hidden, batch.labels)
            for row, values in enumerate((torch.ones_like(losses), losses, right.float())):
                sums[row].index_add_(0, batch.kinds, values)
    together.add(sums)
    count, loss, right = sums
    found = {f"accuracy/{name}": float(right[code] / count[code]) for code, name in enumerate(KINDS) if count[code]}
    return {"loss": float(loss.sum() / count.sum()), "accuracy": float(right.sum() / count.sum()), **found}
