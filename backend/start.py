"""The plugin's way in: `PYTHON -I -X utf8 start.py` runs the worker of the code beside this file.

Whatever rskd the environment may hold is passed over: the code always is the plugin's own.
"""

import sys
from pathlib import Path

if __name__ == "__main__":  # training starts processes that read this file again
    if sys.version_info < (3, 11):  # noqa: UP036 - it is started by an interpreter that the user chose
        sys.exit(f"RSKD needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}.")
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    from rskd.worker import main

    sys.exit(main())
