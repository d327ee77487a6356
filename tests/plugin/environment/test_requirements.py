import sys
from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

BACKEND = Path(__file__).resolve().parents[3] / "backend"

pytestmark = pytest.mark.qgis


@pytest.fixture
def requirements(installed):
    from rskd_qgis.environment import requirements

    return requirements


@pytest.mark.skipif(sys.version_info < (3, 11), reason="this Python has no TOML reader to compare with")
@pytest.mark.parametrize("tier", ["run", "train"])
def test_it_reads_what_a_toml_reader_reads(requirements, tier):
    import tomllib

    project = tomllib.loads((BACKEND / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = project["dependencies"] if tier == "run" else project["optional-dependencies"][tier]
    assert [str(each) for each in requirements.of_tier(BACKEND, tier)] == listed


def test_a_tier_stands_on_the_one_before(requirements):
    run, both = requirements.up_to(BACKEND, "run"), requirements.up_to(BACKEND, "train")
    assert both[: len(run)] == run
    assert "torch" in {each.name for each in both} - {each.name for each in run}


@pytest.mark.parametrize("entry", ['"numpy>=1.26,<2"', '"numpy"', "\"numpy>=1.26; python_version < '3.12'\""])
def test_what_it_does_not_understand_is_an_error(requirements, tmp_path, entry):
    (tmp_path / "pyproject.toml").write_text(f"[project]\ndependencies = [\n    {entry},\n]\n", encoding="utf-8")
    with pytest.raises(ValueError, match="name>=version"):
        requirements.of_tier(tmp_path, "run")


def test_a_list_that_is_not_there_is_an_error(requirements, tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.x]\ndependencies = [\n    "numpy>=1",\n]\n', encoding="utf-8")
    with pytest.raises(ValueError, match="dependencies"):
        requirements.of_tier(tmp_path, "run")


@pytest.mark.parametrize(
    ("installed_version", "enough"),
    [("2.4", True), ("2.13.0+cpu", True), ("2.4.0", True), ("2.3.9", False), ("10.0", True), ("2.4rc1", True)],
)
def test_versions_are_compared_as_numbers(requirements, installed_version, enough):
    assert requirements.Requirement("torch", "2.4.0").met_by(installed_version) is enough


def test_every_run_package_is_pinned_and_nothing_of_one_cuda_is(requirements):
    names = {line.split("==")[0] for line in requirements.pins(BACKEND)}
    assert {each.name for each in requirements.up_to(BACKEND, "train")} <= names
    assert not [name for name in names if name.startswith(("nvidia-", "cuda-"))]
