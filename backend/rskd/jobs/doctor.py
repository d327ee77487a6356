"""Checks an installation: versions, what loads, devices, memory, and what to do about problems.

Works in the run tier and loads nothing heavy itself: packages are imported by `probe.py` in a child process, so that
one that crashes is a finding and not the end of the check.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess  # nosec B404 # lists of our own making, no shell
import sys
import threading
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rskd import __version__
from rskd.events import Reporter

# Distribution -> the module it is imported by. A test holds these to be what backend/pyproject.toml asks for.
RUN = {
    "numpy": "numpy",
    "onnx": "onnx",
    "onnxruntime": "onnxruntime",
    "psutil": "psutil",
    "pydantic": "pydantic",
    "pyogrio": "pyogrio",
    "pyproj": "pyproj",
    "pyyaml": "yaml",
    "rasterio": "rasterio",
    "rich": "rich",
    "shapely": "shapely",
    "typer": "typer",
}
TRAIN = {
    "geopandas": "geopandas",
    "jinja2": "jinja2",
    "lightning": "lightning",
    "matplotlib": "matplotlib",
    "requests": "requests",
    "safetensors": "safetensors",
    "segmentation-models-pytorch": "segmentation_models_pytorch",
    "torch": "torch",
    "torchgeo": "torchgeo",
    "torchvision": "torchvision",
}
# What a torchvision says whose operators were built for another torch; whatever imports it fails with the same words.
MISMATCH = "operator torchvision::nms does not exist"
PATIENCE = 300.0  # seconds for one package: the first import of torch from a cold, slow disk takes minutes


def run(reporter: Reporter) -> dict[str, Any]:
    """Everything found, as JSON-ready data.

    Returns:
        `rskd`, `python` and `system` (versions and places); `packages` (name, tier, version or None, error or None);
        `devices`, `threads`, `memory_gb`, `disk_gb`, `gdal`; `notes` (fine, but good to know) and `problems`, each
        problem with `code`, `message` and `hint`.
    """
    installed = {name: _version(name) for name in RUN | TRAIN}
    modules = [module for name, module in (RUN | TRAIN).items() if installed[name]]
    with reporter.stage("load-packages", "load packages", total=len(modules), unit="packages") as stage:
        answers = probe(modules, heard=stage.advance)
    packages = [
        {
            "name": name,
            "tier": "run" if name in RUN else "train",
            "version": installed[name],
            "error": answers.get(module, {}).get("error"),
        }
        for name, module in (RUN | TRAIN).items()
    ]
    facts = {module: answer.get("facts", {}) for module, answer in answers.items()}
    found = {
        "rskd": {"version": __version__, "folder": str(Path(__file__).resolve().parents[1])},
        "python": {"version": platform.python_version(), "executable": sys.executable},
        "system": platform.platform(),
        "packages": packages,
        "devices": _devices(facts),
        "threads": {"usable": _usable_cores(), "present": os.cpu_count()},
        "memory_gb": _memory_gb(),
        "disk_gb": {"folder": str(Path.cwd()), "free": _gb(shutil.disk_usage(Path.cwd()).free)},
        "gdal": {name: facts.get(name) or None for name in ("rasterio", "pyogrio")},
    }
    return {**found, "notes": notes(found), "problems": problems(found)}


def probe(
    modules: list[str], *, heard: Callable[[], None] = lambda: None, environment: dict[str, str] | None = None
) -> dict[str, dict[str, Any]]:
    """How importing each module goes: `{module: {"facts": {...}}` or `{module: {"error": "..."}}`.

    Args:
        modules: names, imported in this order in one child process for as long as none takes it down.
        heard: called once a module.
        environment: of the child process; this process's own if None.
    """
    answers: dict[str, dict[str, Any]] = {}
    waiting = list(modules)
    while waiting:
        for answer in _imported(waiting, environment):
            answers[answer.pop("module")] = answer
            heard()
        waiting = [module for module in waiting if module not in answers]
        if waiting:
            # The first that did not answer is the one that took the process down; go on with those after it.
            answers[waiting.pop(0)] = {"error": "loading it ended the process, or did not end in time"}
            heard()
    return answers


def _imported(modules: list[str], environment: dict[str, str] | None) -> Iterator[dict[str, Any]]:
    # -P: the script's own folder stays off the path, where jobs/inspect.py would hide the standard `inspect`.
    script = [sys.executable, "-P", str(Path(__file__).with_name("probe.py")), *modules]
    with subprocess.Popen(  # nosec B603 # a list of our own making, no shell
        script, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as child:
        watch = threading.Timer(PATIENCE * len(modules), child.kill)
        watch.start()
        try:
            yield from map(json.loads, child.stdout or ())
        finally:
            watch.cancel()


def problems(found: dict[str, Any]) -> list[dict[str, str]]:
    """What keeps RSKD from working, and what to do about it."""
    versions = {package["name"]: package["version"] for package in found["packages"]}
    broken = {package["name"]: package["error"] for package in found["packages"] if package["error"]}
    told = []
    if any(MISMATCH in error for error in broken.values()):
        told.append(_mismatch(versions["torch"], versions["torchvision"]))
    for name, error in broken.items():
        if MISMATCH not in error:
            message = f"{name} {versions[name]} is installed but cannot be loaded: {error}"
            hint = f"Reinstall it: pip install --force-reinstall {name}=={versions[name]}"
            told.append({"code": "package-broken", "message": message, "hint": hint})
    if missing := [name for name in RUN if versions[name] is None]:
        message = f"Needed to run students and not installed: {', '.join(missing)}."
        told.append({"code": "package-missing", "message": message, "hint": f"pip install {' '.join(missing)}"})
    for name, gdal in found["gdal"].items():
        for driver in (driver for driver, present in (gdal or {"drivers": {}})["drivers"].items() if not present):
            message = f"{name}'s GDAL {gdal['gdal']} lacks the {driver} format, which RSKD writes."
            hint = f"Reinstall it as a wheel: pip install --force-reinstall --only-binary :all: {name}"
            told.append({"code": "driver-missing", "message": message, "hint": hint})
    return told


def _mismatch(torch: str, torchvision: str) -> dict[str, str]:
    return {
        "code": "torchvision-mismatch",
        "message": f"torchvision {torchvision} was not built for torch {torch}: distilling does not work.",
        "hint": "Reinstall both from one place: pip install --force-reinstall torch torchvision"
        " (without an NVIDIA GPU add --index-url https://download.pytorch.org/whl/cpu).",
    }


def notes(found: dict[str, Any]) -> list[str]:
    """What is as it may be, but worth knowing."""
    told = []
    absent = [package["name"] for package in found["packages"] if package["tier"] == "train" and not package["version"]]
    if absent:
        which = "are not installed" if len(absent) == len(TRAIN) else f"are not complete ({', '.join(absent)} missing)"
        told.append(f"The training parts {which}: students run, distilling does not. pip install 'rskd[train]'")
    devices = found["devices"]
    if devices["nvidia"] and devices["torch"] is not None and not devices["torch"]["cuda"]:
        told.append("There is an NVIDIA GPU, but torch does not use it: this torch was built for the processor only?")
    if devices["nvidia"] and "CUDAExecutionProvider" not in devices["onnxruntime"]:
        told.append("There is an NVIDIA GPU, but students run on the processor: onnxruntime-gpu would use it.")
    if found["disk_gb"]["free"] < 1:
        told.append(f"Less than 1 GB is free in {found['disk_gb']['folder']}.")
    return told


def lines(found: dict[str, Any]) -> list[str]:
    """The findings as lines of text for a terminal."""
    width = max(len(package["name"]) for package in found["packages"])
    told = [
        f"RSKD {found['rskd']['version']}  {found['rskd']['folder']}",
        f"Python {found['python']['version']}  {found['python']['executable']}",
        found["system"],
    ]
    for tier, title in (("run", "To run students"), ("train", "To distil")):
        told += ["", title]
        for package in (package for package in found["packages"] if package["tier"] == tier):
            state = "cannot be loaded" if package["error"] else "" if package["version"] else "not installed"
            told.append(f"  {package['name']:{width}}  {package['version'] or '–':14}{state}".rstrip())
    told += ["", "Machine", *(f"  {line}" for line in _machine(found))]
    told += ["", *(f"Note: {note}" for note in found["notes"])]
    for problem in found["problems"]:
        told += [f"Problem: {problem['message']}", f"  {problem['hint']}"]
    return [*told, "No problems found." if not found["problems"] else f"{len(found['problems'])} to put right."]


def _machine(found: dict[str, Any]) -> Iterator[str]:
    devices, memory = found["devices"], found["memory_gb"]
    yield f"threads     {found['threads']['usable']} of {found['threads']['present']}"
    if memory is not None:
        yield f"memory      {memory['available']} GB free of {memory['total']} GB"
    yield f"disk        {found['disk_gb']['free']} GB free in {found['disk_gb']['folder']}"
    yield f"NVIDIA GPU  {', '.join(devices['nvidia']) or 'none'}"
    yield f"students    {', '.join(devices['onnxruntime']) or 'cannot run'}"
    if devices["torch"] is not None:
        mps = ["Apple GPU"] if devices["torch"]["mps"] else []
        yield f"distilling  {', '.join([*devices['torch']['cuda'], *mps, 'processor'])}"
    for name, gdal in found["gdal"].items():
        if gdal:
            formats = ", ".join(driver for driver, present in gdal["drivers"].items() if present)
            yield f"GDAL        {gdal['gdal']} in {name}: {formats}"


def _devices(facts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "nvidia": _nvidia(),
        "onnxruntime": facts.get("onnxruntime", {}).get("providers", []),
        "torch": facts.get("torch") or None,
    }


def _nvidia() -> list[str]:
    """GPUs that the NVIDIA driver shows, whatever the installed packages can do with them."""
    asked = shutil.which("nvidia-smi")
    if asked is None:
        return []
    command = [asked, "--query-gpu=name", "--format=csv,noheader"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # nosec B603 # a fixed list, no shell
    return answer.stdout.split("\n")[:-1] if answer.returncode == 0 else []


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def _usable_cores() -> int:
    """Cores that this process may run on; a container or a batch system often allows fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory_gb() -> dict[str, float] | None:
    try:
        import psutil  # here: its absence is a finding, not a crash
    except ImportError:
        return None
    memory = psutil.virtual_memory()
    return {"total": _gb(memory.total), "available": _gb(memory.available)}


def _gb(size: int) -> float:
    return round(size / 1e9, 1)
