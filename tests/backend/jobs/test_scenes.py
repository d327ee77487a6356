import pytest

from rskd.errors import JobInvalid
from rskd.events import Reporter
from rskd.jobs.scenes import with_scenes_read
from rskd.spec import DistillJob, describe


@pytest.fixture
def table(tmp_path):
    """Writes a table of scenes beside empty files; the job that names it."""

    def write(text, files=("a.tif", "a_sar.tif", "a_labels.tif", "b.tif")):
        for name in files:
            (tmp_path / name).touch()
        path = tmp_path / "scenes.csv"
        if text is not None:
            path.write_text(text, encoding="utf-8")
        return describe(DistillJob, {"scenes": {"csv": path.name, "labels": {"ignore": [0]}}}, base=tmp_path)

    return write


def refusal(job):
    with pytest.raises(JobInvalid) as caught:
        with_scenes_read(job, Reporter())
    return f"{caught.value.message} {caught.value.hint}"


NORTH_AND_SOUTH = "group,optical,radar,labels\nnorth,a.tif,a_sar.tif,a_labels.tif\n\nsouth,b.tif,,\n"


@pytest.mark.parametrize("text", [NORTH_AND_SOUTH, NORTH_AND_SOUTH.replace(",", ";"), "\ufeff" + NORTH_AND_SOUTH])
def test_each_row_is_a_scene_with_paths_from_the_tables_folder(table, tmp_path, text):
    heard = []
    north, south = with_scenes_read(table(text), Reporter(heard.append)).scenes
    assert [(layer.name, layer.path) for layer in north.layers] == [
        ("optical", str(tmp_path / "a.tif")),
        ("radar", str(tmp_path / "a_sar.tif")),
    ]
    assert north.labels.path == str(tmp_path / "a_labels.tif")
    assert north.labels.ignore == [0]
    assert (south.group, len(south.layers), south.labels) == ("south", 1, None)
    assert [event["message"] for event in heard] == ["Columns of “scenes.csv” taken as layers: optical, radar."]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "lists no scene"),
        ("group,optical\n", "lists no scene"),
        ("group,optical\nnorth,\n", "line 2"),
        ("group,optical\nnorth,a.tif,b.tif\n", "Line 2 of “scenes.csv” has 3 cells, the header 2"),
        ("optical,optical\na.tif,b.tif\n", "two columns “optical”"),
        (None, "cannot be read"),
    ],
)
def test_a_table_that_describes_nothing_is_refused(table, text, said):
    assert said in refusal(table(text))


@pytest.mark.parametrize(
    ("column", "meant"),
    [("label", "labels"), ("Label", "labels"), ("LABELS", "labels"), ("lables", "labels"), ("grp", "group"),
     ("Group", "group"), ("groups", "group")],
)  # fmt: skip
def test_a_misspelt_column_does_not_become_a_layer(table, column, meant):
    assert f"did you mean “{meant}”?" in refusal(table(f"optical,{column}\na.tif,a_labels.tif\n"))


def test_spaces_round_titles_and_cells_mean_nothing(table):
    (scene,) = with_scenes_read(table("optical, labels ,group\na.tif, a_labels.tif,north \n"), Reporter()).scenes
    assert scene.labels.path.endswith("a_labels.tif")
    assert (len(scene.layers), scene.group) == (1, "north")


@pytest.mark.parametrize("name", ["landsat", "levels", "gram", "slope", "sentinel-1", "dem", "lidar"])
def test_other_names_are_layers(table, name):
    (scene,) = with_scenes_read(table(f"{name},labels\na.tif,a_labels.tif\n"), Reporter()).scenes
    assert [layer.name for layer in scene.layers] == [name]


def test_a_file_that_is_not_there_is_named_with_line_and_column(table):
    said = refusal(table("optical,labels\na.tif,a_labels.tif\n\nb.tif,nowhere.tif\n"))
    assert "“scenes.csv”, line 4, column “labels”" in said
    assert "nowhere.tif" in said
