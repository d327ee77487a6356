from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import QgsFeedback

ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.qgis


@pytest.fixture
def python(installed):
    from rskd_qgis.environment import python

    return python


@pytest.mark.parametrize(
    ("system", "folder", "expected"),
    [
        ("win32", PureWindowsPath(r"C:\Users\Jürgen Ö\rskd\e"), r"C:\Users\Jürgen Ö\rskd\e\Scripts\python.exe"),
        ("darwin", PurePosixPath("/Users/ana/Library/Application Support/rskd/e"), None),
        ("linux", PurePosixPath("/home/ana/.local/share/rskd/e"), None),
    ],
)
def test_an_environment_s_interpreter(python, system, folder, expected):
    (first, *others) = python.interpreter_in(folder, system)
    assert str(first) == (expected or f"{folder}/bin/python")
    assert python.folder_of(first, system) == folder
    assert [python.folder_of(other, system) for other in others] == [folder]


def test_conda_on_windows_keeps_it_on_top(python):
    conda = PureWindowsPath(r"C:\Users\ana\miniforge3\envs\bin")
    assert conda / "python.exe" in python.interpreter_in(conda, "win32")
    assert python.folder_of(conda / "python.exe", "win32") == conda


def test_windows_asks_the_registry_first_and_never_the_store(python):
    environ = {"PATH": r"C:\tools;C:\Users\ana\AppData\Local\Microsoft\WindowsApps", "USERPROFILE": r"C:\Users\ana"}
    found = python.candidates("win32", environ, [r"C:\Program Files\Python312\python.exe"])
    assert found[0] == PureWindowsPath(r"C:\Program Files\Python312\python.exe")
    assert PureWindowsPath(r"C:\tools\python.exe") in found
    assert PureWindowsPath(r"C:\Users\ana\miniforge3\python.exe") in found
    assert not [path for path in found if "WindowsApps" in str(path)]


def test_a_mac_finds_homebrew_and_python_org_without_the_terminal_s_path(python):
    found = python.candidates("darwin", {"HOME": "/Users/ana", "PATH": "/usr/bin:/bin"})
    assert PurePosixPath("/opt/homebrew/bin/python3.12") in found
    assert PurePosixPath("/Library/Frameworks/Python.framework/Versions/3.12/bin/python3") in found
    assert PurePosixPath("/Users/ana/miniforge3/bin/python") in found


def test_the_tested_version_comes_first(python):
    found = python.candidates("linux", {"HOME": "/home/ana", "PATH": "/usr/bin"})
    assert found[0].name == "python3.12"
    assert found.index(PurePosixPath("/usr/bin/python3.11")) < found.index(PurePosixPath("/usr/bin/python3"))


def test_qgis_s_python_is_the_one_beside_its_libraries(python):
    assert python.of_qgis("win32", r"C:\OSGeo4W\apps\Python312") == [
        PureWindowsPath(r"C:\OSGeo4W\apps\Python312\python.exe")
    ]
    assert python.of_qgis("linux", "/usr") == [PurePosixPath("/usr/bin/python3")]


def test_a_program_that_is_no_python_is_not_taken(python):
    assert python.ask(Path("/bin/true"), QgsFeedback()) is None
    assert python.ask(Path("/nowhere/python"), QgsFeedback()) is None


def test_one_is_found_on_this_machine(python, monkeypatch):
    found = python.find(QgsFeedback(), for_venv=False)
    if found is None:
        pytest.skip("no Python 3.11 to 3.14 on this machine")
    assert (3, 11) <= found.version[:2] <= (3, 14)
    assert found.path.exists()


def test_a_choice_may_be_a_file_or_a_folder(python, tmp_path):
    folder = tmp_path / "a b ü" / "env"
    (folder / "bin").mkdir(parents=True)
    file = folder / "bin" / "python"
    file.touch()
    assert python.of_choice(file) == file
    assert python.of_choice(folder) == file
    assert python.of_choice(tmp_path) is None


def test_nothing_of_qgis_reaches_the_child(python):
    kept = {"PATH": "/bin", "HOME": "/home/ana", "HTTPS_PROXY": "http://p:1", "LANG": "C"}
    gone = {"PYTHONHOME": "x", "PYTHONPATH": "x", "QT_PLUGIN_PATH": "x", "GDAL_DATA": "x", "PROJ_LIB": "x"}
    gone |= {"LD_LIBRARY_PATH": "x", "DYLD_LIBRARY_PATH": "x", "VIRTUAL_ENV": "x", "CONDA_PREFIX": "x"}
    assert python.clean_environment({**kept, **gone}) == kept
