"""The recipes that RSKD brings, those of files and of other packages."""

import json
import subprocess
import sys
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
import torch
import yaml
from typer.testing import CliRunner

from rskd.cli import app
from rskd.distill.distiller import Distiller
from rskd.distill.library import OWN, losses, recipes, with_terms
from rskd.distill.recipe import Recipe
from rskd.errors import JobInvalid
from rskd.spec import DistillJob, RecipeFile, RecipeSpec, describe, load_job

FILES = sorted(
    (file for file in resources.files(OWN).iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name
)
NOT_FOR_RECIPES = {"cross_entropy", "dml", "regression_l1"}
"""Of the labels and of peers, which every recipe may have; and the twin of another."""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_built_in_recipe_is_what_its_file_says(file):
    listed = RecipeFile.model_validate(yaml.safe_load(file.read_text("utf-8")))
    assert file.name == f"{listed.name}.yaml"
    assert recipes()[listed.name] == listed
    assert listed.summary.endswith(".")
    assert listed.source
    needed = [losses()[term.loss].fewest_classes for term in listed.terms]
    assert listed.fewest_classes == max(needed, default=2)
    jsonschema.validate(yaml.safe_load(file.read_text("utf-8")), RecipeFile.model_json_schema())


def test_names_are_unique_and_no_two_recipes_are_the_same():
    assert len(recipes()) >= len(FILES)
    about = {"name", "summary", "source", "fewest_classes"}
    said = [listed.model_dump_json(exclude_unset=True, exclude=about) for listed in recipes().values()]
    assert len(set(said)) == len(said)


def test_every_loss_on_maps_is_in_a_recipe():
    used = {term.loss for listed in recipes().values() for term in listed.terms}
    on_maps = {name for name, method in losses().items() if "boxes" not in method.needs}
    assert on_maps - used == NOT_FOR_RECIPES


@pytest.mark.parametrize("name", recipes())
def test_a_recipe_teaches_as_few_classes_as_it_says(schoolroom, name):
    recipe, classes = Recipe.of(RecipeSpec(name=name), labels=True), recipes()[name].fewest_classes
    own = schoolroom.network("tiny-unet-8", classes)
    peers = [schoolroom.network(peer, classes, seed=2) for peer in recipe.peers]
    teacher = schoolroom.teacher("tiny-unet-12", classes) if recipe.needs_live_teacher else None
    step = Distiller(own, recipe, bands=schoolroom.bands, tile=32, teacher=teacher, peers=peers)
    own.train()
    step.new_epoch()
    value, _ = step.loss(schoolroom.batch(classes))
    value.backward()
    assert torch.isfinite(value)
    assert all(torch.isfinite(weights.grad).all() for weights in own.parameters() if weights.grad is not None)


@pytest.mark.parametrize("name", recipes())
def test_without_labels_a_recipe_teaches_the_answer_or_is_refused(name):
    whole = Recipe.of(RecipeSpec(name=name), labels=True)
    if any(term.student == "logits" for term in whole.terms if term.of == "teacher"):
        assert Recipe.of(RecipeSpec(name=name), labels=False).terms
    else:
        with pytest.raises(JobInvalid, match="Without labels nothing"):
            Recipe.of(RecipeSpec(name=name), labels=False)


def test_what_a_job_says_goes_before_its_recipe():
    spec = with_terms(RecipeSpec(name="class-mean", temperature=3))
    assert (spec.temperature, spec.alpha) == (3, 0.5)
    terms = Recipe.of(RecipeSpec(name="class-mean", temperature=3), labels=True).terms
    assert [term.options.get("temperature") for term in terms] == [None, 3, None]


OWN_RECIPE = {
    "summary": "Soft targets and the order of classes.",
    "source": "mine",
    "alpha": 0.4,
    "terms": [{"loss": "kd"}, {"loss": "ranking", "weight": 2, "options": {"margin": 0.5}}],
}


@pytest.mark.parametrize("name", ["shared/mine.yaml", "shared/mine.JSON"])
def test_a_job_takes_a_recipe_from_a_file_beside_it(tmp_path, name):
    (tmp_path / "shared").mkdir()
    (tmp_path / name).write_text(json.dumps(OWN_RECIPE))
    (tmp_path / "job.yaml").write_text(f"layers: [image.tif]\nrecipe: {name}\n")
    recipe = load_job(tmp_path / "job.yaml").recipe
    said = {key: value for key, value in OWN_RECIPE.items() if key not in ("summary", "source")}
    assert recipe == RecipeSpec.model_validate({"name": "mine", **said})
    assert recipe.model_fields_set == {"name", "alpha", "terms"}
    assert [term.weight for term in Recipe.of(recipe, labels=True).terms] == pytest.approx([0.4, 0.6, 1.2])


def test_a_recipe_file_may_alter_a_recipe_of_the_library(tmp_path):
    (tmp_path / "softer.yaml").write_text("{name: dist-kd, summary: Softer., temperature: 5}")
    recipe = describe(DistillJob, {"layers": ["a.tif"], "recipe": "softer.yaml"}, base=tmp_path).recipe
    terms = {term.name: term.options.get("temperature") for term in Recipe.of(recipe, labels=True).terms}
    assert terms == {"labels": None, "dist": 5, "teacher": 5}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "The recipe file “{path}” cannot be read"),
        ("terms: [", "“mine.yaml”, line"),
        ("mine.yaml", "“mine.yaml” holds a text; a recipe has keys"),
        (
            "{summary: S., term: []}",
            "“mine.yaml” is not a valid recipe: term: there is no such key; did you mean “terms”?",
        ),
        ("{summary: S., terms: [{loss: kd, weight: 0}]}", "terms.0.weight: it must be more than 0"),
        ("{terms: [{loss: kd}]}", "summary: it is missing"),
    ],
)
def test_a_recipe_file_that_cannot_be_used_is_refused_in_plain_words(tmp_path, text, words):
    path = tmp_path / "mine.yaml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(JobInvalid) as refused:
        describe(DistillJob, {"layers": ["image.tif"], "recipe": "mine.yaml"}, base=tmp_path, source="job.yaml")
    assert words.format(path=path) in refused.value.message
    assert "ob file" not in refused.value.message
    if "not a valid" in words:
        assert refused.value.hint == "`rskd schema recipe` prints every field."


