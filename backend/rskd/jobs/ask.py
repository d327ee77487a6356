"""Short questions of the plugin, answered at once, and the check of a job's description."""

from __future__ import annotations

import inspect as signatures
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rskd.errors import JobInvalid
from rskd.events import Reporter

if TYPE_CHECKING:
    from rskd.spec import Spec

Answer = dict[str, Any] | list[Any]


def ask(question: str, arguments: dict[str, Any], reporter: Reporter) -> Answer:
    """Answers `question`; imports only what it needs.

    Args:
        question: inspect, students, labels, methods, recipes, doctor, weights or check.
        arguments: what it is about, by name.
        reporter: hears how far a long answer is.

    Raises:
        JobInvalid: there is no such question, or it has other arguments.
        RskdError: what the answer came upon.
    """
    if question not in _QUESTIONS:
        raise JobInvalid(f"There is no question “{question}”.", f"Questions are {', '.join(_QUESTIONS)}.")
    answer = _QUESTIONS[question]
    try:
        signatures.signature(answer).bind(reporter, **arguments)
    except TypeError as error:
        raise JobInvalid(f"The question “{question}” cannot be asked like this: {error}.") from error
    return answer(reporter, **arguments)


def described(job: str, spec: object) -> Spec:
    """The checked description of a job of this kind; relative paths are taken from the working folder.

    Raises:
        JobInvalid: there is no such job, or a field is wrong.
    """
    from rskd.spec import describe

    return describe(_kind(job), spec, base=Path.cwd(), source=job)


def _kind(job: str) -> type[Spec]:
    from rskd import spec

    match job:
        case "distill":
            return spec.DistillJob
        case "predict":
            return spec.PredictJob
        case "evaluate":
            return spec.EvaluateJob
        case "disagreement":
            return spec.DisagreementJob
    raise JobInvalid(f"There is no job “{job}”.", "Jobs are distill, predict, evaluate, disagreement.")


def _inspect(_: Reporter, *, file: str) -> Answer:
    from rskd.jobs.inspect import run

    return run(file)


def _students(
    reporter: Reporter,
    *,
    bands: int = 6,
    classes: int = 6,
    benchmark: bool = False,
    threads: int | None = None,
    names: list[str] | None = None,
) -> Answer:
    from rskd.jobs.students import run

    return run(reporter, bands=bands, classes=classes, threads=threads, benchmark=benchmark, names=names)


def _labels(_: Reporter, *, spec: dict[str, Any]) -> Answer:
    from rskd.jobs.label_survey import run
    from rskd.spec import DistillJob

    job = described("distill", spec)
    if not isinstance(job, DistillJob):
        raise TypeError(type(job))
    return run(job)


def _methods(_: Reporter) -> Answer:
    from rskd.distill.library import methods

    return methods()


def _recipes(_: Reporter, *, classes: int = 6) -> Answer:
    from rskd.jobs.recipe_list import run

    return run(classes)


def _doctor(reporter: Reporter) -> Answer:
    from rskd.jobs.doctor import run

    return run(reporter)


def _weights(_: Reporter) -> Answer:
    from rskd.jobs.published import run

    return run()


def _check(reporter: Reporter, *, job: str, spec: dict[str, Any]) -> Answer:
    """No layer is opened: some are only written when the job starts."""
    from rskd.jobs.recipe_choice import check_recipe
    from rskd.jobs.scenes import with_scenes_read
    from rskd.spec import DistillJob

    checked = described(job, spec)
    if isinstance(checked, DistillJob):
        with_scenes_read(checked, reporter)
        if checked.recipe.terms is not None:
            check_recipe(checked.recipe)
    return {}


_QUESTIONS: dict[str, Callable[..., Answer]] = {
    "inspect": _inspect,
    "students": _students,
    "labels": _labels,
    "methods": _methods,
    "recipes": _recipes,
    "doctor": _doctor,
    "weights": _weights,
    "check": _check,
}
