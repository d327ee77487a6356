"""Inner features of a network, found by name and read without editing the network.

    logits       what the network answers
    features     what enters its last layer
    encoder      all levels of the encoder, finest first; `encoder.2` is one of them, `encoder.-1` the coarsest
    decoder      all levels of the decoder, finest first; `decoder.0` is the finest
    path:a.b.c   the output of any module, by its dotted path

Transformers' tokens (N, L, C) come back as a grid (N, C, h, w): tokens before the grid's own (class, registers) are
dropped.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from rskd.errors import JobInvalid

LOGITS = "logits"
FEATURES = "features"
_PATH = "path:"

Heard = dict[str, Tensor | list[Tensor]]
"""Features by the name that asked for them: one tensor, or a list where the name stands for all levels."""


@dataclass(frozen=True)
class _Point:
    """One place to listen at: a module, and which part of its input or output is meant."""

    module: nn.Module
    pick: Callable[[Any], Tensor]
    before: bool = False


class Taps:
    """Listens at named places of a network while it runs.

    Args:
        network: stays as it is; hooks are there only while somebody listens.
        names: as above.
        of: “student” or “teacher”, for messages.

    Raises:
        JobInvalid: a name that this network does not have; says which it has.
    """

    def __init__(self, network: nn.Module, names: Sequence[str], *, of: str) -> None:
        self._network, self._of = network, of
        self._inside = inside(network)
        self._points = {name: self._found(name) for name in dict.fromkeys(names) if name != LOGITS}

    @contextmanager
    def listening(self, size: Sequence[int]) -> Iterator[Heard]:
        """Fills the dictionary that it gives while the network runs once over an image of `size` (height, width)."""
        heard: Heard = {}
        with ExitStack() as hooks:
            for name, points in self._points.items():
                levels: list[Tensor] = [torch.empty(0)] * len(points)
                for at, point in enumerate(points):
                    hooks.enter_context(_hooked(point, levels, at, size))
                heard[name] = levels
            yield heard
        for name in self._points:
            if not self._many(name):
                heard[name] = heard[name][0]

    def shapes(self, bands: int, size: int) -> dict[str, list[tuple[int, ...]]]:
        """Shapes (C, h, w) by name, from one run over empty images; the network's state stays as it was."""
        was, device = self._network.training, next(self._network.parameters()).device
        self._network.eval()
        try:
            with torch.no_grad(), self.listening((size, size)) as heard:
                # Two of them: norms over groups refuse a level of one cell of one image.
                logits = self._network(torch.zeros(2, bands, size, size, device=device))
        finally:
            self._network.train(was)
        levels = {name: value if isinstance(value, list) else [value] for name, value in heard.items()}
        return {name: [tuple(one.shape[1:]) for one in value] for name, value in ({LOGITS: [logits]} | levels).items()}

    def _many(self, name: str) -> bool:
        return name in self._inside and len(self._inside[name]) > 1 and "." not in name

    def _found(self, name: str) -> list[_Point]:
        if name.startswith(_PATH):
            path = name.removeprefix(_PATH)
            modules = dict(self._network.named_modules())
            if path in modules:
                return [_Point(modules[path], _only)]
            near = difflib.get_close_matches(path, modules, n=3, cutoff=0.3)
            hint = f"Did you mean {' or '.join(near)}?" if near else "Look its modules up with named_modules()."
            raise JobInvalid(f"The {self._of} has no module “{path}”.", hint)
        base, _, level = name.partition(".")
        points = self._inside.get(base, [])
        try:
            return points if not level and points else [points[int(level)]]
        except (ValueError, IndexError):
            there = ", ".join([LOGITS, *(_described(base, len(points)) for base, points in self._inside.items())])
            hint = f"It has {there}, or path: and a module's dotted path."
            raise JobInvalid(f"The {self._of} has no inner feature “{name}”.", hint) from None


def inside(network: nn.Module) -> dict[str, list[_Point]]:
    """Where a network can be listened at by the short names: features, encoder, decoder."""
    body = network.network if isinstance(getattr(network, "network", None), nn.Module) else network
    found: dict[str, list[_Point]] = {}
    for attribute in ("head", "segmentation_head", "classifier"):
        head = getattr(body, attribute, None)
        if isinstance(head, nn.Module):
            found[FEATURES] = [_Point(head, _first, before=True)]
            break
    encoder, decoder = getattr(body, "encoder", None), getattr(body, "decoder", None)
    if isinstance(encoder, nn.ModuleList):
        found["encoder"] = [_Point(level, _only) for level in encoder]
    elif isinstance(getattr(encoder, "out_channels", None), Sequence):
        # Encoders of segmentation-models-pytorch give a list: the image first, and at times a level without channels.
        channels = encoder.out_channels  # type: ignore[union-attr]
        levels = [at for at in range(1, len(channels)) if channels[at]]
        found["encoder"] = [_Point(encoder, _level(at)) for at in levels]  # type: ignore[arg-type]
    blocks = getattr(decoder, "blocks", None)
    if isinstance(decoder, nn.ModuleList):
        found["decoder"] = [_Point(level, _only) for level in decoder]
    elif isinstance(blocks, nn.ModuleList):
        found["decoder"] = [_Point(level, _only) for level in reversed(blocks)]
    elif isinstance(decoder, nn.Module):
        found["decoder"] = [_Point(decoder, _only)]
    return found


def on_a_grid(features: Tensor, size: Sequence[int]) -> Tensor:
    """Tokens (N, L, C) as (N, C, h, w), h / w as in `size`; a grid stays one.

    Raises:
        ValueError: the number of tokens fits no grid of that form, or the shape is neither.
    """
    if features.ndim == 4:
        return features
    if features.ndim != 3:
        raise ValueError(f"inner features are (N, C, H, W) or tokens (N, L, C), not {tuple(features.shape)}")
    count = features.shape[1]
    # Patches of one side: h / w is the image's; tokens before the grid (class, registers) are few.
    for extra in range(min(count, 17)):
        height = math.isqrt((count - extra) * size[0] // size[1])
        if height and height * round(height * size[1] / size[0]) == count - extra:
            grid = features[:, extra:].transpose(1, 2)
            return grid.reshape(len(features), -1, height, (count - extra) // height)
    raise ValueError(f"{count} tokens fit no grid of an image of {size[0]} x {size[1]}")


@contextmanager
def _hooked(point: _Point, levels: list[Tensor], at: int, size: Sequence[int]) -> Iterator[None]:
    def hear(_module: nn.Module, *seen: Any) -> None:
        levels[at] = on_a_grid(point.pick(seen[-1]), size)

    register = point.module.register_forward_pre_hook if point.before else point.module.register_forward_hook
    hook = register(hear)
    try:
        yield
    finally:
        hook.remove()


def _only(output: Any) -> Tensor:
    """A module's output; of several the last."""
    while not isinstance(output, Tensor):
        output = list(output.values())[-1] if isinstance(output, Mapping) else output[-1]
    return output


def _first(inputs: Any) -> Tensor:
    tensor: Tensor = inputs[0]
    return tensor


def _level(at: int) -> Callable[[Any], Tensor]:
    return lambda output: output[at]


def _described(base: str, levels: int) -> str:
    return base if levels == 1 else f"{base} ({levels} levels: {base}.0 to {base}.{levels - 1})"
