"""docs/methods.md says what the library says."""

import importlib.util
from pathlib import Path

from rskd.distill.library import methods

ROOT = Path(__file__).resolve().parents[3]


def test_the_page_is_as_the_library_has_it():
    spec = importlib.util.spec_from_file_location("methods_page", ROOT / "scripts" / "methods_page.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert set(script.WHEN) == {row["name"] for row in methods()}
    assert {row["kind"] for row in methods()} == set(script.FAMILIES)
    written = (ROOT / "docs" / "methods.md").read_text("utf-8")
    assert script.page(written) == written, "run scripts/methods_page.py"
