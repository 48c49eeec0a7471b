"""``python -m sim.cli`` is ``narvard``."""

import sys

from sim.cli import main

sys.exit(main())
