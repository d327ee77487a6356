"""Which published torchgeo weights can be a teacher here, or start one."""

from __future__ import annotations

from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import torch
from torchgeo.models import get_model_weights, list_models

from rskd.errors import ModelUnusable
from rskd.models.architectures import build_network
from rskd.models.teachers.torchgeo import encoder_of, is_segmenter

_SENSORS = {
    "SENTINEL1": "Sentinel-1",
    "SENTINEL2": "Sentinel-2",
    "LANDSAT_TM": "Landsat 4–5 TM",
    "LANDSAT_ETM": "Landsat 7 ETM+",
    "LANDSAT_OLI": "Landsat 8–9 OLI",
    "LANDSAT": "Landsat",
    "NAIP": "NAIP",
    "OAM": "Aerial images",
    "FMOW": "Satellite images below a metre",
}
"""What the beginnings of names say, the first that fits."""


def published_weights() -> list[dict[str, Any]]:
    """See `rskd.jobs.published.run`."""
    rows = [row for model in list_models() for weight in _members(model) if (row := _row(weight))]
    return sorted(rows, key=lambda row: (row["kind"] != "segmenter", row["sensor"], row["name"]))


def _members(model: str) -> list[Any]:
    try:
        return list(get_model_weights(model))
    except (KeyError, ValueError):  # a model of which nothing is published
        return []


def _row(weight: Any) -> dict[str, Any] | None:
    """None for a weight that no teacher here can use."""
    name, meta = str(weight), weight.meta
    segments = is_segmenter(name)
    try:
        encoder = str(meta["encoder"]) if segments else encoder_of(name)
    except ModelUnusable:
        return None
    bands = [str(band) for band in meta.get("bands", ())]
    resolution = meta.get("resolution")
    return {
        "name": name,
        "kind": "segmenter" if segments else "encoder",
        "sensor": _sensor(name),
        "bands": bands,
        "band_count": int(meta["in_chans"]) if "in_chans" in meta else len(bands) or None,
        "classes": int(meta["num_classes"]) if segments else None,
        "class_names": [str(known) for known in meta.get("classes", ())],
        "gsd": None if resolution is None else float(resolution),
        "megabytes": _megabytes(encoder, decoder=segments),
        "file": PurePosixPath(urlsplit(weight.url).path).name,
        "licence": meta.get("license"),
        "description": _description(meta, encoder, segments=segments),
    }


def _sensor(name: str) -> str:
    said = name.partition("_Weights.")[2]
    return next((sensor for start, sensor in _SENSORS.items() if said.startswith(start)), "Other")


def _description(meta: dict[str, Any], encoder: str, *, segments: bool) -> str:
    network = f"U-Net with {encoder}" if segments else encoder
    method = f", {meta['ssl_method']}" if "ssl_method" in meta else ""
    return f"{network}, trained on {meta['dataset']}{method}" if "dataset" in meta else network + method


@lru_cache
def _megabytes(encoder: str, *, decoder: bool) -> float:
    """Four bytes a weight; neither bands nor classes weigh much."""
    with torch.device("meta"):  # counted, not made
        network: Any = build_network("unet", encoder, (), 3, 3)
    counted = network if decoder else network.encoder
    count: int = sum(weights.numel() for weights in counted.parameters())
    return round(count * 4 / 1e6, 1)
