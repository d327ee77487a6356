"""What a teacher's file expects of its imagery, and whether the draft gives it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsRasterLayer
from qgis.PyQt.QtCore import QCoreApplication

from rskd_qgis.layers.legend import map_classes

from .band_names import matched
from .bands import usable_bands
from .index_bands import offered_bands

if TYPE_CHECKING:
    from .draft import Draft


@dataclass(frozen=True)
class Expectation:
    """One thing that a teacher expects, beside what there is; `sure`: it is known to be as the words say."""

    words: str
    met: bool
    sure: bool = True


def facts_of(inspected: dict[str, Any]) -> dict[str, Any]:
    """The answer to `inspect`, or an entry of `weights`, as `teacher_facts`.

    Returns:
        `bands`, how many (0: not known); `band_names`; `band_layers`, whose they were, where they are found again by
        name; `classes`, their names or numbers; `encoder` where it is only the start of a teacher; `undescribed` where
        the file does not say which network it holds. Empty for no model.
    """
    bands, classes = inspected.get("bands"), inspected.get("classes")
    if inspected.get("kind") in ("teacher", "student"):  # described by RSKD itself
        names = [band["name"] for band in bands]
        said = {"bands": len(names), "band_names": names, "classes": [each["name"] for each in classes]}
        return {**said, "band_layers": [band.get("layer", "") for band in bands]}
    if inspected.get("kind") == "ONNX model":
        return _of_tensors(inspected)
    if "shapes" in inspected:
        # Lightning's checkpoints name the model among their settings; weights alone do not.
        return _of_weights(inspected["shapes"], described="model" in inspected.get("settings", {}))
    if inspected.get("kind") in ("segmenter", "encoder"):  # published weights
        facts = {"band_names": [str(band) for band in bands or ()], "classes": _numbered(classes)}
        if inspected["kind"] == "encoder":
            facts["encoder"] = True
        # An encoder with another number of bands starts its first layer anew: it expects nothing.
        return {"bands": inspected["band_count"] if inspected["kind"] == "segmenter" else 0, **facts}
    return {}


def expectations(draft: Draft) -> list[Expectation]:
    """What the teacher expects against what is selected, as far as the file says."""
    facts = _facts(draft)
    found = []
    if facts.get("bands") and draft.layers:
        found.append(_of_bands(facts, draft))
    if facts.get("classes") and draft.labels is not None and draft.labels.classes:
        found.append(_of_classes(facts["classes"], [each.name for each in draft.labels.classes]))
    return found


def _facts(draft: Draft) -> dict[str, Any]:
    kind = draft.teacher["kind"]
    if kind == "index":
        return {"classes": draft.teacher.get("names")}
    return {"classes": _of_map(draft)} if kind == "map" else draft.teacher_facts


def _of_map(draft: Draft) -> list[str]:
    """Names of a map's classes, as far as its file says them."""
    layer = draft.layer(draft.teacher.get("layer_id", ""))
    if not isinstance(layer, QgsRasterLayer) or not layer.isValid():
        return []
    if draft.teacher.get("probabilities"):
        return [own for number, own in usable_bands(layer) if own != layer.bandName(number)]
    known = map_classes(Path(layer.source().split("|")[0]), layer.dataProvider())
    return [each.name for each in known if each.name != str(each.value)]  # a colour alone names no class


def _of_bands(facts: dict[str, Any], draft: Draft) -> Expectation:
    """Compares names where both are known, as the backend will; else numbers only."""
    needed, have = facts["bands"], draft.band_count("teacher")
    names = facts.get("band_names") or []
    if len(names) != needed:
        return _of_count(needed, have)
    if facts.get("band_layers") and all(each.teacher for each in draft.layers):
        return _by_name(names, facts["band_layers"], draft)
    own = [band.own for band in offered_bands(draft)]
    if needed != have or [name.casefold() for name in own] == [name.casefold() for name in names]:
        return _of_count(needed, have)
    if sorted(name.casefold() for name in own) == sorted(name.casefold() for name in names):
        words = QCoreApplication.translate(
            "Expectation", "Expects the bands in this order: {needed} – yours come as {have}."
        )
        return Expectation(words.format(needed=_listed(names), have=_listed(own)), False)
    return _in_order(names)


