from __future__ import annotations

import pytest
import torch
from torch import Tensor

from automem.pretraining.attention import Group
from automem.pretraining.network import Network, Size, fresh_model

LAYOUT = (Group(0, 13, 3, 7), Group(34, 5, 1, 9))


@pytest.fixture
def packed() -> tuple[Tensor, Tensor]:
    tokens = torch.randint(0, 50, (LAYOUT[-1].end,), generator=torch.Generator().manual_seed(0))
    positions = [
        torch.cat([torch.arange(group.prefix), torch.arange(group.width).repeat(group.rows) + group.prefix])
        for group in LAYOUT
    ]
    return tokens, torch.cat(positions)


def rows(tokens: Tensor, group: Group) -> Tensor:
    """The group's conversations, each with its prefix."""
    prefix = tokens[group.begin : group.middle].expand(group.rows, -1)
    return torch.cat([prefix, tokens[group.middle : group.end].view(group.rows, -1)], 1)


def test_it_computes_what_transformers_computes(packed: tuple[Tensor, Tensor]) -> None:
    model = fresh_model(Size(128, 2, 96), 50, 1, 0, seed=0)
    tokens, positions = packed
    network = Network(model, compiled=False, dtype=torch.float32)
    found = network.hidden(tokens, positions, LAYOUT, torch.arange(len(tokens)))
    wanted = [model.model(rows(tokens, group)).last_hidden_state[:, group.prefix :].flatten(0, 1) for group in LAYOUT]
    got = [found[group.middle : group.end] for group in LAYOUT]
    chance = torch.Generator().manual_seed(1)
    direction = [torch.randn(part.shape, generator=chance) for part in got]
    gradients = []
    for values in (wanted, got):
        model.zero_grad()
        torch.stack([(part * weights).sum() for part, weights in zip(values, direction, strict=True)]).sum().backward()
        gradients.append([parameter.grad.clone() for parameter in model.parameters() if parameter.grad is not None])
    torch.testing.assert_close(got, wanted, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(gradients[1], gradients[0], atol=1e-3, rtol=1e-3)
    some = torch.tensor([40, 2, 20])
    torch.testing.assert_close(network.hidden(tokens, positions, LAYOUT, some), found[some])


def test_sixteen_bits_come_close(packed: tuple[Tensor, Tensor]) -> None:
    model = fresh_model(Size(128, 2, 96), 50, 1, 0, seed=0)
    every = torch.arange(LAYOUT[-1].end)
    exact, rough = (
        Network(model, compiled=False, dtype=dtype).hidden(*packed, LAYOUT, every)
        for dtype in (torch.float32, torch.bfloat16)
    )
    assert (exact - rough).norm() < 0.02 * exact.norm()
