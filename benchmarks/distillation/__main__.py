"""`python -m benchmarks.distillation`."""

import sys

from benchmarks.distillation.run import main

sys.exit(main())
