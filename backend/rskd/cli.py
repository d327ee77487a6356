"""The terminal's face: reads arguments, starts jobs, shows what they say."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rskd.events import Event, Reporter
    from rskd.spec import Spec

app = typer.Typer(
    help="Knowledge distillation for remote sensing: layers and a teacher in, a small fast student and its map out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Layers = Annotated[list[str], typer.Argument(metavar="LAYER...", help="PATH or name=PATH", show_default=False)]
Area = Annotated[str | None, typer.Option(help="Polygon file, or xmin,ymin,xmax,ymax in the first layer's CRS")]
Crs = Annotated[str | None, typer.Option(help="CRS of imagery without one; “local” works in pixels")]
Threads = Annotated[int | None, typer.Option(min=1, help="Processor threads; all by default")]
AsEvents = Annotated[bool, typer.Option("--events", help="JSON lines on stdout instead of progress bars")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on stdout")]


@app.command()
def distill(
    job: Annotated[Path, typer.Argument(metavar="JOB", help="Job file, YAML or JSON")],
    events: AsEvents = False,
) -> None:
    """Distil a student as a job file says; the same command resumes."""
    from rskd.spec import load_job

    _run("distill", lambda: load_job(job), events)


@app.command()
def predict(
    student: Annotated[Path, typer.Argument(metavar="STUDENT", help="student.onnx")],
    layers: Layers,
    out: Annotated[Path, typer.Option(help="Class map, GeoTIFF")],
    vector: Annotated[Path | None, typer.Option(help="Polygons, GeoPackage")] = None,
    probabilities: Annotated[Path | None, typer.Option(help="A band of probability a class, GeoTIFF")] = None,
    confidence: Annotated[Path | None, typer.Option(help="Probability of the chosen class, GeoTIFF")] = None,
    area: Area = None,
    crs: Crs = None,
    cog: Annotated[bool, typer.Option(help="Write the map as a cloud-optimised GeoTIFF")] = False,
    min_area_m2: Annotated[float, typer.Option(help="Leave out smaller polygons")] = 0.0,
    sieve: Annotated[int, typer.Option(help="Merge patches of fewer pixels before making polygons")] = 0,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps")] = "auto",
    threads: Threads = None,
    memory_gb: Annotated[float | None, typer.Option(help="Memory that may be used")] = None,
    events: AsEvents = False,
) -> None:
    """Run a student over layers: a class map, and on request polygons, probabilities, confidence."""
    from rskd.spec import PredictJob, describe

    asked = {
        "student": str(student), "layers": _layers(layers), "out": str(out), "vector": _text(vector),
        "probabilities": _text(probabilities), "confidence": _text(confidence), "area": _area(area), "crs": crs,
        "cog": cog, "min_area_m2": min_area_m2, "sieve": sieve, "device": device, "threads": threads,
        "memory_gb": memory_gb,
    }  # fmt: skip
    _run("predict", lambda: describe(PredictJob, asked, base=Path.cwd(), source="predict"), events)


@app.command()
def evaluate(
    subject: Annotated[Path, typer.Argument(metavar="STUDENT_OR_MAP", help="student.onnx, or a class map")],
    labels: Annotated[Path, typer.Option(help="Raster or polygons to compare with")],
    layers: Annotated[
        list[str] | None, typer.Argument(metavar="[LAYER]...", help="For a student: PATH or name=PATH")
    ] = None,
    field: Annotated[str | None, typer.Option(help="Class field of polygons")] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(help="Label value that means “not labelled”; repeat for more")
    ] = None,
    classes: Annotated[
        list[str] | None,
        typer.Option("--class", help="NAME=VALUE,VALUE…: label values that are this class; repeat for more"),
    ] = None,
    area: Area = None,
    crs: Crs = None,
    out: Annotated[Path | None, typer.Option(help="JSON file for the metrics")] = None,
    threads: Threads = None,
    events: AsEvents = False,
) -> None:
    """Compare a student or a finished map with labels."""
    from rskd.spec import EvaluateJob, describe

    asked = {
        "subject": str(subject), "layers": _layers(layers or []), "area": _area(area), "crs": crs, "out": _text(out),
        "labels": {
            "path": str(labels), "field": field, "ignore": [_value(text) for text in ignore or []],
            "classes": dict(map(_merged, classes)) if classes else None,
        },
        "threads": threads,
    }  # fmt: skip
    _run("evaluate", lambda: describe(EvaluateJob, asked, base=Path.cwd(), source="evaluate"), events)


@app.command()
def inspect(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Raster, vector, student, teacher or checkpoint")],
) -> None:
    """Say what a file is and holds, as JSON."""
    from rskd.jobs.inspect import run
    from rskd.terminal import print_json

    _ask(lambda _: run(file), show=print_json)


@app.command()
def students(
    benchmark: Annotated[bool, typer.Option(help="Measure size and speed on this machine")] = False,
    bands: Annotated[int, typer.Option(min=1, help="Bands to assume")] = 6,
    classes: Annotated[int, typer.Option(min=2, help="Classes to assume")] = 6,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """List the students that can be distilled, from small to large."""
    from rskd.jobs.students import MEASURED, columns, run

    def show(rows: list[dict[str, Any]]) -> None:
        _shown(as_json, columns(measured=benchmark))(rows)
        if not benchmark and not as_json:
            typer.echo(MEASURED)

    _ask(
        lambda reporter: run(reporter, bands=bands, classes=classes, threads=threads, benchmark=benchmark),
        show=show,
    )


@app.command()
def methods(as_json: AsJson = False) -> None:
    """List what can be matched between teacher and student, with defaults and sources."""

    def known(_: Reporter) -> list[dict[str, Any]]:
        from rskd.distill.library import methods as listed

        return listed() if as_json else [{**row, "needs": ", ".join(row["needs"])} for row in listed()]

    _ask(known, show=_shown(as_json, {"name": "Method", "kind": "Kind", "needs": "Needs", "source": "Source"}))


@app.command()
def recipes(
    classes: Annotated[int, typer.Option(min=2, help="Classes to assume where it is left to us")] = 6,
    as_json: AsJson = False,
) -> None:
    """List the recipes that a job may name, and the one that is taken by itself."""
    from rskd.jobs.recipe_list import run

    def show(listed: dict[str, Any]) -> None:
        _shown(as_json, {"name": "Recipe", "summary": "What is matched, and when to take it"})(listed["recipes"])
        if not as_json:
            typer.echo(f"`recipe: auto` takes {listed['auto']['name']}. {listed['auto']['reason']}")

    _ask(lambda _: run(classes), show=show)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Check this installation: versions, devices, memory, and what to do about problems."""
    from rskd.jobs.doctor import lines, run
    from rskd.terminal import print_json

    _ask(run, show=print_json if as_json else lambda result: typer.echo("\n".join(lines(result))))


