"""What a job warns of, in the words of the panel and of the user's language, by the warning's code.

What the backend itself says is written for who writes job files; it stands in for codes that are not known here.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Callable, NamedTuple

from qgis.PyQt.QtCore import QCoreApplication, QLocale

Values = dict  # of a warning: names to JSON values

_SHARES = ("agreement", "best_agreement")
"""Values that are shares of 1."""


class Caution(NamedTuple):
    """One warning.

    Attributes:
        code: the backend's.
        message: what is odd.
        hint: what to do about it; may be empty.
    """

    code: str
    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


def in_words(event: dict[str, Any]) -> Caution:
    """A `warning` event as the user reads it."""
    code, values = str(event.get("code", "")), event.get("values") or {}
    find = table().get(code)
    if find is not None:
        with suppress(KeyError):  # the values do not suffice
            said = {name: _said(name, value) for name, value in values.items()}
            message, hint = find(values)
            return Caution(code, message.format(**said), hint.format(**said))
    return Caution(code, str(event.get("message", "")), str(event.get("hint", "")))


def table() -> dict[str, Callable[[Values], tuple[str, str]]]:
    """Message and hint for every code of the backend, with places for the warning's values."""
    return {
        "budget-short": _of_short_budget,
        "student-larger": _always(
            _tr("The student has {student} parameters, its teacher {teacher}: nothing will become smaller."),
            _tr("Choose a smaller student."),
        ),
        "classes-untrained": _of_untrained_classes,
        "no-baseline": _always(
            _tr("There are no labels to train on: the student cannot be compared with one without a teacher."),
            _tr("Label some more ground."),
        ),
        "scenes-overlap": _always(
            _tr("These share ground: {scenes}. The test may show the student better than it is."),
            _tr("Cut one of them, so that they do not overlap."),
        ),
        "matched-by-number": _always(
            _tr("“{labels}” names no classes; its values were taken for classes of the same number: {pairs}."),
            _tr("If that is wrong, correct the names in the table of classes."),
        ),
        "teacher-matched-by-number": _of_map_numbers,
        "teacher-classes-unnamed": _always(
            _tr("“{teacher}” does not name its classes; they are taken for {classes}, in this order."),
            _tr("If that is wrong, give the teacher’s class names."),
        ),
        "teacher-lacks-classes": _always(
            _tr("“{teacher}” knows nothing of {classes}: it will teach that this never occurs."),
            _tr("Take these classes out of the labels, or choose another teacher."),
        ),
        "teacher-normalisation": _always(
            _tr("“{teacher}” does not say how its pixel values are scaled; it gets them as they are."),
            _tr("If its answers are poor, give mean and deviation of each band with the teacher."),
        ),
        "teacher-resolution": _always(
            _tr("“{teacher}” was made for pixels of {made_for} m and sees pixels of {sees} m."),
            _tr("Expect worse answers."),
        ),
        "teacher-does-not-lead": _of_teacher_without_lead,
        "encoder-bands": _always(
            _tr("“{weights}” was trained on {trained} bands and sees {seen} here: its first layer starts anew."),
            _tr("It needs more training than usual."),
        ),
        "few-classes-for-loss": _always(
            _tr("The loss “{loss}” is made for {fewest} classes or more, and there are {classes}."),
            _tr("It works with a part of its formula only; choose another recipe if the result is poor."),
        ),
        "targets-damaged": _always(
            _tr("The teacher’s answers of an earlier run are damaged. They are computed again."), ""
        ),
        "checkpoint-damaged": _always(
            _tr("What was kept last of the training is damaged. It goes on from an earlier moment."), ""
        ),
        "layer-not-used": _always(
            _tr("The student does not look at {layers}."), _tr("Leave out layers that it does not need.")
        ),
        "values-out-of-range": _always(
            _tr("Wrong scale? Values unlike those of training: {bands}."),
            _tr("Is it the same unit and scale as in training: reflectance 0 to 1, times 10000, or 8 bit?"),
        ),
        "resolution-unknown": _always(
            _tr("Only one of student and layers has a place on Earth: their resolutions cannot be compared."),
            _tr("Make sure that a pixel is as large as in training."),
        ),
        "nothing-mapped": _always(
            _tr("No pixel has data in all the bands that the student needs: the map is empty."),
            _tr("Check the area, and the layers’ nodata values."),
        ),
    }


def _always(message: str, hint: str) -> Callable[[Values], tuple[str, str]]:
    return lambda _: (message, hint)


def _of_short_budget(values: Values) -> tuple[str, str]:
    if values["teacher_steps"]:
        message = _tr(
            "{minutes} minutes buy {steps} steps of the student’s training and {teacher_steps} of the teacher’s. "
            "Below {few_steps} steps little is learned."
        )
    else:
        message = _tr(
            "{minutes} minutes buy {steps} steps of the student’s training. Below {few_steps} steps little is learned."
        )
    if "enough_minutes" in values:
        return message, _tr("Give it {enough_minutes} minutes or more, or choose a smaller student or teacher.")
    return message, _tr("Give it more minutes, or choose a smaller student or teacher.")


def _of_untrained_classes(values: Values) -> tuple[str, str]:
    if values["teacher_knows"]:
        message = _tr("No label to train on shows {classes}: the student learns it from the teacher alone.")
    else:
        message = _tr("No label to train on shows {classes}: neither teacher nor student will know it.")
    return message, _tr("Label more of that ground, in several places, or take these classes out.")


def _of_map_numbers(values: Values) -> tuple[str, str]:
    if "agreement" not in values:
        message = _tr("“{map}” names no classes; its values were taken for classes of the same number: {pairs}.")
        return message, _tr("If that is wrong, choose a map that names its classes.")
    if "likelier" in values:
        message = _tr(
            "“{map}” names no classes, and taking its values for classes of the same number is most likely wrong: "
            "{agreement} of the labelled pixels agree with the map, and {best_agreement} would with {likelier}."
        )
        return message, _tr("Choose a map whose values are those of the labels, or that names its classes.")
    message = _tr(
        "“{map}” names no classes; its values were taken for classes of the same number: {pairs}. "
        "{agreement} of the labelled pixels agree with the map."
    )
    return message, _tr("If that is wrong, choose a map that names its classes.")


def _of_teacher_without_lead(values: Values) -> tuple[str, str]:
    message = _tr(
        "The teacher is not better than its student: on ground kept aside it has a mean IoU of {teacher}, and a "
        "student trained briefly on the labels alone {student_alone}."
    )
    if "teacher_steps" in values:
        return message, _tr("It was trained for {teacher_steps} steps only: give it more minutes.")
    return message, _tr("Check the teacher’s bands and classes, or take a better teacher.")


def _said(name: str, value: Any) -> str:
    if name in _SHARES:
        return _tr("{} %").format(QLocale().toString(100.0 * value, "f", 0))
    if isinstance(value, dict):  # of bands
        return "; ".join(_of_band(band, look) for band, look in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, float):
        return QLocale().toString(value, "g", 3)
    return QLocale().toString(value) if isinstance(value, int) else str(value)


def _of_band(band: str, look: Values) -> str:
    words = _tr("{band}: {low} to {high}, in training {training_low} to {training_high}")
    return words.format(band=band, **{name: _said(name, value) for name, value in look.items()})


def _tr(text: str) -> str:
    return QCoreApplication.translate("Cautions", text)
