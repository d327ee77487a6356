"""How much slower `rskd predict` is than onnxruntime alone on the same number of pixels.

Windows overlap by what the network sees around a pixel, so each pixel is shown to it more than once; the rest of the
difference is reading, the raster's edges, blending and compression. Both use all cores.
"""

import tempfile
import time
from pathlib import Path

from _made_up import BANDS, image, student

from rskd.events import Reporter
from rskd.infer.session import open_student
from rskd.infer.speed import milliseconds_per_megapixel
from rskd.jobs.predict import run
from rskd.spec import PredictJob
from rskd.terminal import print_table

SIDE = 2_048
STUDENTS = ("swift-unet-16", "tiny-unet-16")


def row(name: str, layer: Path, folder: Path) -> dict[str, object]:
    path = student(folder / f"{name}.onnx", name)
    opened = open_student(path, device="cpu")
    alone, tiling = milliseconds_per_megapixel(opened.run, BANDS), opened.card.tiling
    job = {"student": str(path), "layers": [str(layer)], "out": str(folder / "map.tif"), "device": "cpu"}
    started = time.perf_counter()
    run(PredictJob.model_validate(job), Reporter())
    whole = (time.perf_counter() - started) * 1000 / (SIDE**2 / 1e6)
    return {
        "name": name,
        "alone": alone,
        "whole": whole,
        "ratio": whole / alone,
        "shown": (tiling.window / tiling.stride) ** 2,
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        layer = image(Path(place) / "image.tif", SIDE, SIDE)
        rows = [row(name, layer, Path(place)) for name in STUDENTS]
    columns = {"name": "Student", "alone": "onnxruntime, ms per MP", "whole": "predict, ms per MP", "ratio": "Ratio"}
    print_table(rows, {**columns, "shown": "of it by overlaps"})