def test_the_terminal_lists_recipes_and_prints_the_schema_of_a_recipe_file():
    listed = json.loads(CliRunner().invoke(app, ["recipes", "--json"]).stdout)
    assert [row["name"] for row in listed] == list(recipes())
    said = CliRunner().invoke(app, ["recipes"]).stdout.splitlines()
    assert said[0].startswith("Recipe")
    assert said[-1].startswith("`recipe: auto` takes ")
    schema = json.loads(CliRunner().invoke(app, ["schema", "recipe"]).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(OWN_RECIPE, schema)
    with pytest.raises(jsonschema.ValidationError, match="term"):
        jsonschema.validate({**OWN_RECIPE, "term": []}, schema)


LOSS = '''
from typing import Annotated
from pydantic import Field
from rskd.distill.losses.method import method

@method("response", needs=("teacher",), cost="N·K·P", source="a package")
def doubled(student, teacher, target=None, mask=None, *, times: Annotated[float, Field(gt=0, description="T")] = 2.0):
    """Twice the squared difference of logits."""
    return times * (student - teacher.detach()).square().mean()
'''
POINTS = """[rskd.losses]
extra = extra_losses
[rskd.recipes]
extra = extra_recipes
"""
TRY = """
import json, torch
from rskd.distill.data import Batch
from rskd.distill.library import methods, recipes
from rskd.distill.recipe import Recipe
from rskd.spec import RecipeSpec
loss = next(row for row in methods() if row["name"] == "doubled")
recipe = Recipe.of(RecipeSpec(name="twice"), labels=False)
ones = torch.ones(1, 2, 4, 4)
valid = torch.ones(1, 4, 4, dtype=torch.bool)
batch = Batch(ones, valid, torch.full((1, 4, 4), 255), 0 * ones, valid)
print(json.dumps([loss["parameters"][0]["default"], recipes()["twice"].summary, recipe.loss(ones, batch)[0].item()]))
"""


def test_another_package_brings_a_loss_and_a_recipe(tmp_path):
    (tmp_path / "extra_losses.py").write_text(LOSS)
    (tmp_path / "extra_recipes").mkdir()
    (tmp_path / "extra_recipes" / "__init__.py").touch()
    twice = "{name: twice, summary: Twice., terms: [{loss: doubled, options: {times: 3}}]}"
    (tmp_path / "extra_recipes" / "twice.yaml").write_text(twice)
    info = tmp_path / "extra_rskd-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: extra-rskd\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)

    def tried():
        return subprocess.run(
            [sys.executable, "-c", TRY], env={"PYTHONPATH": str(tmp_path), "PATH": ""}, capture_output=True, text=True
        )

    said = tried()
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout) == [2.0, "Twice.", 3.0]
    (tmp_path / "extra_recipes" / "broken.yaml").write_text("{name: broken}")
    assert "“extra_recipes/broken.yaml” is not a valid recipe: summary: it is missing." in tried().stderr


def test_the_recipe_of_the_job_files_page_is_one():
    page = (Path(__file__).resolve().parents[3] / "docs" / "job-file.md").read_text("utf-8")
    example = page.partition("```yaml\nrecipe:\n")[2].partition("```")[0]
    recipe = Recipe.of(RecipeSpec.model_validate(yaml.safe_load(example)), labels=True)
    assert [term.name for term in recipe.terms] == ["labels", "teacher", "hint", "attention_transfer"]
    assert recipe.facts["name"] == "roads"
