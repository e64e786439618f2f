"""What is shown while faults run: a line for each that is under way; on a terminal it stays in its place."""

from typing import TextIO

from tests.faults.result import Result

UP = "\x1b[{}A"
CLEAR = "\x1b[J"


class Board:
    """Shows results as they come. Without a terminal, each is one more line."""

    def __init__(self, out: TextIO, rounds: int) -> None:
        self._out = out
        self._rounds = rounds
        self._live: dict[str, str] = {}

    def show(self, result: Result) -> None:
        """A fault has got further."""
        line = self._line(result)
        if not self._out.isatty():
            print(line, file=self._out, flush=True)
            return
        drawn = len(self._live)
        self._live[result.fault] = line
        done = self._live.pop(result.fault) if result.rounds == self._rounds else None
        above = UP.format(drawn) if drawn else ""
        lines = [*([done] if done else []), *self._live.values()]
        print(above + CLEAR + "\n".join(lines), file=self._out, flush=True)

    def _line(self, result: Result) -> str:
        said = "as promised" if result.findings.clean else "PROMISES BROKEN"
        whole = len(result.converged) == result.rounds and result.rounds
        took = f"{result.converged[-1]:4.1f} s" if whole else "never "
        return f"{result.fault:32} {result.rounds:3}/{self._rounds}  {result.posts:7,} posts  converged: {took}  {said}"
