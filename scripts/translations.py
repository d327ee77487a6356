"""Brings `rskd_qgis/i18n/*.ts` up to date with the plugin's words: `translations.py [FOLDER]`.

With FOLDER, writes the updated files there and leaves those of the repository alone. Standard library only, and PyQt's
`pylupdate5`, which reads Python as Qt's own tool does not.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLUGIN = ROOT / "rskd_qgis"


def update(folder: Path) -> list[Path]:
    """Updates every language in `folder`; returns the files."""
    sources = sorted(str(path.relative_to(ROOT)) for path in PLUGIN.rglob("*.py"))
    updated = []
    for known in sorted((PLUGIN / "i18n").glob("*.ts")):
        path = folder / known.name
        if path != known:
            shutil.copy(known, path)
        command = ["pylupdate5", "-noobsolete", *sources, "-ts", str(path)]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        # No places: they change with every edit and tell nothing that a search does not.
        text = re.sub(r"\n *<location [^>]*/>", "", path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8")
        updated.append(path)
    return updated


if __name__ == "__main__":
    for file in update(Path(sys.argv[1]) if len(sys.argv) > 1 else PLUGIN / "i18n"):
        print(file)
