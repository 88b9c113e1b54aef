"""``python -m tracker.language`` brings the catalogues up to date."""

import sys

from tracker.language.catalogue import main

sys.exit(main())
