"""The recipe of a job, with all that its name stands for."""

from __future__ import annotations

from rskd.errors import JobInvalid
from rskd.events import Reporter
from rskd.spec import DistillJob, RecipeSpec


def check_recipe(spec: RecipeSpec) -> None:
    """Refuses what can be refused before layers are opened.

    Raises:
        JobInvalid: a recipe or a loss that does not exist, or settings that do not suit it.
    """
    from rskd.distill.library import AUTO
    from rskd.distill.recipe import Recipe

    if spec.name != AUTO:
        Recipe.of(spec, labels=True)


def with_recipe(job: DistillJob, *, classes: int, reporter: Reporter) -> DistillJob:
    """The job with its recipe written out; says what was chosen where that was left to us, and what does not suit.

    Args:
        job: as asked.
        classes: the student's.
        reporter: hears of the choice, and of losses that have little to say about so few classes.

    Raises:
        JobInvalid: no labels, and a recipe that needs some; or a loss that says nothing of so few classes.
    """
    from rskd.distill.library import AUTO, choose, losses, with_terms
    from rskd.distill.recipe import Recipe

    spec = job.recipe
    if spec.name == AUTO and spec.terms is None:
        name, reason = choose(classes)
        spec = RecipeSpec.model_validate({**spec.model_dump(exclude_unset=True), "name": name})
        reporter.info(f"Recipe: {name}. {reason}", recipe=name)
    spec = with_terms(spec)
    Recipe.of(spec, labels=any(scene.labels for scene in job.scene_specs()))
    for term in spec.terms or ():
        fewest = losses()[term.loss].fewest_classes
        if classes < fewest and losses()[term.loss].void_below:
            message = f"The loss “{term.loss}” says nothing of fewer than {fewest} classes, and there are {classes}."
            raise JobInvalid(message, "Take another recipe: kd needs no third class.", fields=["recipe"])
        if classes < fewest:
            message = f"The loss “{term.loss}” needs {fewest} classes to say all it can, and there are {classes}."
            hint = "It is left with part of its formula; kd needs no third class."
            reporter.warn("few-classes-for-loss", message, hint, loss=term.loss, fewest=fewest, classes=classes)
    return job.model_copy(update={"recipe": spec})
