import pytest

from rskd.errors import JobInvalid
from rskd.jobs.scenes import with_scenes_read
from rskd.spec import DistillJob, describe


def job_over(path):
    return describe(DistillJob, {"scenes": {"csv": path.name, "labels": {"ignore": [0]}}}, base=path.parent)


def test_each_row_is_a_scene_with_paths_from_the_tables_folder(tmp_path):
    table = tmp_path / "scenes.csv"
    table.write_text(
        "group,optical,radar,labels\nnorth,a.tif,a_sar.tif,a_labels.tif\nsouth,b.tif,,\n", encoding="utf-8"
    )
    north, south = with_scenes_read(job_over(table)).scenes
    assert [(layer.name, layer.path) for layer in north.layers] == [
        ("optical", str(tmp_path / "a.tif")),
        ("radar", str(tmp_path / "a_sar.tif")),
    ]
    assert north.labels.path == str(tmp_path / "a_labels.tif")
    assert north.labels.ignore == [0]
    assert (south.group, len(south.layers), south.labels) == ("south", 1, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [("group,optical\n", "lists no scene"), ("group,optical\nnorth,\n", "line 2"), (None, "cannot be read")],
)
def test_a_table_that_describes_nothing_is_refused(tmp_path, text, said):
    table = tmp_path / "scenes.csv"
    if text is not None:
        table.write_text(text, encoding="utf-8")
    with pytest.raises(JobInvalid, match=said):
        with_scenes_read(job_over(table))
