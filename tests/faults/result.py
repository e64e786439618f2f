"""What came of the rounds of a fault."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.invariants import Findings


@dataclass
class Result:
    """Seconds and bytes; the findings name their round."""

    fault: str
    seed: int
    rounds: int = 0
    posts: int = 0  # acknowledged
    put_off: int = 0  # commands that were told to come again with the same key
    converged: list[float] = field(default_factory=list)  # after mending, for each round
    waited: float = 0.0  # the longest that a command waited for an answer
    delivered: float = 0.0  # the longest that a change took to somebody who was there, after others knew of it
    grown: int = 0  # the most that a node has grown by
    logs: str = ""  # the folder where they are kept, if there is something to look for
    findings: Findings = field(default_factory=Findings)
    known: Findings = field(default_factory=Findings)

    def note(self, found: Findings) -> None:
        """Add what this round has found and none before."""
        for kind, sentences in found.by_kind().items():
            known = self.known.by_kind()[kind]
            fresh = [each for each in dict.fromkeys(sentences) if each not in known]
            known += fresh
            ours = self.findings.by_kind()[kind]
            ours += [f"{self.fault}, round {self.rounds}, seed {self.seed}: {each}" for each in fresh]

    def broke_off(self, complaint: str) -> None:
        """The harness itself failed, which proves nothing."""
        last = complaint.strip().rpartition("\n")[2]
        self.note(Findings(other=[f"broke off: {last}"]))
        self.keep_logs({"harness": complaint.splitlines()})

    def keep_logs(self, logs: Mapping[str, Sequence[str]]) -> None:
        """Write what processes have logged into a folder that stays, beside what was found."""
        logs = {**logs, "findings": [each for kind in self.findings.by_kind().values() for each in kind]}
        folder = Path(tempfile.gettempdir()) / f"parley-faults-{self.seed}" / self.fault
        folder.mkdir(parents=True, exist_ok=True)
        for name, lines in logs.items():
            (folder / f"{name}.log").write_text("\n".join(lines) + "\n")
        self.logs = str(folder)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {key: value for key, value in asdict(self).items() if key != "known"}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Result":
        """From `as_dict`."""
        return cls(**{**values, "findings": Findings(**values["findings"])})
