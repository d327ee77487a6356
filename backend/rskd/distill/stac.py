"""A student as a STAC item with the Machine Learning Model extension: what catalogues and other tools read."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import onnxruntime
import shapely

from rskd.card import StudentCard
from rskd.distill.export import TILE
from rskd.geo.atomic import write_text

STAC_VERSION = "1.1.0"
EXTENSIONS = (
    "https://stac-extensions.github.io/mlm/v1.5.2/schema.json",
    "https://stac-extensions.github.io/file/v2.1.0/schema.json",
    "https://stac-extensions.github.io/classification/v2.0.0/schema.json",
)
# Multihash: SHA-256 (0x12) of 32 bytes (0x20).
_SHA256 = "1220"


def write_stac(
    path: str | Path, card: StudentCard, model: str | Path, metrics: Mapping[str, Any] | None = None
) -> None:
    """Writes the item beside the student.

    Where the student was trained on imagery without a CRS, the item has no place: `geometry` is null and there is no
    `bbox`, which STAC allows.

    Args:
        path: of the item, `student.stac.json`.
        card: of the student.
        model: the exported file, in the same folder.
        metrics: scores on the test part, JSON types only; they go into `rskd:metrics`.

    Raises:
        OutputUnwritable: no space, no permission.
    """
    item = stac_item(card, Path(model), metrics)
    write_text(path, json.dumps(item, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def stac_item(card: StudentCard, model: Path, metrics: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The item as plain JSON types; see `write_stac`."""
    item: dict[str, Any] = {
        "type": "Feature",
        "stac_version": STAC_VERSION,
        "stac_extensions": list(EXTENSIONS),
        "id": re.sub(r"[^A-Za-z0-9._-]+", "-", f"{card.name}-{card.created}").strip("-"),
        "geometry": card.footprint,
        "properties": _properties(card, metrics),
        "assets": {"model": _asset(card, model)},
        "links": _links(card),
    }
    if card.footprint is not None:
        item["bbox"] = _bbox(card.footprint)
    return item


def _as_name(text: str) -> str:
    """As the extension wants names: a letter first, then Latin letters, digits, blanks and `_.-`."""
    plain = re.sub(r"[^A-Za-z0-9_.-]+", " ", text).strip(" _.-")
    return plain if re.fullmatch(r"[A-Za-z].+[A-Za-z0-9]", plain) else f"model {plain or 0}"


def _bbox(footprint: Mapping[str, Any]) -> list[float]:
    """West, south, east, north; west is the larger one where the footprint is cut at the antimeridian."""
    shape = shapely.from_geojson(json.dumps(footprint))
    west, south, east, north = (float(side) for side in shape.bounds)
    parts = shapely.get_parts(shape)
    if len(parts) > 1 and west <= -180 and east >= 180:
        west = min(float(part.bounds[0]) for part in parts if part.bounds[2] >= 180)
        east = max(float(part.bounds[2]) for part in parts if part.bounds[0] <= -180)
    return [west, south, east, north]


def _properties(card: StudentCard, metrics: Mapping[str, Any] | None) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "datetime": card.created,
        "created": card.created,
        "description": f"{card.architecture} student for {card.task}, distilled by RSKD {card.rskd_version}",
        "gsd": card.gsd,
        "bands": _bands(card),
        "mlm:name": _as_name(card.name),
        "mlm:architecture": card.architecture,
        "mlm:tasks": ["semantic-segmentation"],
        "mlm:framework": "ONNX",
        "mlm:framework_version": ".".join(onnxruntime.__version__.split(".")[:3]),
        "mlm:total_parameters": card.parameters,
        "mlm:pretrained": True,
        "mlm:pretrained_source": None,
        "mlm:batch_size_suggestion": 1,
        "mlm:accelerator": None,
        "mlm:accelerator_constrained": False,
        "mlm:input": [_input(card)],
        "mlm:output": [_output(card)],
        "mlm:hyperparameters": {"recipe": card.settings, "teacher": card.teacher},
        "rskd:bands": [band.model_dump(mode="json") for band in card.bands],
        "rskd:tiling": card.tiling.model_dump(mode="json"),
    }
    if card.local:
        del properties["gsd"]  # pixels, not metres
    if metrics is not None:
        properties["rskd:metrics"] = dict(metrics)
    return properties


def _band_names(card: StudentCard) -> list[str]:
    """Unique ones: the layer comes first where two layers have bands of the same name."""
    names = [band.name for band in card.bands]
    return [f"{band.layer}:{band.name}" if names.count(band.name) > 1 else band.name for band in card.bands]


def _bands(card: StudentCard) -> list[dict[str, str]]:
    return [{"name": name} for name in _band_names(card)]


def _input(card: StudentCard) -> dict[str, Any]:
    return {
        "name": "image",
        "description": "Raw band values; normalisation is inside the graph. Any height and width that are multiples of "
        f"{card.tiling.multiple}, once the declared {TILE} is set free.",
        "bands": _band_names(card),
        "input": {
            "shape": [-1, len(card.bands), TILE, TILE],
            "dim_order": ["batch", "bands", "height", "width"],
            "data_type": "float32",
        },
        "value_scaling": None,
        "resize_type": None,
        "pre_processing_function": None,
    }


def _output(card: StudentCard) -> dict[str, Any]:
    return {
        "name": "probabilities",
        "tasks": ["semantic-segmentation"],
        "result": {
            "shape": [-1, len(card.classes), TILE, TILE],
            "dim_order": ["batch", "classes", "height", "width"],
            "data_type": "float32",
        },
        "classification:classes": [
            {
                "value": known.value,
                "name": re.sub(r"[^0-9A-Za-z_-]+", "_", known.name).strip("_") or f"class_{known.value}",
                "description": f"{known.name} (channel {channel})",
                "color_hint": known.color.removeprefix("#").upper(),
            }
            for channel, known in enumerate(card.classes)
        ],
        "post_processing_function": None,
    }


def _asset(card: StudentCard, model: Path) -> dict[str, Any]:
    content = model.read_bytes()
    return {
        "href": f"./{model.name}",
        "title": "Student: raw bands in, class probabilities out",
        "type": "application/octet-stream; framework=onnx",
        "roles": ["mlm:model", "mlm:weights"],
        "mlm:artifact_type": "onnx",
        # STAC allows bands of an item only where an asset has some; the extension looks for the item's.
        "bands": _bands(card),
        "file:checksum": _SHA256 + hashlib.sha256(content).hexdigest(),
        "file:size": len(content),
    }


def _links(card: StudentCard) -> list[dict[str, Any]]:
    """The student derives from its teacher; a teacher without an address is named by its key."""
    if not card.teacher:
        return []
    name = str(card.teacher.get("name", "teacher"))
    href = str(card.teacher.get("url") or f"urn:rskd:teacher:{card.teacher.get('key', 'unknown')}")
    return [{"rel": "derived_from", "href": href, "title": f"Teacher: {name}", "mlm:name": _as_name(name)}]
