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


def _evaluated(result: dict[str, Any]) -> None:
    columns = {
        "name": "Class",
        "iou": "IoU",
        "f1": "F1",
        "users": "User's accuracy",
        "producers": "Producer's accuracy",
    }
    print_table(result["classes"], {**columns, "reference_pixels": "Reference pixels"})
    named = {"Mean IoU": "mean_iou", "accuracy": "overall_accuracy", "kappa": "kappa"}
    typer.echo(", ".join(f"{name} {_figure(result[key])}" for name, key in named.items()))


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
