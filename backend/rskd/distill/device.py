"""Where the networks train: what was asked for, what was got, and why not."""

from __future__ import annotations

import torch

from rskd.errors import DeviceUnavailable
from rskd.events import Reporter
from rskd.spec import Device


def pick_device(asked: Device, reporter: Reporter) -> torch.device:
    """The device to train on; what was asked for, got and why is said to `reporter`.

    Args:
        asked: `cpu`, `cuda`, `mps`, or `auto`: the first of CUDA and MPS that works, else the processor.
        reporter: hears one line with the facts `asked`, `got` and `why`.

    Raises:
        DeviceUnavailable: `cuda` or `mps` was asked for and does not work here.
    """
    if asked == "cpu":
        got, why = "cpu", "as asked"
    elif asked == "auto":
        got, why = _best()
    else:
        lacking = _lacking(asked)
        if lacking:
            hint = "Use `device: auto` or `device: cpu`; `rskd doctor` says more."
            raise DeviceUnavailable(
                f"{asked.upper()} was asked for, but {lacking}.", hint, asked=asked, got=None, why=lacking
            )
        got, why = asked, "as asked"
    reporter.info(f"Training on {got}: {why}.", asked=asked, got=got, why=why)
    return torch.device(got)


def _best() -> tuple[str, str]:
    reasons = []
    for kind in ("cuda", "mps"):
        lacking = _lacking(kind)
        if not lacking:
            return kind, "the fastest device that works here"
        reasons.append(lacking)
    return "cpu", " and ".join(reasons)


def _lacking(kind: str) -> str:
    """Why a device does not work, "" if it does."""
    if kind == "cuda":
        if torch.version.cuda is None and torch.version.hip is None:
            return "this PyTorch was built without CUDA"
        if not torch.cuda.is_available():
            return "no NVIDIA GPU with a fitting driver was found"
    elif not torch.backends.mps.is_available():
        return "there is no Apple GPU"
    try:
        # A card older than this PyTorch's kernels is "available" until it is used.
        torch.ones(1, device=kind).add(1).item()
    except RuntimeError as error:
        return f"its first calculation failed ({str(error).splitlines()[0]})"
    return ""
