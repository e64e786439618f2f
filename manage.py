#!/usr/bin/env python3
"""The commands' door: `python manage.py --help`."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - older ones come as far as this line
    sys.exit("Parley needs Python 3.11 or later.")

try:
    from parley.faces.cli import main
except ModuleNotFoundError as error:
    if error.name is None or error.name.partition(".")[0] == "parley":
        raise
    sys.exit(f"The library {error.name} is missing: run `pip install -r requirements.txt`, or let `make run` do it.")

if __name__ == "__main__":
    main()
