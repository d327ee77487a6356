"""Size and speed of every student on this machine: `rskd students --benchmark`."""

from rskd.events import Reporter
from rskd.jobs.students import COLUMNS, run
from rskd.terminal import print_table

if __name__ == "__main__":
    print_table(run(Reporter(), bands=6, classes=6, threads=None, benchmark=True), COLUMNS)
