import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis

UV = """Resolved 32 packages in 733ms
Downloading shapely (2.2MiB)
Downloading rasterio (34.2MiB)
 Downloaded shapely
 Downloaded rasterio
Prepared 32 packages in 4.99s
Installed 32 packages in 344ms
 + affine==3.0.1"""
PIP = """Collecting numpy>=1.26
  Downloading numpy-2.4.6-cp312-cp312-manylinux_2_28_x86_64.whl (16.9 MB)
Collecting rasterio>=1.4
  Using cached typer-0.29.2-py3-none-any.whl (49 kB)
  Downloading rasterio-1.5.2-cp312-cp312-manylinux_2_28_x86_64.whl (35.0 MB)
Installing collected packages: numpy, rasterio"""


@pytest.fixture
def progress(installed):
    from rskd_qgis.environment.progress import Progress

    return Progress


def course(progress, lines):
    return [(progress.done, progress.total, progress.current) for line in lines.splitlines() if progress.feed(line)]


def test_uv_s_lines(progress):
    small, large = int(2.2 * 2**20), int(34.2 * 2**20)
    assert course(progress(), UV)[:4] == [
        (0, small, "shapely"),
        (0, small + large, "rasterio"),
        (small, small + large, "rasterio"),
        (small + large, small + large, ""),
    ]


def test_pip_s_lines_against_what_is_expected(progress):
    assert course(progress(130_000_000), PIP) == [
        (0, 130_000_000, "numpy"),
        (16_900_000, 130_000_000, "rasterio"),
        (51_900_000, 51_900_000, ""),
    ]


def test_other_lines_change_nothing(progress):
    assert not progress().feed("warning: `VIRTUAL_ENV` does not match")
