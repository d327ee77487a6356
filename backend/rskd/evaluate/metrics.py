"""Everything that is said about how good a map is, from one streamed confusion matrix."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rskd.evaluate import confusion as measures
from rskd.evaluate.areas import NOTE as AREAS_NOTE
from rskd.evaluate.areas import AreaEstimate, area_estimates
from rskd.evaluate.confusion import BlockedConfusion, ConfusionMatrix
from rskd.evaluate.objects import ObjectCounts
from rskd.geo.sidecar import MapClass

__all__ = [
    "AREAS_NOTE",
    "AreaEstimate",
    "BlockedConfusion",
    "ConfusionMatrix",
    "ObjectCounts",
    "area_estimates",
    "scores",
]


def scores(
    confusion: BlockedConfusion,
    classes: Sequence[MapClass],
    *,
    present: Sequence[int] | None = None,
    background: int | None = None,
    objects: ObjectCounts | None = None,
    seed: int = 7,
) -> dict[str, Any]:
    """All accuracies of one map, JSON-ready: None stands for what cannot be said.

    Args:
        confusion: of the test blocks.
        classes: in channel order.
        present: channels over which IoU is averaged, the same for all maps that are compared; by default those with
            reference pixels.
        background: segmentation: channel of the background; adds IoU and F1 of everything else.
        objects: segmentation: adds per-object detection.
        seed: of the resampled blocks.

    Returns:
        `mean_iou`, `overall_accuracy`, `kappa`, `pixels`, `blocks`; `intervals`: 95 % bootstrap intervals of these over
        blocks, empty with fewer than two; `classes`: `value`, `name`, `color`, `iou`, `users`, `producers`, each
        with its `…_interval`, `f1`, `reference_pixels`, `mapped_pixels`, `counted` (in the mean IoU) each; `confusion`:
        counts, rows = reference. With `background`: `foreground_iou`, `foreground_f1`. With `objects`: `objects` with
        `precision`, `recall`, `f1`, `reference`, `predicted`, `matched`.
    """
    whole = confusion.total
    present = whole.present if present is None else list(present)
    summaries: dict[str, measures.Statistic] = {
        "mean_iou": lambda matrix: measures.mean_iou(matrix, present),
        "overall_accuracy": measures.overall_accuracy,
        "kappa": measures.kappa,
    }
    if background is not None:
        summaries["foreground_iou"] = lambda matrix: measures.iou(_two_classes(matrix, background))[..., 1]
        summaries["foreground_f1"] = lambda matrix: measures.f1(_two_classes(matrix, background))[..., 1]
    intervals = {name: confusion.interval(statistic, seed=seed) for name, statistic in summaries.items()}
    return {
        **{name: _number(statistic(whole.counts)) for name, statistic in summaries.items()},
        "intervals": {name: list(map(_number, ends)) for name, ends in intervals.items() if ends is not None},
        "pixels": int(whole.counts.sum()),
        "blocks": confusion.blocks,
        "classes": _class_rows(confusion, classes, present, seed),
        "confusion": whole.counts.tolist(),
        **({} if objects is None else {"objects": _object_scores(objects)}),
    }


def _class_rows(
    confusion: BlockedConfusion, classes: Sequence[MapClass], present: Sequence[int], seed: int
) -> list[dict[str, Any]]:
    whole = confusion.total
    ends = {
        "iou_interval": confusion.interval(measures.iou, seed=seed),
        "users_interval": confusion.interval(measures.users_accuracy, seed=seed),
        "producers_interval": confusion.interval(measures.producers_accuracy, seed=seed),
    }
    columns = {"iou": whole.iou(), "users": whole.users(), "producers": whole.producers(), "f1": whole.f1()}
    return [
        {
            "value": one.value,
            "name": one.name,
            "color": one.color,
            **{name: _number(column[channel]) for name, column in columns.items()},
            **{name: _ends(interval, channel) for name, interval in ends.items()},
            "reference_pixels": int(whole.counts[channel].sum()),
            "mapped_pixels": int(whole.counts[:, channel].sum()),
            "counted": channel in present,
        }
        for channel, one in enumerate(classes)
    ]


def _ends(interval: NDArray[np.float64] | None, channel: int) -> list[float] | None:
    if interval is None or np.isnan(interval[0, channel]):
        return None
    low, high = interval[:, channel].tolist()
    return [low, high]


def _object_scores(objects: ObjectCounts) -> dict[str, Any]:
    counts = {"reference": objects.reference, "predicted": objects.predicted, "matched": objects.matched}
    return {"precision": objects.precision, "recall": objects.recall, "f1": objects.f1, **counts}


def _two_classes(matrix: NDArray[Any], background: int) -> NDArray[Any]:
    """Background and everything else, (..., 2, 2)."""
    of_background = matrix[..., background, background]
    missed, extra = matrix[..., background].sum(-1) - of_background, matrix[..., background, :].sum(-1) - of_background
    rest = matrix.sum((-1, -2)) - of_background - missed - extra
    return np.stack([np.stack([of_background, extra], -1), np.stack([missed, rest], -1)], -2)


def _number(value: Any) -> float | None:
    return None if math.isnan(value) else float(value)
