"""The library: the students that were distilled or imported here, a folder each.

    students/<folder>/student.onnx         the student
                      student.stac.json    the same for catalogues, where there was one
                      entry.json           what the list shows

A folder is filled under another name and then renamed, so that a second QGIS never sees half an entry. Damaged entries
are shown with what is known of them, or left out where the student itself is missing.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication, QFile, QObject, pyqtSignal

from . import json_files, places
from .bridge.errors import BackendError
from .draft.naming import slug
from .names import free

translate = QCoreApplication.translate

MODEL, CATALOGUE, FACTS = "student.onnx", "student.stac.json", "entry.json"
_LONGEST = 80  # characters of a name


@dataclass(frozen=True)
class Entry:
    """One student of the library; None where a number is not known."""

    folder: Path
    name: str
    task: str
    classes: tuple[dict[str, Any], ...]
    """`name`, `value`, `color` each."""
    bands: tuple[dict[str, Any], ...]
    """`name` and `layer` each, in the student's order."""
    accuracy: float | None
    """Mean IoU on the test part."""
    interval: tuple[float, float] | None
    """95 % interval of the accuracy."""
    megabytes: float | None
    parameters: int | None
    milliseconds: float | None
    """Per megapixel, on the machine where it was distilled."""
    gsd: float | None
    """Metres a pixel; None for imagery without a place."""
    created: str

    @property
    def path(self) -> Path:
        """The student itself."""
        return self.folder / MODEL

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that it saw in training, in order."""
        return tuple(dict.fromkeys(str(band.get("layer", "")) for band in self.bands))

    @classmethod
    def of(cls, folder: Path, facts: dict[str, Any]) -> Entry:
        """From `entry.json`, of which nothing is taken for granted."""
        ends = facts.get("interval")
        sound = isinstance(ends, list) and len(ends) == 2 and None not in map(_number, ends)
        parameters, size = _number(facts.get("parameters")), _number(facts.get("megabytes"))
        return cls(
            folder=folder,
            name=str(facts.get("name") or folder.name),
            task=str(facts.get("task") or ""),
            classes=_objects(facts.get("classes")),
            bands=_objects(facts.get("bands")),
            accuracy=_number(facts.get("accuracy")),
            interval=(float(ends[0]), float(ends[1])) if sound else None,
            megabytes=size if size is not None else _megabytes(folder / MODEL),
            parameters=None if parameters is None else int(parameters),
            milliseconds=_number(facts.get("milliseconds")),
            gsd=_number(facts.get("gsd")),
            created=str(facts.get("created") or ""),
        )


class Library(QObject):
    """The folder of students; every method may raise OSError where the disk does not do what it should."""

    changed = pyqtSignal()

    def __init__(self, folder: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder = folder or places.students()

    def entries(self) -> list[Entry]:
        """All students, the newest first."""
        if not self.folder.is_dir():
            return []
        folders = [one for one in self.folder.iterdir() if not one.name.startswith(".") and (one / MODEL).is_file()]
        entries = [Entry.of(one, json_files.read(one / FACTS) or facts_of_result(one / MODEL)) for one in folders]
        return sorted(entries, key=lambda entry: (entry.created, entry.name), reverse=True)

    def add(self, student: Path, name: str) -> Entry:
        """Copies a student that a distillation has made, with what its folder tells of it; never the same one twice.

        Its name gets a number where another student has it.
        """
        facts = facts_of_result(student)
        for entry in self.entries():
            if facts["created"] and entry.created == facts["created"] and _same_bytes(entry.path, student):
                return entry
        return self._keep(student, {**facts, "name": name})

    def import_file(self, student: Path, card: dict[str, Any], name: str = "") -> Entry:
        """Copies a student from anywhere; `card` is what the backend's question `inspect` answers about the file.

        Raises:
            BackendError: the file is no student of RSKD.
        """
        facts = facts_of_card(card, student.name)
        return self._keep(student, {**facts, "name": name or facts["name"] or student.stem})

    def export(self, entry: Entry, destination: Path) -> Path:
        """Copies a student into a new folder inside `destination`; returns the folder."""
        target = _free(destination / slug(entry.name))
        shutil.copytree(entry.folder, target, ignore=shutil.ignore_patterns(FACTS, ".*"))
        return target

    def rename(self, entry: Entry, name: str) -> None:
        """Gives a student another name; its folder keeps the old one."""
        name = name.strip()[:_LONGEST]
        if not name or name == entry.name:
            return
        name = free(name, {other.name for other in self.entries() if other.folder != entry.folder})
        facts = json_files.read(entry.folder / FACTS) or facts_of_result(entry.path)
        json_files.write(entry.folder / FACTS, {**facts, "name": name})
        self.changed.emit()

    def remove(self, entry: Entry) -> None:
        """Moves a student to the system's bin; deletes it where there is none."""
        moved = QFile.moveToTrash(str(entry.folder))
        if not (moved[0] if isinstance(moved, tuple) else moved) and entry.folder.exists():
            shutil.rmtree(entry.folder)
        self.changed.emit()

    def _keep(self, student: Path, facts: dict[str, Any]) -> Entry:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = free(facts["name"].strip()[:_LONGEST], {entry.name for entry in self.entries()})
        new = Path(tempfile.mkdtemp(dir=self.folder, prefix=".new-"))
        try:
            shutil.copyfile(student, new / MODEL)
            catalogue = student.with_name(f"{student.stem}.stac.json")
            if catalogue.is_file():
                shutil.copyfile(catalogue, new / CATALOGUE)
            json_files.write(new / FACTS, {**facts, "name": name})
            target = _free(self.folder / slug(name))
            new.rename(target)
        except OSError:
            shutil.rmtree(new, ignore_errors=True)
            raise
        self.changed.emit()
        return Entry.of(target, json_files.read(target / FACTS))


