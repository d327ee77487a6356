"""Imports packages and says how it went; run as a script of its own, by `doctor`, in a child process.

A package can be installed and still not load: a missing system library, a build that does not belong to another. Some
crash the process, some take gigabytes; so `doctor` never imports them itself. Standard library only, and it must not
import `rskd`: `python -P probe.py NAME...` prints one JSON object a line, as soon as it is known.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import warnings
from types import ModuleType
from typing import Any


def of_onnxruntime(module: ModuleType) -> dict[str, Any]:
    """Where students can run."""
    return {"providers": module.get_available_providers()}


def of_rasterio(module: ModuleType) -> dict[str, Any]:
    """The GDAL that reads and writes rasters, and which of the formats in use it knows."""
    with module.Env() as environment:
        present = environment.drivers()
    return {"gdal": module.__gdal_version__, "drivers": {name: name in present for name in ("GTiff", "COG", "VRT")}}


def of_pyogrio(module: ModuleType) -> dict[str, Any]:
    """The GDAL that reads and writes vectors, and whether it writes GeoPackages."""
    return {"gdal": module.__gdal_version_string__, "drivers": {"GPKG": "w" in module.list_drivers().get("GPKG", "")}}


def of_torch(module: ModuleType) -> dict[str, Any]:
    """What torch was built for, and the GPUs that it sees."""
    cuda = module.cuda.is_available()
    names = [module.cuda.get_device_name(number) for number in range(module.cuda.device_count())] if cuda else []
    return {"built_for": module.version.cuda, "cuda": names, "mps": module.backends.mps.is_available()}


FACTS = {"onnxruntime": of_onnxruntime, "rasterio": of_rasterio, "pyogrio": of_pyogrio, "torch": of_torch}


def main(names: list[str]) -> None:
    """Probes each module in turn."""
    warnings.simplefilter("ignore")
    # A descriptor of its own: whatever a library prints, from Python or from C, stays out of the answer.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for name in names:
        answer: dict[str, Any] = {"module": name}
        try:
            module = importlib.import_module(name)
            answer["facts"] = FACTS[name](module) if name in FACTS else {}
        except Exception as error:  # noqa: BLE001 - a broken package raises anything at all; it is what we want to know
            answer["error"] = f"{type(error).__name__}: {error}"
        out.write(json.dumps(answer) + "\n")
        out.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
