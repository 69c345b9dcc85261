"""`python -m vaereg` is `vaereg`."""

import sys

from vaereg.cli.__main__ import main

sys.exit(main())
