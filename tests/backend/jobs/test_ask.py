import pytest

from rskd.errors import JobInvalid
from rskd.events import Reporter
from rskd.jobs.ask import ask, described

JOB = {"layers": ["image.tif"], "labels": {"path": "labels.tif"}, "out": "out"}


def test_the_students_for_so_many_bands_and_classes_are_listed():
    few, many = (ask("students", {"bands": bands, "classes": 3}, Reporter()) for bands in (1, 13))
    assert [row["name"] for row in few] == [row["name"] for row in many]
    assert few[0]["parameters"] < many[0]["parameters"]
    assert few[0]["milliseconds_per_megapixel"] is None


def test_a_student_is_asked_for_by_name():
    rows = ask("students", {"bands": 6, "classes": 3, "names": ["tiny-unet-16"]}, Reporter())
    assert [row["name"] for row in rows] == ["tiny-unet-16"]


def test_methods_are_listed():
    assert ask("methods", {}, Reporter())[0]["name"] == "soft-targets"


def test_recipes_are_listed_with_what_they_ask_for_and_what_auto_takes():
    answer = ask("recipes", {"classes": 2}, Reporter())
    listed = {row["name"]: row for row in answer["recipes"]}
    assert answer["auto"]["name"] in listed
    assert answer["auto"]["reason"].endswith(".")
    plain = listed["soft-targets"]
    assert plain["looks_inside"] == []
    assert not plain["needs_labels"]
    assert plain["tasks"] == ["land-cover", "segmentation", "change"]
    assert "land-cover" not in listed["regression"]["tasks"]
    assert plain["recipe"] == {"name": "soft-targets", "terms": [{"loss": "kd"}]}
    assert all(row["summary"] for row in listed.values())


def test_a_recipe_that_looks_inside_the_teacher_names_its_losses(monkeypatch):
    from rskd.distill import library

    terms = [{"loss": "kd"}, {"loss": "pkd"}, {"loss": "hint", "by": "self"}, {"loss": "kd", "where": "attention"}]
    inner = library.ListedRecipe.model_validate({"name": "inner", "summary": "Inner.", "terms": terms})
    monkeypatch.setattr(library, "recipes", lambda: {"inner": inner})
    (row,) = ask("recipes", {}, Reporter())["recipes"]
    assert row["looks_inside"] == ["pkd", "kd"]
    assert not row["needs_labels"]
    assert row["recipe"]["terms"] == terms


def test_a_recipe_of_inner_features_alone_needs_labels(monkeypatch):
    from rskd.distill import library

    inner = library.ListedRecipe.model_validate({"name": "inner", "summary": "Inner.", "terms": [{"loss": "hint"}]})
    monkeypatch.setattr(library, "recipes", lambda: {"inner": inner})
    (row,) = ask("recipes", {}, Reporter())["recipes"]
    assert row["needs_labels"]


def test_a_sound_job_passes_the_check_without_its_layers_being_there():
    assert ask("check", {"job": "distill", "spec": JOB}, Reporter()) == {}


@pytest.mark.parametrize(
    ("job", "spec", "fields"),
    [
        ("distill", {**JOB, "training": {"tile": 100}}, ["training"]),
        ("predict", {"layers": []}, ["student", "layers", "out"]),
    ],
)
def test_the_check_names_the_fields_that_are_wrong(job, spec, fields):
    with pytest.raises(JobInvalid) as refused:
        ask("check", {"job": job, "spec": spec}, Reporter())
    assert refused.value.facts["fields"] == fields


@pytest.mark.parametrize(
    ("term", "words"),
    [({"loss": "rkd", "where": "certain"}, "cannot weigh pixels"), ({"loss": "kd", "options": {"x": 1}}, "are wrong")],
)
def test_the_check_looks_at_the_terms_of_a_recipe(term, words):
    with pytest.raises(JobInvalid, match=words):
        ask("check", {"job": "distill", "spec": {**JOB, "recipe": {"name": "mine", "terms": [term]}}}, Reporter())


def test_the_check_reads_a_table_of_scenes(tmp_path):
    job = {"scenes": {"csv": str(tmp_path / "scenes.csv")}}
    with pytest.raises(JobInvalid, match="cannot be read"):
        ask("check", {"job": "distill", "spec": job}, Reporter())


def test_relative_paths_are_taken_from_the_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert described("distill", JOB).out == str(tmp_path / "out")
