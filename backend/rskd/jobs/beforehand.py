"""What can be refused before anything is opened or loaded: names and files that are not there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rskd.errors import JobInvalid
from rskd.jobs.recipe_choice import check_recipe
from rskd.spec import (
    CheckpointTeacher,
    DistillJob,
    LabelsTeacher,
    MapTeacher,
    OnnxTeacher,
    RecipeSpec,
    SeveralTeachers,
    SplitSpec,
    is_local_file,
)


def refuse_early(job: DistillJob) -> None:
    """Looks up what takes no time to look up; layers and labels are opened first of all anyway.

    Raises:
        JobInvalid: no such student or recipe, no labels where they are needed, or a file that is not there.
    """
    _check_labels_are_there(job)
    named = [*job.assistants, *job.recipe.peers, *([] if job.student.name == "auto" else [job.student.name])]
    if named:
        from rskd.models.students import entry

        for name in named:
            entry(name)
    # Torch need not be loaded for the plain one.
    if job.recipe.terms is not None or job.recipe.name != RecipeSpec().name:
        check_recipe(job.recipe)
    for key, path in _files(job):
        if is_local_file(path) and not Path(path).exists():
            groups = "; groups of scenes stand in a list, [NAME]" if key.startswith("split") else ""
            raise JobInvalid(f"`{key}`: there is no file “{path}”.", f"Check the path{groups}.", fields=[key])


def _files(job: DistillJob) -> Iterator[tuple[str, str]]:
    if isinstance(job.area, str):
        yield "area", job.area
    if isinstance(job.split, SplitSpec):
        for part in ("train", "validation", "test"):
            given = getattr(job.split, part)
            if isinstance(given, str):
                yield f"split.{part}", given
    match job.teacher:
        case CheckpointTeacher() | OnnxTeacher() | MapTeacher():
            yield "teacher.path", job.teacher.path
        case SeveralTeachers():
            for at, one in enumerate(job.teacher.teachers):
                if isinstance(one, CheckpointTeacher | OnnxTeacher | MapTeacher):
                    yield f"teacher.teachers.{at}.path", one.path
        case LabelsTeacher(weights=str(weights)) if "_Weights." not in weights:
            yield "teacher.weights", weights


def _check_labels_are_there(job: DistillJob) -> None:
    if any(scene.labels is not None for scene in job.scene_specs()):
        return
    if isinstance(job.teacher, LabelsTeacher):
        message = "A teacher of kind “labels” learns from labels, and the job gives none."
        raise JobInvalid(message, "Give `labels:`, or a `teacher:` of another kind.", fields=["labels", "teacher"])
    if job.baseline:
        message = "`baseline: true` trains a student on the labels alone, and the job gives none."
        raise JobInvalid(message, "Give `labels:`, or leave `baseline:` out.", fields=["baseline", "labels"])
