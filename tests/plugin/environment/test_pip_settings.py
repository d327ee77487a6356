from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

pytestmark = pytest.mark.qgis


@pytest.fixture
def pip_settings(installed):
    from rskd_qgis.environment import pip_settings

    return pip_settings


def test_pip_s_words_become_uv_s(pip_settings, tmp_path):
    (tmp_path / "pip.conf").write_text(
        "[global]\nindex-url = https://mirror.example/simple\nextra-index-url =\n    https://a.example\n"
        "    https://b.example\n[install]\nfind-links = /wheels\ncert = /ca.pem\n",
        encoding="utf-8",
    )
    settings = pip_settings.read([tmp_path / "none.conf", tmp_path / "pip.conf"], {})
    assert pip_settings.for_uv(settings) == {
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INDEX": "https://a.example https://b.example",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": "/wheels",
        "SSL_CERT_FILE": "/ca.pem",
    }


def test_the_environment_wins_over_files(pip_settings, tmp_path):
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://file.example\n", encoding="utf-8")
    settings = pip_settings.read([tmp_path / "pip.conf"], {"PIP_INDEX_URL": "https://environment.example"})
    assert settings == {"index-url": "https://environment.example"}


def test_a_percent_sign_and_a_broken_file_do_no_harm(pip_settings, tmp_path):
    index = f"https://{'u'}:{'p%40'}@mirror.example"
    (tmp_path / "a").write_text(f"[global]\nindex-url = {index}\n", encoding="utf-8")
    (tmp_path / "b").write_text("no section", encoding="utf-8")
    assert pip_settings.read([tmp_path / "a", tmp_path / "b"], {}) == {"index-url": index}


@pytest.mark.parametrize(
    ("system", "environ", "last"),
    [
        ("win32", {"USERPROFILE": "/u", "APPDATA": "/u/roaming"}, "/u/roaming/pip/pip.ini"),
        ("darwin", {"HOME": "/u"}, "/u/Library/Application Support/pip/pip.conf"),
        ("linux", {"HOME": "/u"}, "/u/.config/pip/pip.conf"),
        ("linux", {"HOME": "/u", "PIP_CONFIG_FILE": "/x.conf"}, "/x.conf"),
    ],
)
def test_where_the_files_are(pip_settings, system, environ, last):
    assert pip_settings.files(system, environ)[-1] == Path(last)
