import fcntl
import os

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis


@pytest.fixture
def disk(installed, monkeypatch, tmp_path):
    monkeypatch.setenv("RSKD_HOME", str(tmp_path / "rskd ü"))
    from rskd_qgis.environment import disk

    return disk


@pytest.fixture
def home(tmp_path):
    """Of each kind something; the download is linked into the environment."""
    home = tmp_path / "rskd ü"
    for name, size in {
        "environments/backend/lib/a.so": 1000,
        "cache/uv/b.whl": 200,
        "tiles/1/2.png": 70,
        "jobs/gewata/targets/x/targets.tif": 5000,
        "jobs/gewata/student.onnx": 30,
        "jobs/other/map.tif": 30,
        "jobs/other/layers/server.tif": 400,
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(b"x" * size)
    os.link(home / "environments/backend/lib/a.so", home / "cache/uv/a.so")
    return home


def test_what_is_kept_is_counted_once(disk, home):
    found = [(usage.kind, usage.name, usage.size) for usage in disk.usages()]
    assert found == [
        ("environment", "backend", 1000),
        ("downloads", "", 200),
        ("tiles", "", 70),
        ("targets", "gewata", 5000),
        ("layers", "other", 400),
    ]


def write(path, size):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)


@pytest.fixture
def chosen(disk, tmp_path):
    """A folder of the user's, chosen for a distillation."""
    from rskd_qgis.bridge import unfinished

    folder = tmp_path / "my project"
    (tmp_path / "rskd ü" / "jobs").mkdir(parents=True, exist_ok=True)
    unfinished.remember("Forest", {"out": str(folder)})
    return folder


def test_what_is_kept_in_a_folder_of_the_user_is_listed_and_can_go(disk, chosen):
    write(chosen / "targets/x/targets.json", 8)
    write(chosen / "targets/x/targets.tif", 100)
    write(chosen / "layers/server.tif", 50)
    write(chosen / "layers/server.tif.written.json", 5)
    (chosen / "request.json").unlink()  # it is done and forgotten
    assert [(each.kind, each.name, each.size) for each in disk.usages()] == [
        ("targets", "my project", 108),
        ("layers", "my project", 55),
    ]
    disk.set_aside(chosen / "targets")
    for folder in disk.swept():
        disk.sweep(folder)
    assert [entry.name for entry in chosen.iterdir()] == ["layers"]


def test_the_user_s_own_folders_of_these_names_are_not_offered(disk, chosen):
    write(chosen / "targets/x/targets.json", 8)
    write(chosen / "targets/trees.gpkg", 100)
    write(chosen / "layers/roads.gpkg", 50)
    (chosen / "request.json").unlink()
    assert disk.usages() == []


def test_an_interrupted_job_keeps_the_layers_that_it_goes_on_from(disk, home):
    (home / "jobs/other/request.json").write_text("{}", encoding="utf-8")
    assert "layers" not in [usage.kind for usage in disk.usages()]
    (home / "jobs/other/metrics.json").write_text("{}", encoding="utf-8")
    assert "layers" in [usage.kind for usage in disk.usages()]


def test_answers_of_a_job_at_work_are_not_offered(disk, home):
    lock = home / "jobs/gewata/.work/lock"
    lock.parent.mkdir()
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert "targets" not in [usage.kind for usage in disk.usages()]
    assert "targets" in [usage.kind for usage in disk.usages()]  # left behind by one that was killed


def test_removing_leaves_the_neighbours(disk, home):
    targets = home / "jobs/gewata/targets"
    disk.remove(targets)
    assert [entry.name for entry in targets.parent.iterdir()] == ["student.onnx"]


def test_an_interrupted_removal_is_finished_later(disk, home):
    disk.set_aside(home / "environments/backend")
    assert not (home / "environments/backend").exists()
    (aside,) = (home / "environments").iterdir()
    disk.sweep(home / "environments")
    assert not aside.exists()
    disk.set_aside(home / "environments/backend")  # what is not there needs no removing


@pytest.mark.parametrize("files", [0, 1, 7])
def test_a_removal_that_is_stopped_leaves_the_rest_for_the_next(disk, home, files):
    for number in range(30):
        write(home / f"environments/backend/lib/{number % 3}/{number}.py", 10)
    disk.set_aside(home / "environments/backend")

    def left():
        return len([path for path in (home / "environments").rglob("*") if path.is_file()])

    disk.sweep(home / "environments", lambda: 31 - left() >= files)
    assert left() == 31 - files
    disk.sweep(home / "environments")
    assert list((home / "environments").iterdir()) == []


def test_links_inside_are_removed_and_not_what_they_point_to(disk, home, tmp_path):
    write(tmp_path / "elsewhere/precious.txt", 10)
    write(home / "environments/backend/read-only.txt", 10)
    (home / "environments/backend/read-only.txt").chmod(0o444)
    (home / "environments/backend/lib64").symlink_to(tmp_path / "elsewhere")
    (home / "environments/backend/nowhere").symlink_to(tmp_path / "not there")
    disk.remove(home / "environments/backend")
    assert list((home / "environments").iterdir()) == []
    assert (tmp_path / "elsewhere/precious.txt").is_file()


def test_a_count_that_is_stopped_lists_what_it_has_counted(disk, home):
    kinds = iter([False] * 4 + [True] * 100)
    assert [usage.kind for usage in disk.usages(lambda: next(kinds))] == ["environment"]


def test_answers_of_a_pass_that_was_stopped_are_listed_too(disk, chosen):
    write(chosen / "targets/x/parts/0-0-512-512.z", 100)
    assert [(each.kind, each.size) for each in disk.usages()] == [("targets", 100)]


def test_two_removals_do_not_meet(disk, home):
    for _ in range(2):
        (home / "environments/backend").mkdir(exist_ok=True)
        disk.set_aside(home / "environments/backend")
    assert len(list((home / "environments").iterdir())) == 2


def test_a_link_is_removed_and_not_what_it_points_to(disk, home, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    link = home / "environments" / "linked"
    link.symlink_to(tmp_path / "elsewhere")
    disk.remove(link)
    assert not link.is_symlink()
    assert (tmp_path / "elsewhere").is_dir()


def test_space_is_asked_of_the_disk_where_the_folder_will_be(disk, tmp_path):
    assert disk.free(tmp_path / "not" / "yet") > 0
