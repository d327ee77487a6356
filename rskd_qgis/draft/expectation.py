"""What a teacher's file expects of its imagery, and whether the draft gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qgis.PyQt.QtCore import QCoreApplication

if TYPE_CHECKING:
    from .draft import Draft


@dataclass(frozen=True)
class Expectation:
    """One thing that a teacher expects, beside what there is."""

    words: str
    met: bool


def facts_of(inspected: dict[str, Any]) -> dict[str, Any]:
    """The answer to `inspect`, or an entry of `weights`, as `teacher_facts`.

    Returns:
        `bands`, how many (0: not known); `band_names`; `classes`, their names or numbers; `encoder` where it is only
        the start of a teacher; `undescribed` where the file does not say which network it holds. Empty for no model.
    """
    bands, classes = inspected.get("bands"), inspected.get("classes")
    if inspected.get("kind") in ("teacher", "student"):  # described by RSKD itself
        names = [band["name"] for band in bands]
        return {"bands": len(names), "band_names": names, "classes": [each["name"] for each in classes]}
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
    facts = draft.teacher_facts if draft.teacher["kind"] != "index" else {"classes": draft.teacher.get("names")}
    found = []
    if facts.get("bands") and draft.layers:
        found.append(_of_bands(facts["bands"], draft.band_count("teacher")))
    if facts.get("classes") and draft.labels is not None and draft.labels.classes:
        found.append(_of_classes(facts["classes"], [each.name for each in draft.labels.classes]))
    return found


def _of_bands(needed: int, have: int) -> Expectation:
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
        # Classes that it does not know are learned from the labels alone.
        words = QCoreApplication.translate("Expectation", "Does not know {}: these are learned from the labels alone.")
        return Expectation(words.format(", ".join(strange)), True)
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
