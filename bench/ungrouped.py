"""The product, but that every command has a transaction of its own: `python -m bench.ungrouped runserver …`.

Only to measure what group commit is worth.
"""

from parley.faces.cli import main
from parley.store import committer

if __name__ == "__main__":
    committer.GROUP = 1
    main()
