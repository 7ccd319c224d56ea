"""Lets ``python -m cxtext.cli`` do what ``cxtext`` does."""

import sys

from cxtext.cli import main

if __name__ == "__main__":
    sys.exit(main())
