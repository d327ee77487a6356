"""The Spanish translation: whole, with the same placeholders, and shown where QGIS speaks Spanish."""

import importlib.util
import re
from pathlib import Path

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication

ROOT = Path(__file__).resolve().parents[2]
SPANISH = ROOT / "rskd_qgis" / "i18n" / "rskd_es.ts"
HOLE = re.compile(r"\{[^{}]*\}|%\d|<[^>]+>")

pytestmark = pytest.mark.qgis


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("translations", ROOT / "scripts" / "translations.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_word_of_the_plugin_is_translated_and_no_other(tool):
    translated = tool.known(SPANISH)
    words = {(context, text) for context, texts in tool.collect(ROOT / "rskd_qgis").items() for text in texts}
    missing = sorted(words - translated.keys()) + [place for place, text in translated.items() if not text]
    assert missing == [], "`make translations`, then fill in what is unfinished"
    assert sorted(translated.keys() - words) == [], "`make translations` drops what is not used any more"


def test_translations_keep_the_holes_of_their_sentences(tool):
    for (_, text), spanish in tool.known(SPANISH).items():
        assert sorted(HOLE.findall(spanish)) == sorted(HOLE.findall(text)), text


def test_the_plugin_speaks_spanish_where_qgis_does(installed, qgis_app, monkeypatch):
    from rskd_qgis import translation

    monkeypatch.setattr(QgsApplication, "locale", staticmethod(lambda: "es_MX"))
    translator = translation.install()
    assert translator is not None
    try:
        assert QCoreApplication.translate("Sections", "3  Teacher") == "3  Maestro"
    finally:
        translation.remove(translator)
    assert QCoreApplication.translate("Sections", "3  Teacher") == "3  Teacher"


def test_other_languages_stay_english(installed, qgis_app, monkeypatch):
    from rskd_qgis import translation

    monkeypatch.setattr(QgsApplication, "locale", staticmethod(lambda: "de"))
    assert translation.install() is None
