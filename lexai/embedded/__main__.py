"""`python -m lexai.embedded HOME` is the keeper; `hold` starts it."""

import sys
from pathlib import Path

from lexai.embedded.keeper import main

main(Path(sys.argv[1]))
