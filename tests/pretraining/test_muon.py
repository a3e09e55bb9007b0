from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from automem.pretraining.muon import Muon, orthogonal
from automem.pretraining.together import Together, run_together

SHAPES = ((48, 32), (32, 48), (32, 32), (32, 32), (8, 96))
RATE = 0.01


def matrices() -> list[torch.nn.Parameter]:
    chance = torch.Generator().manual_seed(0)
    return [torch.nn.Parameter(torch.randn(shape, generator=chance)) for shape in SHAPES]


def learn(found: list[torch.nn.Parameter], muon: object, steps: int = 3) -> list[Tensor]:
    """Some steps on gradients that are the same each time."""
    chance = torch.Generator().manual_seed(1)
    for _ in range(steps):
        for matrix in found:
            matrix.grad = torch.randn(matrix.shape, generator=chance)
        if isinstance(muon, Muon):
            muon.step(RATE)
        else:
            muon.step()
    return [matrix.detach() for matrix in found]


@pytest.mark.parametrize("shape", SHAPES)
def test_an_update_is_orthogonal(shape: tuple[int, int]) -> None:
    values = torch.linalg.svdvals(orthogonal(torch.randn(shape, generator=torch.Generator().manual_seed(2))))
    assert 0.6 < values.min() <= values.max() < 1.3


def test_it_does_what_torchs_own_does_but_for_rounding() -> None:
    ours, torchs = matrices(), matrices()
    found = learn(ours, Muon(ours, Together()))
    wanted = learn(
        torchs,
        torch.optim.Muon(torchs, lr=RATE, weight_decay=0.02, momentum=0.95, adjust_lr_fn="match_rms_adamw"),
    )
    for begun, one, other in zip(matrices(), found, wanted, strict=True):
        assert (one - other).norm() < 0.03 * (other - begun).norm()


def test_it_goes_on_from_its_state() -> None:
    whole, first, second = matrices(), matrices(), matrices()
    one, begun, resumed = Muon(whole, Together()), Muon(first, Together()), Muon(second, Together())
    for found, muon in ((whole, one), (first, begun)):
        learn(found, muon)
    resumed.load_state_dict(begun.state_dict())  # type: ignore[arg-type]
    for value, other in zip(second, first, strict=True):
        value.data.copy_(other)
    for alone, other in zip(learn(whole, one), learn(second, resumed), strict=True):
        assert torch.equal(alone, other)


def _shared(together: Together, folder: Path) -> None:
    found = matrices()
    torch.save(learn(found, Muon(found, together)), folder / f"{together.rank}.pt")


def test_shared_work_gives_the_same(tmp_path: Path) -> None:
    run_together(2, _shared, tmp_path)
    found = matrices()
    alone = learn(found, Muon(found, Together()))
    for rank in range(2):
        torch.testing.assert_close(torch.load(tmp_path / f"{rank}.pt"), alone)
