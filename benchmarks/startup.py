"""How long `rskd --help` takes: the median of ten starts, in seconds. Under 1 is what we promise."""

import statistics
import subprocess
import sys
import time

from rskd.terminal import print_table


def seconds() -> float:
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "from rskd.cli import main; main()", "--help"], capture_output=True, check=True
    )
    return time.perf_counter() - started


if __name__ == "__main__":
    seconds()  # the first start reads the files from disk and writes bytecode
    taken = [seconds() for _ in range(10)]
    row = {"median": statistics.median(taken), "slowest": max(taken)}
    print_table([row], {"median": "rskd --help, median s", "slowest": "slowest s"})
