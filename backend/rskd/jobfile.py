"""Job files as data: YAML or JSON, with what is wrong said by line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rskd.errors import JobInvalid


def read_job_file(path: Path) -> Any:
    """What a YAML or JSON file holds.

    Raises:
        JobInvalid: missing, not a text, not YAML or JSON, or a key stands in it twice.
    """
    text = _text(path)
    return _json(text, path) if path.suffix.lower() == ".json" else _yaml(text, path)


def _text(path: Path) -> str:
    if path.is_dir():
        raise JobInvalid(f"“{path}” is a folder.", "Name the job file in it.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise JobInvalid(f"The job file “{path}” cannot be read: {error.strerror}.", "Check the path.") from error
    except UnicodeDecodeError as error:
        raise _not_text(path) from error
    if "\0" in text:
        raise _not_text(path)
    return text


def _not_text(path: Path) -> JobInvalid:
    return JobInvalid(f"“{path}” is not a text file in UTF-8.", "A job file is YAML or JSON: save it as UTF-8.")


def _json(text: str, path: Path) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        for key in found:
            if [name for name, _ in pairs].count(key) > 1:
                raise _twice(path, key)
        return found

    try:
        return json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise _invalid(path, error.lineno, error.msg) from error


def _yaml(text: str, path: Path) -> Any:
    import yaml  # only here: `rskd --help` stays quick

    try:
        _refuse_twins(yaml.compose(text, Loader=yaml.SafeLoader), path, set())
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _invalid(path, None if mark is None else mark.line + 1, error.problem or str(error)) from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: 2026-13-45 looks like a date to YAML
        raise _invalid(path, None, str(error)) from error


def _refuse_twins(node: Any, path: Path, seen: set[int]) -> None:
    """Raises JobInvalid for a key that stands twice in one block, of which YAML would take the last."""
    if node is None or id(node) in seen or isinstance(node.value, str):
        return
    seen.add(id(node))  # an alias stands for a node that may hold itself
    lines: dict[str, int] = {}
    for entry in node.value:
        key, value = entry if isinstance(entry, tuple) else (None, entry)
        if key is not None and isinstance(key.value, str):
            line = key.start_mark.line + 1
            if key.value in lines:
                raise _twice(path, key.value, lines[key.value], line)
            lines[key.value] = line
        _refuse_twins(value, path, seen)


def _twice(path: Path, key: str, *lines: int) -> JobInvalid:
    where = " and ".join(map(str, lines))
    message = f"In “{path.name}” the key `{key}` stands twice in the same block{f', lines {where}' if where else ''}."
    return JobInvalid(message, "Leave one of them out, or indent it under the block that it belongs to.", key=key)


def _invalid(path: Path, line: int | None, problem: str) -> JobInvalid:
    where = "" if line is None else f", line {line}"
    return JobInvalid(f"“{path.name}”{where} is not valid: {problem}.", "Check quotes, colons and indents.")
