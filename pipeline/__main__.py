"""``python -m pipeline``: the same as ``copydesk``."""

import sys

from pipeline.process import main

if __name__ == "__main__":
    sys.exit(main())
