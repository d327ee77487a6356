"""Peak memory of a prediction over rasters of growing height, with GDAL's block cache as we set it and a small one.

Each prediction runs in a process of its own. On Linux a process starts with the peak of the one that started it, so
this one imports nothing heavy: files are made in a process of their own too. Linux and macOS.
"""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from rskd.terminal import print_table

HEIGHTS, WIDTH = (2_000, 6_000, 20_000), 1_024
STUDENT = "swift-unet-16"
CACHES_MB = (256, 32)


def make(folder: Path, height: int) -> None:
    from _made_up import image, student

    student(folder / "student.onnx", STUDENT)
    image(folder / "image.tif", height, WIDTH)


def predict(folder: Path) -> None:
    from rskd.events import Reporter
    from rskd.jobs.predict import run
    from rskd.spec import PredictJob

    files = {"student": folder / "student.onnx", "out": folder / "map.tif"}
    job = {**{name: str(path) for name, path in files.items()}, "layers": [str(folder / "image.tif")], "device": "cpu"}
    run(PredictJob.model_validate(job), Reporter())


def peak_mb() -> float:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def child(*words: object, cache_mb: int = 256) -> str:
    command = [sys.executable, __file__, *map(str, words)]
    environment = {**os.environ, "GDAL_CACHEMAX": str(cache_mb)}
    return subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


def main() -> None:
    rows: list[dict[str, float]] = []
    for height in HEIGHTS:
        with tempfile.TemporaryDirectory() as folder:
            child("make", folder, height)
            peaks = {f"peak_{cache}": float(child("predict", folder, cache_mb=cache)) for cache in CACHES_MB}
        floor = peak_mb()
        if floor >= min(peaks.values()):
            raise RuntimeError(f"the parent's own {floor:.0f} MB hide what is measured")
        rows.append({"height": height, **peaks})
        rows[-1] |= {f"ratio_{cache}": peaks[f"peak_{cache}"] / rows[0][f"peak_{cache}"] for cache in CACHES_MB}
    columns = {"height": f"Height (width {WIDTH:,})"}
    for cache in CACHES_MB:
        columns |= {f"peak_{cache}": f"Peak MB, cache {cache} MB", f"ratio_{cache}": "to the lowest"}
    print_table(rows, columns)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", folder, height]:
            make(Path(folder), int(height))
        case ["predict", folder]:
            predict(Path(folder))
            print(peak_mb())
        case _:
            main()
