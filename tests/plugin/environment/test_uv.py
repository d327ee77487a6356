import re
import zipfile

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis


@pytest.fixture
def uv(installed, monkeypatch, tmp_path):
    monkeypatch.setenv("RSKD_HOME", str(tmp_path))
    from rskd_qgis.environment import uv

    return uv


@pytest.mark.parametrize(
    ("machine", "tag"),
    [
        (("linux", "x86_64", "glibc"), "manylinux_2_17_x86_64.manylinux2014_x86_64"),
        (("linux", "aarch64", "glibc"), "manylinux_2_28_aarch64"),
        (("linux", "x86_64", ""), "musllinux_1_1_x86_64"),
        (("darwin", "arm64", ""), "macosx_11_0_arm64"),
        (("darwin", "x86_64", ""), "macosx_10_12_x86_64"),
        (("win32", "AMD64", ""), "win_amd64"),
        (("win32", "ARM64", ""), "win_arm64"),
    ],
)
def test_each_system_has_its_file(uv, machine, tag):
    assert uv.wheel_for(*machine).url.endswith(f"/uv-{uv.VERSION}-py3-none-{tag}.whl")


def test_a_system_without_one_has_none(uv):
    assert uv.wheel_for("linux", "riscv64", "glibc") is None


def test_digests_are_whole_and_all_different(uv):
    digests = [digest for wheel in uv.WHEELS.values() for digest in (wheel.place, wheel.sha256)]
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in digests)
    assert len(set(digests)) == len(digests)


def wheel(path, *names):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"#!program")
    return path


def test_the_program_alone_is_unpacked(uv, tmp_path):
    inside = f"uv-{uv.VERSION}.data/scripts/uv"
    archive = wheel(tmp_path / "uv.whl", "uv/__init__.py", inside, f"{inside}x")
    uv.unpack(archive, tmp_path / "uv")
    assert (tmp_path / "uv").read_bytes() == b"#!program"
    assert (tmp_path / "uv").stat().st_mode & 0o100
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["uv", "uv.whl"]


@pytest.mark.parametrize("evil", ["../../.bashrc", "/etc/passwd", "a/../../b", r"..\..\evil.exe", "C:/evil.exe"])
def test_a_wheel_with_an_escaping_path_is_refused(uv, tmp_path, evil):
    from rskd_qgis.bridge.errors import BackendError

    archive = wheel(tmp_path / "uv.whl", f"uv-{uv.VERSION}.data/scripts/uv", evil)
    with pytest.raises(BackendError, match="trust"):
        uv.unpack(archive, tmp_path / "uv")
    assert not (tmp_path / "uv").exists()


def test_a_page_instead_of_a_wheel_is_refused(uv, tmp_path):
    from rskd_qgis.bridge.errors import BackendError

    (tmp_path / "uv.whl").write_text("<html>Log in to the proxy</html>", encoding="utf-8")
    with pytest.raises(BackendError, match="trust"):
        uv.unpack(tmp_path / "uv.whl", tmp_path / "uv")
