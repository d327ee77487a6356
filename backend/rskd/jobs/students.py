"""The list of students, and what each takes on this machine."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

from rskd import __version__
from rskd.card import BandCard, ClassCard, StudentCard, Tiling
from rskd.errors import JobInvalid
from rskd.events import Reporter
from rskd.geo.legend import default_palette
from rskd.infer.session import open_student
from rskd.infer.speed import milliseconds_per_megapixel

MEASURED = "MB are at most; `rskd students --benchmark` measures them, and the speed on this machine."


def columns(*, measured: bool) -> dict[str, str]:
    """Keys of a row and their headings, for a table."""
    speed = {"milliseconds_per_megapixel": "ms per megapixel"} if measured else {}
    return {"name": "Student", "parameters": "Parameters", "megabytes": "MB", **speed, "summary": "What it is"}


def run(
    reporter: Reporter,
    *,
    bands: int,
    classes: int,
    threads: int | None,
    benchmark: bool,
    names: Collection[str] | None = None,
) -> list[dict[str, Any]]:
    """The students of the catalogue from small to large, a JSON-ready row each.

    Args:
        reporter: hears how far the benchmark is.
        bands: channels in to assume, at least 1.
        classes: channels out to assume, at least 2.
        threads: for the benchmark; all cores if None.
        benchmark: measures size and speed; otherwise size is an upper bound and speed is left out.
        names: lists, and measures, only these; all if None.

    Raises:
        JobInvalid: there is no student of such a name.
    """
    from rskd.models.students import catalogue

    strange = sorted(set(names or ()) - {student.name for student in catalogue()})
    if strange:
        raise JobInvalid(f"There is no student “{strange[0]}”.", "`rskd students` lists them.", names=strange)
    rows: list[dict[str, Any]] = [
        {
            "name": student.name,
            "family": student.family,
            "parameters": student.parameters(bands, classes),
            "megabytes": round(student.megabytes(bands, classes), 2),
            "milliseconds_per_megapixel": None,
            "summary": student.summary,
        }
        for student in catalogue()
        if names is None or student.name in names
    ]
    if benchmark:
        with reporter.stage("measuring-students", "Measuring students", total=len(rows), unit="students") as stage:
            for row in rows:
                row["milliseconds_per_megapixel"], row["megabytes"] = measure(row["name"], bands, classes, threads)
                stage.advance()
    return sorted(rows, key=lambda row: row["parameters"])


def measure(name: str, bands: int, classes: int, threads: int | None) -> tuple[float, float]:
    """Milliseconds per megapixel of one pass, and the size in MB, of a student with random weights."""
    import torch

    from rskd.distill.export import export_student
    from rskd.models.normalise import Normalised
    from rskd.models.students import entry

    with torch.random.fork_rng(devices=[]), tempfile.TemporaryDirectory() as folder:
        card = _blank_card(name, bands, classes)
        network = Normalised.by_cards(entry(name).build(bands, classes), card.bands).eval()
        path = Path(folder) / "student.onnx"
        export_student(network, card, path)
        student = open_student(path, threads=threads, device="cpu")
        return milliseconds_per_megapixel(student.run, bands), student.megabytes


def _blank_card(name: str, bands: int, classes: int) -> StudentCard:
    band = BandCard(name="", layer="", dtype="float32", mean=0, std=1, low=-3, high=3)
    return StudentCard(
        name=name,
        task="land-cover",
        architecture=name,
        parameters=0,
        bands=tuple(band.model_copy(update={"name": f"band {number}"}) for number in range(1, bands + 1)),
        classes=tuple(
            ClassCard(value=value, name=str(value), color=color)
            for value, color in enumerate(default_palette(classes), start=1)
        ),
        gsd=1.0,
        tiling=Tiling(),
        created="",
        rskd_version=__version__,
    )
