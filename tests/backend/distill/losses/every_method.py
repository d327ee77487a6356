"""Inputs for any loss of the list, made from what it says it needs."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from rskd.distill.losses.method import METHODS

OPTIONS = {"mgd": {"hidden": 0.0}, "kd": {"alpha": 0.3}}
"""Settings under which the conventions are checked, where the defaults would leave a part of the loss out."""


@dataclass(frozen=True)
class Inputs:
    """What a loss is called with; features of several levels are lists."""

    name: str
    student: Tensor | list[Tensor]
    teacher: Tensor | list[Tensor]
    target: Tensor | None
    mask: Tensor | None
    options: dict

    def __call__(self, **changes):
        given = replace(self, **changes)
        return METHODS[self.name].loss(given.student, given.teacher, given.target, given.mask, **given.options)

    def asking(self):
        """The same, with gradients asked of both sides (and leaves anew)."""
        return replace(self, student=each(asked, self.student), teacher=each(asked, self.teacher))

    @property
    def gradients(self):
        return [side.grad for side in listed(self.student)]


def listed(side):
    return [side] if isinstance(side, Tensor) else side


def each(change, side):
    """A change of a tensor, or of each in a list."""
    return change(side) if isinstance(side, Tensor) else [change(level) for level in side]


def asked(values):
    return values.detach().clone().requires_grad_()


def inputs(name, *, tiles=2, size=4, classes=4, scale=1.0, dtype=torch.float32, learned=True):
    """Random inputs; without `learned`, a loss that can do without takes the features as they are."""
    method, generator = METHODS[name], torch.Generator().manual_seed(0)

    def random(*shape):
        return (torch.randn(*shape, generator=generator) * scale).to(dtype)

    target = torch.randint(0, classes, (tiles, size, size), generator=generator)
    options = dict(OPTIONS.get(name, {}))
    if "boxes" in method.needs:
        shape = {"box_distribution": (6, 4, 8), "angle_phase": (6,), "bounded_box": (6, 4)}[name]
        return Inputs(name, random(*shape), random(*shape), torch.randn(shape, generator=generator), None, options)
    if "levels" in method.needs:
        shapes = [(tiles, 3, size, size), (tiles, 5, size, size)]
        student, teacher = ([random(*shape) for shape in shapes] for _ in range(2))
        channels = ([3, 5], [3, 5])
    elif "taps" in method.needs:
        student, teacher = random(tiles, 6, size, size), random(tiles, 6, size, size)
        channels = (6,)
    else:
        student, teacher = random(tiles, classes, size, size), random(tiles, classes, size, size)
    if method.learned and (learned or name != "review"):
        with torch.random.fork_rng():
            torch.manual_seed(0)
            options["learned"] = method.learned(*channels)
    return Inputs(name, student, teacher, target, None, options)


def places(made):
    """The shape of a mask."""
    first = listed(made.student)[0]
    return first.shape[:1] + first.shape[2:] if first.ndim == 4 else first.shape[:1]


def hidden(mask, side, values=float("nan")):
    """A side with these values where the mask is False."""

    def change(x):
        return x.masked_fill(~mask.reshape(len(mask), *([1] if x.ndim > 1 else []), *mask.shape[1:]), values)

    return each(lambda x: change(x) if x.ndim != 3 else x.masked_fill(~mask[:, None, None], values), side)
