import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis


@pytest.fixture
def graphics(installed):
    from rskd_qgis.environment import graphics

    return graphics


def test_the_driver_s_answer(graphics):
    assert graphics.read("NVIDIA RTX A2000 Laptop GPU, 580.65.06\nNVIDIA T4, 580.65.06\n") == graphics.Card(
        "NVIDIA RTX A2000 Laptop GPU", "580.65.06"
    )
    assert graphics.read("No devices were found\n") is None
    assert graphics.read("") is None


@pytest.mark.parametrize(
    ("driver", "system", "index"),
    [
        (None, "linux", "cpu"),
        (None, "win32", "cpu"),
        ("580.65", "linux", "cu130"),
        ("535.1", "win32", "cu126"),
        (None, "darwin", ""),
    ],
)
def test_which_build(graphics, driver, system, index):
    card = graphics.Card("a card", driver) if driver else None
    assert graphics.index(card, system) == (graphics.PYTORCH + index if index else "")
    backend = "auto" if driver else "cpu"
    assert graphics.options(card, system, uv=True) == (["--torch-backend", backend] if index else [])
    assert graphics.options(card, system, uv=False) == (
        ["--extra-index-url", graphics.PYTORCH + index] if index else []
    )


def test_a_tool_that_fails_means_no_card(graphics, qtbot, monkeypatch):
    monkeypatch.setattr(graphics, "tool", lambda: "/bin/false")
    search = graphics.Search()
    with qtbot.waitSignal(search.found) as heard:
        search.start()
    assert heard.args == [None]
