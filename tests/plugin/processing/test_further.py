import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis

PLAIN = {
    "layers": [{"path": "a.tif", "name": "a"}, {"path": "b.tif", "name": "b"}],
    "training": {"max_minutes": 10},
    "student": {"name": "auto"},
    "area": [0, 0, 1, 1],
}


@pytest.mark.parametrize(
    ("spec", "rest"),
    [
        (PLAIN, {}),
        ({**PLAIN, "split": {"train": "t.gpkg"}}, {"split": {"train": "t.gpkg"}}),
        ({**PLAIN, "training": {"max_minutes": 10, "tile": 96}}, {"training": {"tile": 96}}),
        (
            {**PLAIN, "layers": [{"path": "a.tif", "name": "a", "bands": [1, 2]}, {"path": "b.tif", "name": "b"}]},
            {"layers": {"a": {"bands": [1, 2]}}},
        ),
        ({key: value for key, value in PLAIN.items() if key != "area"}, {"area": None}),
        ({**PLAIN, "layers": [{"path": "c.tif", "name": "c"}]}, {"layers": [{"path": "c.tif", "name": "c"}]}),
    ],
)
def test_what_a_form_lacks_laid_over_it_gives_the_whole_job(installed, spec, rest):
    from rskd_qgis.processing.further import further, merged

    assert further(spec, PLAIN) == rest
    assert merged(PLAIN, rest) == spec
