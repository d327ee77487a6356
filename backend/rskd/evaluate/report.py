"""The report: one HTML file that opens without a network, made from a job's metrics and pictures."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rskd.evaluate.picture import RGB, png
from rskd.evaluate.report_words import plain
from rskd.geo.atomic import write_text

_CALLED = {"baseline": "without teacher"}
"""Models whose names in the metrics a reader of the report need not know."""


@dataclass(frozen=True)
class Crop:
    """One place of the map, the same window in several pictures."""

    title: str
    pictures: Sequence[tuple[str, RGB]]


@dataclass(frozen=True)
class ReportFacts:
    """What the report shows; everything but pictures is JSON-ready and stands in `metrics.json` and `job.json` too."""

    title: str
    job: dict[str, Any]
    metrics: dict[str, Any]
    crops: Sequence[Crop] = ()
    curves: Sequence[tuple[str, str]] = ()
    """Captions and SVG elements."""
    warnings: Sequence[dict[str, Any]] = field(default_factory=list)
    files: Sequence[str] = ()


def write_report(path: Path, facts: ReportFacts) -> None:
    """Writes the report, whole or not at all.

    Raises:
        OutputUnwritable: no space or no permission.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("rskd.evaluate", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["picture"] = _embedded
    environment.filters["figure"] = _figure
    environment.filters["plain"] = plain
    environment.filters["called"] = lambda model: _CALLED.get(model, model)
    environment.filters["share"] = lambda value: "–" if value is None else f"{value:.1%}"
    environment.filters["pretty"] = lambda data: json.dumps(data, ensure_ascii=False, indent=2)
    write_text(path, environment.get_template("report.html.j2").render(facts=facts, metrics=facts.metrics))


def _embedded(picture: RGB) -> str:
    return "data:image/png;base64," + base64.b64encode(png(picture)).decode()


def _figure(value: float | None, digits: int = 3) -> str:
    """A number as a person writes it; a dash where there is none."""
    if value is None:
        return "–"
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.{digits}f}"
