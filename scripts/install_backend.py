"""Makes or refreshes an environment of the backend: `install_backend.py run|train FOLDER`.

`run` is the base extra alone, `train` adds the training parts and what the tests and checks need. Versions come from
`backend/constraints.txt`. pip's own configuration (indexes, find-links, certificate) is handed to uv, which ignores it.
Without an NVIDIA GPU a CPU build of torch is taken where one can be had: it is 4 GB smaller.

Standard library only: it runs before there is any environment. `UV` names the uv to use.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BACKEND = ROOT / "backend"
CONSTRAINTS = BACKEND / "constraints.txt"
UV = os.environ.get("UV", "uv")


def pip_setting(name: str) -> str:
    """What pip is configured to use on this machine, e.g. “find-links”; several values are separated by spaces."""
    if value := os.environ.get("PIP_" + name.upper().replace("-", "_")):
        return value
    for section in ("global", "install"):
        asked = [sys.executable, "-m", "pip", "config", "get", f"{section}.{name}"]
        answer = subprocess.run(asked, capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            return " ".join(answer.stdout.split())
    return ""


def uv_environment() -> dict[str, str]:
    """The process environment with pip's settings in uv's words; uv's own settings win."""
    settings = {"UV_HTTP_TIMEOUT": "180", "UV_FIND_LINKS": ",".join(pip_setting("find-links").split())}
    settings |= {"UV_DEFAULT_INDEX": pip_setting("index-url"), "SSL_CERT_FILE": pip_setting("cert")}
    if extra := pip_setting("extra-index-url"):
        # pip takes the best version over all indexes; uv would stop at the first that knows the name.
        settings |= {"UV_INDEX": extra, "UV_INDEX_STRATEGY": "unsafe-best-match"}
    return {name: value for name, value in settings.items() if value} | dict(os.environ)


def has_nvidia() -> bool:
    """Whether the machine shows an NVIDIA GPU."""
    smi = shutil.which("nvidia-smi")
    return smi is not None and subprocess.run([smi, "-L"], capture_output=True, check=False).returncode == 0


def torch_source(venv: Path, environment: dict[str, str]) -> tuple[str, list[str]]:
    """Where torch comes from, in words, and the uv options for it. Adapts `environment` for a GPU."""
    if sys.platform != "linux":
        return "PyPI", []  # its builds for Windows and macOS are the right ones
    if has_nvidia():
        environment.pop("UV_FIND_LINKS", None)  # may hold a CPU build, which would win over the plain one
        return "PyPI (NVIDIA GPU found)", []
    ask = [UV, "pip", "install", "--python", venv, "--dry-run", "--no-deps", "--reinstall-package", "torch"]
    for words, options in (("the configured packages, CPU", []), ("PyTorch's CPU index", ["--torch-backend", "cpu"])):
        answer = subprocess.run(
            [*ask, *options, "--constraint", CONSTRAINTS, "torch"],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        # “+” would be added, “~” would be installed again, “-” would go: what is there by now says nothing.
        if answer.returncode == 0 and re.search(r"^ [+~] torch==\S+\+cpu", answer.stderr, re.MULTILINE):
            return words, options
    return "PyPI (no CPU build within reach)", []


def install(tier: str, venv: Path) -> None:
    """Creates `venv` if needed and installs the tier into it."""
    environment = uv_environment()
    if not (venv / "pyvenv.cfg").exists():
        # 3.11 is what the constraints were resolved for; any later one that this machine has is the second choice.
        for version in ("3.11", ">=3.11"):
            made = subprocess.run([UV, "venv", "--quiet", "--python", version, venv], env=environment, check=False)
            if made.returncode == 0:
                break
        else:
            sys.exit("No Python 3.11 or later was found or could be installed.")
    what, options = ["--editable", str(BACKEND)], []
    if tier == "train":
        words, options = torch_source(venv, environment)
        print(f"torch comes from: {words}")
        what = ["--editable", f"{BACKEND}[train]", "--group", f"{BACKEND / 'pyproject.toml'}:dev"]
    command = [UV, "pip", "install", "--python", venv, *options, "--constraint", CONSTRAINTS, *what]
    if subprocess.run(command, env=environment, check=False).returncode:
        sys.exit(1)
    if tier == "train":
        python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        subprocess.run([python, ROOT / "scripts" / "torchvision_mend.py"], check=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tier", choices=["run", "train"])
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    install(asked.tier, asked.folder.resolve())
