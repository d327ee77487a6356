"""Brings `rskd_qgis/i18n/*.ts` up to date with the plugin's words: `translations.py [FOLDER]`.

With FOLDER, writes the updated files there and leaves those of the repository alone. Words are found where they are
written: in `self.tr("…")`, in `QCoreApplication.translate("Context", "…")`, in `QT_TRANSLATE_NOOP("Context", "…")` and
in calls of a module's own function that only hands its text to `translate`. PyQt's tool knows the first two alone.
Standard library only.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parents[1]
PLUGIN = ROOT / "rskd_qgis"
NAMED = ("translate", "QT_TRANSLATE_NOOP")

Words = dict[str, list[str]]
"""Texts by context, each once."""


def collect(folder: Path) -> Words:
    """All words of the plugin. Exits where a text is put together, which no translator ever sees."""
    found: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*.py")):
        for context, text in _of_module(ast.parse(path.read_text(encoding="utf-8")), path):
            found.setdefault(context, set()).add(text)
    return {context: sorted(texts) for context, texts in sorted(found.items())}


def _of_module(tree: ast.Module, path: Path) -> Iterator[tuple[str, str]]:
    helpers = {node.name: context for node in tree.body if (context := _context_of_helper(node))}

    def visit(node: ast.AST, owner: str) -> Iterator[tuple[str, str]]:
        if isinstance(node, ast.FunctionDef) and (node.name in helpers or node.name == "tr"):
            return
        if isinstance(node, ast.ClassDef):
            owner = node.name
        if isinstance(node, ast.Call) and (place := _place(node, owner, helpers)):
            context, text = place
            if not isinstance(text, ast.Constant):
                sys.exit(f"{path.relative_to(ROOT)}:{node.lineno}: this text cannot be translated: it is put together.")
            yield context, text.value
        for child in ast.iter_child_nodes(node):
            yield from visit(child, owner)

    return visit(tree, "")


def _place(call: ast.Call, owner: str, helpers: dict[str, str]) -> tuple[str, ast.expr] | None:
    """Context and text of a call that translates; None for any other."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in NAMED and len(call.args) > 1 and isinstance(call.args[0], ast.Constant):
        return call.args[0].value, call.args[1]
    if name == "tr" and isinstance(call.func, ast.Attribute):
        return owner, call.args[0]
    if isinstance(call.func, ast.Name) and name in helpers:
        return helpers[name], call.args[0]
    return None


def _context_of_helper(node: ast.stmt) -> str | None:
    """The context of a function that does nothing but hand its text to `translate`."""
    if not isinstance(node, ast.FunctionDef) or not isinstance(node.body[-1], ast.Return):
        return None
    call = node.body[-1].value
    handed = isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "translate" and len(call.args) > 1
    if not handed or not isinstance(call.args[0], ast.Constant) or not isinstance(call.args[1], ast.Name):
        return None
    return str(call.args[0].value)


def known(path: Path) -> dict[tuple[str, str], str]:
    """What a file has translated already."""
    if not path.exists():
        return {}
    return {
        (context.findtext("name", ""), message.findtext("source", "")): message.findtext("translation", "")
        for context in ET.parse(path).getroot().iter("context")  # noqa: S314 - a file of this repository
        for message in context.iter("message")
    }


def write(path: Path, words: Words, translated: dict[tuple[str, str], str]) -> None:
    """Writes a `.ts` file: all words, those without a translation marked as unfinished."""
    root = ET.Element("TS", version="2.1", language=path.stem.split("_", 1)[1])
    for context, texts in words.items():
        group = ET.SubElement(root, "context")
        ET.SubElement(group, "name").text = context
        for text in texts:
            message = ET.SubElement(group, "message")
            ET.SubElement(message, "source").text = text
            translation = ET.SubElement(message, "translation")
            translation.text = translated.get((context, text), "")
            if not translation.text:
                translation.set("type", "unfinished")
    ET.indent(root, space="    ")
    head = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'
    path.write_text(head + ET.tostring(root, encoding="unicode") + "\n", encoding="utf-8")


def update(folder: Path) -> list[Path]:
    """Writes every language to `folder`; returns the files."""
    words, written = collect(PLUGIN), []
    for language in sorted((PLUGIN / "i18n").glob("*.ts")):
        written.append(folder / language.name)
        write(written[-1], words, known(language))
    return written


if __name__ == "__main__":
    for file in update(Path(sys.argv[1]) if len(sys.argv) > 1 else PLUGIN / "i18n"):
        print(file)
