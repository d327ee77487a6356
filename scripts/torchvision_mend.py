"""Mends a torchvision whose compiled operators do not belong to the installed torch; development environments only.

Some machines offer a CPU build of torch but only the plain torchvision of PyPI, whose operators were compiled against
another build. `import torchvision` then stops with “operator torchvision::nms does not exist”, and so do lightning,
torchmetrics and torchgeo, although segmentation needs none of these operators. Naming the two operators that
torchvision looks up while it is being imported is enough for all of them; only detection's operators stay absent.

`make setup` runs this file with `.venv`'s Python. It puts itself into that environment only when the import fails in
just this way, and takes itself out again before each probe, so that a proper torchvision is never touched. Nothing
of it goes into the package: `rskd doctor` tells users with such a pair what to reinstall.

Inside the environment the file is imported at each start of Python (by `torchvision_mend.pth`), so it imports nothing
but what Python has loaded by then; torch is loaded when torchvision is, not earlier.
"""

import sys

OPERATORS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
SYMPTOM = "operator torchvision::nms does not exist"
_kept = []  # a torch Library takes its operators back when it is collected


def define_operators() -> None:
    """Makes the missing operators known to torch, without an implementation."""
    if _kept:
        return  # an import that failed is tried again
    import torch

    library = torch.library.Library("torchvision", "DEF")
    for operator in OPERATORS:
        library.define(operator)
    _kept.append(library)


class Finder:
    """Stands first on `sys.meta_path` and steps in for torchvision alone."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> object:
        """The usual spec of torchvision, except that running the module defines the operators first."""
        if name != "torchvision":
            return None
        from importlib.machinery import PathFinder

        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            run = spec.loader.exec_module

            def exec_module(module: object) -> None:
                define_operators()
                run(module)

            spec.loader.exec_module = exec_module
        return spec


def install() -> None:
    """Puts this file into the running environment if, and only if, its torchvision needs it."""
    import subprocess
    import sysconfig
    from pathlib import Path

    site = Path(sysconfig.get_path("purelib"))
    module, hook = site / "torchvision_mend.py", site / "torchvision_mend.pth"
    hook.unlink(missing_ok=True)
    module.unlink(missing_ok=True)
    probe = [sys.executable, "-c", "import torchvision"]
    answer = subprocess.run(probe, capture_output=True, text=True, check=False)
    if SYMPTOM in answer.stderr:
        module.write_text(Path(__file__).read_text(encoding="utf-8"), encoding="utf-8")
        hook.write_text("import torchvision_mend\n", encoding="utf-8")
        subprocess.run(probe, check=True)
        print("torchvision does not belong to this torch: mended for this environment (scripts/torchvision_mend.py)")
    elif answer.returncode:
        sys.exit(f"torchvision cannot be imported:\n{answer.stderr}")


if __name__ == "__main__":
    install()
else:
    sys.meta_path.insert(0, Finder)
