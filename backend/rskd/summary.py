"""What a finished job tells in a terminal: the few numbers and files that matter."""

from __future__ import annotations

from typing import Any

import typer

from rskd.terminal import print_table


def print_summary(name: str, result: dict[str, Any]) -> None:
    """Prints the result of the job called `name` on stdout."""
    {"distill": _distilled, "predict": _predicted, "evaluate": _evaluated}[name](result)


MODELS = {
    "model": "",
    "mean_iou": "Mean IoU",
    "overall_accuracy": "Accuracy",
    "parameters": "Parameters",
    "milliseconds_per_megapixel": "ms per megapixel",
}


def _distilled(result: dict[str, Any]) -> None:
    metrics = result["metrics"]
    rows = [{"model": model, **metrics[model]} for model in ("teacher", "student", "baseline") if metrics.get(model)]
    print_table(rows, MODELS)
    if metrics["counted"]:
        typer.echo(f"Mean IoU over {', '.join(metrics['counted'])}, on the test blocks.")
    for sentence in metrics["judgement"]:
        typer.echo(sentence)
    for path in result["files"]:
        typer.echo(path)


def _predicted(result: dict[str, Any]) -> None:
    print_table(result["classes"], {"name": "Class", "value": "Value", "share": "Share", "area_m2": "Area m²"})
    for output in ("map", "vector", "probabilities", "confidence"):
        if output in result:
            typer.echo(result[output])


OWN_GROUND = (
    "Ground that a model was trained on makes these numbers too good: compare on ground that it has never seen."
)


def _evaluated(result: dict[str, Any]) -> None:
    columns = {"name": "Class"}
    for key, heading in {"iou": "IoU", "users": "User's accuracy", "producers": "Producer's accuracy"}.items():
        columns |= {key: heading, f"{key}_interval": "95 %"}
    rows = [
        {**row, **{key: _interval(ends) for key, ends in row.items() if key.endswith("_interval")}}
        for row in result["classes"]
    ]
    print_table(rows, {**columns, "f1": "F1", "reference_pixels": "Reference pixels"})
    named = {"Mean IoU": "mean_iou", "accuracy": "overall_accuracy", "kappa": "kappa"}
    said = [f"{name} {_figure(result[key])}{_within(result['intervals'].get(key))}" for name, key in named.items()]
    typer.echo(f"{', '.join(said)}, on {result['pixels']:,} pixels.")
    counted = [row["name"] for row in result["classes"] if row["counted"]]
    typer.echo(f"Mean IoU over {', '.join(counted)}: the classes that the labels show.")
    if not result["intervals"]:
        typer.echo("The labels lie too close together for intervals.")
    typer.echo(OWN_GROUND)


def _within(ends: list[float | None] | None) -> str:
    return f" (95 % interval {_interval(ends, ' to ')})" if ends else ""


def _interval(ends: list[float | None] | None, to: str = "–") -> str | None:
    return to.join(map(_figure, ends)) if ends else None


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