def facts_of_result(student: Path) -> dict[str, Any]:
    """What the files beside a student tell of it: `student.stac.json`, `metrics.json` and `job.json`."""
    item = json_files.read(student.with_name(f"{student.stem}.stac.json"))
    told = item.get("properties")
    told = told if isinstance(told, dict) else {}
    metrics, job = (json_files.read(student.with_name(name)) for name in ("metrics.json", "job.json"))
    scores = told.get("rskd:metrics") or metrics.get("student")
    scores = scores if isinstance(scores, dict) else {}
    intervals = scores.get("intervals")
    return {
        "name": str(told.get("mlm:name") or student.stem),
        "task": job.get("task") or ("segmentation" if "segmentation," in told.get("description", "") else "land-cover"),
        "classes": metrics.get("classes") or scores.get("classes") or _classes_of_item(told),
        "bands": told.get("rskd:bands") or [],
        "accuracy": scores.get("mean_iou"),
        "interval": intervals.get("mean_iou") if isinstance(intervals, dict) else None,
        "megabytes": scores.get("megabytes"),
        "parameters": told.get("mlm:total_parameters"),
        "milliseconds": scores.get("milliseconds_per_megapixel"),
        "gsd": told.get("gsd"),
        "created": str(told.get("created") or ""),
    }


def facts_of_card(card: dict[str, Any], file: str) -> dict[str, Any]:
    """What a student tells of itself.

    Raises:
        BackendError: it is a model of another kind.
    """
    if card.get("kind") != "student":
        message = translate("Library", "“{}” is not a student of RSKD, but: {}.").format(
            file, card.get("kind") or translate("Library", "unknown")
        )
        hint = translate("Library", "Other models can be teachers: choose the file in the Teacher section.")
        raise BackendError("model-unusable", message, hint)
    keys = ("name", "task", "classes", "bands", "megabytes", "parameters", "created")
    gsd = None if card.get("local") else card.get("gsd")
    return {**{key: card.get(key) for key in keys}, "name": str(card.get("name") or ""), "gsd": gsd}


def when(entry: Entry) -> datetime | None:
    """When a student was made, in local time."""
    try:
        made = datetime.fromisoformat(entry.created.replace("Z", "+00:00"))
    except ValueError:
        return None
    return (made if made.tzinfo else made.replace(tzinfo=timezone.utc)).astimezone()


def _classes_of_item(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Class names as the catalogue's description keeps them: “forest (channel 3)”."""
    try:
        classes = told["mlm:output"][0]["classification:classes"]
        return [
            {
                "name": re.sub(r" \(channel \d+\)$", "", one["description"]),
                "value": one["value"],
                "color": f"#{one['color_hint'].lower()}",
            }
            for one in classes
        ]
    except (KeyError, IndexError, TypeError, AttributeError):
        return []


def _free(folder: Path) -> Path:
    number, found = 1, folder
    while found.exists():
        number += 1
        found = folder.with_name(f"{folder.name}-{number}")
    return found


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _objects(value: Any) -> tuple[dict[str, Any], ...]:
    return tuple(one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()


def _megabytes(file: Path) -> float | None:
    return file.stat().st_size / 1e6 if file.is_file() else None


def _same_bytes(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()
