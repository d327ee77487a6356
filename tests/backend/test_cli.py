"""What words on the command line become; the jobs themselves are tested in their own rooms."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import rskd.cli as room
from rskd import __version__
from rskd.cli import app


@pytest.fixture
def asked(monkeypatch):
    """Runs words up to the job's description; gives job name, description and whether events were asked for."""

    def ask(*words):
        seen = []
        monkeypatch.setattr(room, "_run", lambda name, describe, events: seen.append((name, describe(), events)))
        done = CliRunner().invoke(app, [str(word) for word in words])
        assert done.exit_code == 0, done.output
        return seen[0]

    return ask


def test_predict_takes_layers_by_path_or_by_name(asked, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd=name.tif").touch()
    name, job, events = asked("predict", "s.onnx", "a.tif", "radar=b.tif", "odd=name.tif", "--out", "map.tif")
    assert (name, events) == ("predict", False)
    layers = [(layer.name, Path(layer.path).name) for layer in job.layers]
    assert layers == [("", "a.tif"), ("radar", "b.tif"), ("", "odd=name.tif")]
    assert job.out == str(tmp_path / "map.tif")
    assert job.student == str(tmp_path / "s.onnx")


@pytest.mark.parametrize(
    ("text", "expected"), [("1,2,3.5,-4", (1, 2, 3.5, -4)), ("a,b,c,d", "a,b,c,d"), ("area.gpkg", "area.gpkg")]
)
def test_an_area_is_a_box_or_a_file(asked, tmp_path, monkeypatch, text, expected):
    monkeypatch.chdir(tmp_path)
    area = asked("predict", "s.onnx", "a.tif", "--out", "m.tif", "--area", text)[1].area
    assert area == (str(tmp_path / expected) if isinstance(expected, str) else expected)


def test_every_option_of_predict_reaches_the_job(asked):
    words = ("--vector", "v.gpkg", "--probabilities", "p.tif", "--confidence", "c.tif", "--crs", "local", "--cog")
    more = ("--min-area-m2", 90, "--sieve", 4, "--device", "cpu", "--threads", 2, "--memory-gb", 1.5, "--events")
    _, job, events = asked("predict", "s.onnx", "a.tif", "--out", "m.tif", *words, *more)
    assert events
    assert (job.crs, job.cog, job.min_area_m2, job.sieve, job.device, job.threads, job.memory_gb) == (
        "local", True, 90, 4, "cpu", 2, 1.5,
    )  # fmt: skip
    assert [Path(path).name for path in (job.vector, job.probabilities, job.confidence)] == ["v.gpkg", "p.tif", "c.tif"]


def test_labels_to_ignore_are_numbers_where_they_look_like_it(asked):
    words = (
        "evaluate",
        "map.tif",
        "--labels",
        "l.gpkg",
        "--field",
        "use",
        "--ignore",
        "0",
        "--ignore",
        "-9",
        "--ignore",
        "x",
    )
    name, job, _ = asked(*words)
    assert (name, job.layers, job.labels.field) == ("evaluate", [], "use")
    assert job.labels.ignore == [0, -9, "x"]


def test_label_values_are_gathered_into_classes(asked):
    _, job, _ = asked("evaluate", "map.tif", "--labels", "l.tif", "--class", "forest=5, 6", "--class", "a=b=x")
    assert job.labels.classes == {"forest": [5, 6], "a=b": ["x"]}
    assert asked("evaluate", "map.tif", "--labels", "l.tif")[1].labels.classes is None


@pytest.mark.parametrize("text", ["forest", "=5", "forest="])
def test_a_class_without_name_or_values_is_refused(text):
    done = CliRunner().invoke(app, ["evaluate", "map.tif", "--labels", "l.tif", "--class", text])
    assert done.exit_code == 2
    assert "NAME=VALUE" in done.output


def test_a_job_file_is_read_where_it_lies(asked, tmp_path):
    (tmp_path / "job.json").write_text(json.dumps({"layers": ["a.tif"], "out": "here"}), encoding="utf-8")
    name, job, _ = asked("distill", tmp_path / "job.json")
    assert (name, job.out, job.layers[0].path) == ("distill", str(tmp_path / "here"), str(tmp_path / "a.tif"))


@pytest.mark.parametrize("job", ["distill", "predict", "evaluate"])
def test_the_schema_of_every_job_is_a_schema(job):
    import jsonschema

    done = CliRunner().invoke(app, ["schema", job])
    jsonschema.Draft202012Validator.check_schema(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["schema", "dance"], "no job “dance”"),
        (["distill", "nowhere.yaml"], "cannot be read"),
        (["inspect", "nowhere.tif"], "nowhere"),
        (["predict", "s.onnx", "a.tif", "--out", "m.tif", "--sieve", "-1"], "sieve"),
    ],
)
def test_what_the_user_can_mend_exits_with_2_and_says_so_on_stderr(words, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(("area", "said"), [("1,2,3", "3 numbers"), ("1,2,3,4,5", "5 numbers")])
def test_a_box_with_too_few_or_too_many_numbers_is_no_file(area, said):
    done = CliRunner().invoke(app, ["predict", "s.onnx", "a.tif", "--out", "m.tif", "--area", area])
    assert done.exit_code == 2
    assert said in done.output


def test_version_methods_and_students():
    assert CliRunner().invoke(app, ["--version"]).stdout.strip() == __version__
    methods = json.loads(CliRunner().invoke(app, ["methods", "--json"]).stdout)
    assert "soft-targets" in [method["name"] for method in methods]
    assert methods[0]["needs"] == ["teacher"]
    assert "[" not in CliRunner().invoke(app, ["methods"]).stdout
    head, *rows, last = CliRunner().invoke(app, ["students"]).stdout.splitlines()
    assert head.startswith("Student")
    assert "ms per" not in head  # nothing was measured
    assert "--benchmark" in last
    assert len(rows) == len(json.loads(CliRunner().invoke(app, ["students", "--json"]).stdout))


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        (
            "Say which one it is with `crs: EPSG:…`, or `crs: local`.",
            "Say which one it is with `--crs EPSG:…`, or `--crs local`.",
        ),
        (
            "Map the values with `classes:`, or leave them out with `ignore:`.",
            "Map the values with `--class`, or leave them out with `--ignore`.",
        ),
        ("Set memory_gb to 1.2 or more.", "Set --memory-gb to 1.2 or more."),
        ("Choose one with `layer:`.", "Choose one with `layer:`."),
        ("Use `device: cpu`.", "Use `--device cpu`."),
        ("Lower memory_gb or `threads:`.", "Lower --memory-gb or `--threads`."),
    ],
)
def test_hints_speak_of_options_where_there_is_no_job_file(hint, said):
    assert room._in_options(hint) == said
