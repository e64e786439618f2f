"""What the tests of the checks of `make faults` speak of."""

from tests.running import Frame

ANN = 5
ROOM = 1


def message(number: int, seq: int, changed_seq: int = 0, source: str = "", author: int | None = ANN) -> Frame:
    key = None if author is None else f"k{number}"
    return {
        **{"id": number, "seq": seq, "changed_seq": changed_seq or seq},
        **{"author": author, "key": key, "source": source or str(key)},
        **{"deleted_at": None, "reactions": [], "previews": []},
    }
