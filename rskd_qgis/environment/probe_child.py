"""Runs in the interpreter that is being probed, as `PYTHON -I probe_child.py ASKED`; says one JSON object a line.

First who it is and which versions it has, then a line for each module that it could import or could not. If a native
library takes the process down, the last line tells which one. Standard library only, and nothing of the plugin.

In the syntax and with the modules of Python 3.6: one that is too old must be able to say so.
"""

import importlib
import importlib.util
import json
import os
import sys
import sysconfig


def main(asked: dict) -> None:
    """Answers `{"packages": {name: module}, "imports": [module]}`."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints while it is imported does not break a line

    def say(what: dict) -> None:
        replies.write(json.dumps(what) + "\n")
        replies.flush()

    versions = {name: version(name, module) for name, module in asked["packages"].items()}
    say(dict(who(), versions=versions))
    for module in asked["imports"]:
        say({"import": module})
        say({"imported": module, "trouble": trouble(module)})
        if module == "torch" and "torch" in sys.modules:
            torch = sys.modules["torch"]
            say({"cuda": getattr(torch.version, "cuda", None) or "", "gpu": bool(torch.cuda.is_available())})


def who() -> dict:
    """What this interpreter is, and whether others look after its packages (PEP 668)."""
    in_venv = sys.prefix != sys.base_prefix
    managed = not in_venv and os.path.exists(os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED"))  # noqa: PTH110, PTH118 - pathlib costs more than all else here
    return {"version": list(sys.version_info[:3]), "prefix": sys.prefix, "managed": managed}


def version(name: str, module: str) -> str:
    """The installed version; empty if the package or its module is not there."""
    try:
        from importlib import metadata
    except ImportError:  # before Python 3.8
        return ""
    try:
        found = metadata.version(name)
        return found if importlib.util.find_spec(module) else ""
    except (metadata.PackageNotFoundError, ValueError):
        return ""


def trouble(module: str) -> str:
    """Why a module cannot be imported; empty if it can."""
    try:
        importlib.import_module(module)
    except Exception as error:  # noqa: BLE001 - whatever a broken library raises is the answer
        return f"{type(error).__name__}: {error}"
    return ""


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
