"""How far something has come that takes minutes on a large database."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

Advance = Callable[[int], None]  # that many more of them are done
Progress = Callable[[str, int], AbstractContextManager[Advance]]  # what is being done, and how many there are


@contextmanager
def quiet(_label: str, _length: int) -> Iterator[Advance]:
    """Tells nobody."""
    yield lambda _: None