@app.command()
def schema(
    job: Annotated[str, typer.Argument(help="distill, predict, evaluate or recipe")] = "distill",
) -> None:
    """Print the JSON schema of a job file, or of a recipe in a file of its own."""
    from rskd.errors import JobInvalid
    from rskd.spec import DistillJob, EvaluateJob, PredictJob, RecipeFile
    from rskd.terminal import print_json

    kinds: dict[str, type[Spec]] = {
        "distill": DistillJob,
        "predict": PredictJob,
        "evaluate": EvaluateJob,
        "recipe": RecipeFile,
    }

    def described(_: Reporter) -> dict[str, Any]:
        if job not in kinds:
            raise JobInvalid(f"There is no job “{job}”.", f"Jobs are {', '.join(kinds)}.")
        return kinds[job].model_json_schema()

    _ask(described, show=print_json)


def _run(name: str, describe_job: Callable[[], Spec], events: bool) -> None:
    """Checks the description here, then runs it in a process of its own."""
    from rskd.launch import launch
    from rskd.summary import print_summary
    from rskd.terminal import Terminal, print_event
    from rskd.worker import answer

    with Terminal() as terminal:

        def hear(event: Event) -> None:
            if name != "distill" and "hint" in event:
                event = {**event, "hint": _in_options(event["hint"])}
            if events:
                print_event(event)
            if not events or event["event"] in ("error", "bug", "result"):
                terminal.hear(event)

        jobs: list[Spec] = []
        code = answer(lambda: jobs.append(describe_job()), lambda event: None if jobs else hear(event))
        if jobs:
            code = launch(name, jobs[0], hear)
    if code == 0 and not events:
        print_summary(name, terminal.result)
    raise typer.Exit(code)


_OPTIONS = {"classes": "class"} | {key: key for key in ("area", "crs", "device", "field", "ignore", "out", "threads")}


def _in_options(hint: str) -> str:
    """A hint in the words of the job file (`area:`, memory_gb) in those of the command line (`--area`)."""
    said = re.sub(r"`(\w+):", lambda key: f"`--{_OPTIONS[key[1]]}" if key[1] in _OPTIONS else key[0], hint)
    return said.replace("memory_gb", "--memory-gb")


def _ask(question: Callable[[Reporter], Any], show: Callable[[Any], None]) -> None:
    """Answers a short question in this process."""
    from rskd.events import Reporter
    from rskd.terminal import Terminal
    from rskd.worker import answer

    with Terminal() as terminal:
        code = answer(lambda: question(Reporter(terminal.hear)), terminal.hear)
    if code == 0:
        show(terminal.result)
    raise typer.Exit(code)


def _shown(as_json: bool, columns: dict[str, str]) -> Callable[[Any], None]:
    from rskd.terminal import print_json, print_table

    return print_json if as_json else lambda rows: print_table(rows, columns)


def _layers(words: list[str]) -> list[dict[str, str]]:
    """`PATH` or `name=PATH`; a file whose own name holds an equals sign is a path."""
    return [
        {"path": word} if not name or Path(word).exists() else {"name": name, "path": path}
        for word in words
        for name, path in [_split(word)]
    ]


def _split(word: str) -> tuple[str, str]:
    name, equals, path = word.partition("=")
    return (name, path) if equals and name.replace("_", "").replace("-", "").isalnum() else ("", word)


def _area(text: str | None) -> str | list[float] | None:
    """A box, or the path of a polygon file."""
    if text is None or "," not in text or Path(text).exists():
        return text
    try:
        box = [float(number) for number in text.split(",")]
    except ValueError:
        return text
    if len(box) != 4:
        message = f"“{text}” has {len(box)} numbers; a box has four: xmin,ymin,xmax,ymax"
        raise typer.BadParameter(message, param_hint="--area")
    return box


def _value(text: str) -> int | str:
    return int(text) if text.lstrip("-").isdigit() else text


def _merged(text: str) -> tuple[str, list[int | str]]:
    name, equals, values = text.rpartition("=")
    if not (name and equals and values):
        raise typer.BadParameter(f"“{text}” is not NAME=VALUE,VALUE…", param_hint="--class")
    return name, [_value(value.strip()) for value in values.split(",")]


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version")] = False) -> None:
    if version:
        from rskd import __version__

        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """The console script `rskd`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A pipe on Windows would have a code page; a console of one cannot show every class name.
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
    app()