def _by_name(names: list[str], layers: list[str], draft: Draft) -> Expectation:
    """The teacher knows its bands: the backend looks for them by name, and takes their order where it finds none."""
    have = draft.band_count("teacher")
    found = matched(list(zip(names, layers)), draft)
    if found is None:  # fewer layers than it was trained on
        return _of_count(len(names), have)
    if not found.missing:
        if found.by_position:
            return _in_order(names)
        if have == len(names):
            return _of_count(len(names), have)
        words = QCoreApplication.translate("Expectation", "Expects {needed} bands – found by name among your {have}.")
        return Expectation(words.format(needed=len(names), have=have), True)
    if have < len(names):
        return _of_count(len(names), have)
    words = QCoreApplication.translate("Expectation", "Expects {needed} bands – of these, yours lack {missing}.")
    return Expectation(words.format(needed=len(names), missing=_listed(found.missing)), False)


def _in_order(names: list[str]) -> Expectation:
    words = QCoreApplication.translate(
        "Expectation", "Expects the bands {}. Yours have other names and are taken in this order: check that it is so."
    )
    return Expectation(words.format(_listed(names)), True, sure=False)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:12]) + ("…" if len(names) > 12 else "")


def _of_count(needed: int, have: int) -> Expectation:
    if needed == 1:
        words = QCoreApplication.translate("Expectation", "Expects one band – you have {have}.")
    else:
        words = QCoreApplication.translate("Expectation", "Expects {needed} bands – you have {have}.")
    return Expectation(words.format(needed=needed, have=have), needed == have)


def _of_classes(own: list[str], labels: list[str]) -> Expectation:
    """The backend matches classes by name, whatever the case; unnamed ones by their order."""
    known = {name.casefold() for name in own}
    if all(name.isdecimal() for name in own):
        words = QCoreApplication.translate("Expectation", "Tells {own} classes apart – your labels have {labels}.")
        return Expectation(words.format(own=len(own), labels=len(labels)), len(own) == len(labels))
    strange = [name for name in labels if name.casefold() not in known]
    if not strange:
        words = QCoreApplication.translate("Expectation", "Knows all of your labels' classes: {}.")
        return Expectation(words.format(", ".join(labels)), True)
    if len(strange) < len(labels):
        # The backend refuses those that occur inside the area, which nobody has looked at here.
        words = QCoreApplication.translate(
            "Expectation",
            "Does not know {}. Where these lie in the area, take their ticks away or give them names that it knows.",
        )
        return Expectation(words.format(_listed(strange)), True, sure=False)
    words = QCoreApplication.translate("Expectation", "Knows none of your labels' classes. It knows {}.")
    return Expectation(words.format(", ".join(own[:12])), False)


def _of_tensors(inspected: dict[str, Any]) -> dict[str, Any]:
    """Of another tool's ONNX model: images in as (N, C, H, W), a channel a class out."""
    images = [tensor["shape"] for tensor in inspected["inputs"] if tensor["shape"] and len(tensor["shape"]) == 4]
    scores = [tensor["shape"] for tensor in inspected["outputs"] if tensor["shape"] and len(tensor["shape"]) == 4]
    bands = images[0][1] if images and isinstance(images[0][1], int) else 0
    channels = scores[0][1] if scores and isinstance(scores[0][1], int) else 0
    names = inspected.get("metadata", {}).get("class_names")
    named = [str(name) for name in names.values()] if isinstance(names, dict) else []
    # One channel answers yes or no: two classes.
    return {"bands": bands, "band_names": [], "classes": named or _numbered(max(2, channels) if channels else 0)}


def _of_weights(shapes: dict[str, list[int]], *, described: bool) -> dict[str, Any]:
    """Of another tool's weights: the first convolution sees the bands, the last one answers."""
    kernels = [shape for shape in shapes.values() if len(shape) == 4]
    if not kernels:
        return {}
    said = {"bands": kernels[0][1], "band_names": [], "classes": _numbered(max(2, kernels[-1][0]))}
    return said if described else {**said, "undescribed": True}


def _numbered(classes: Any) -> list[str]:
    if isinstance(classes, list):
        return [str(each) for each in classes]
    return [str(number) for number in range(classes)] if isinstance(classes, int) else []
