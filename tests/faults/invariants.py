"""What must be true of a room when all is quiet. Pure: judged from what clients were told and what a load shows."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields

from tests.faults.ledger import Ledger, Refusal, Told
from tests.mirror import Loaded, Mirror
from tests.running import Frame

# What people here do wrong on purpose, or cannot know: that somebody deletes what they react to.
DESERVED = {Refusal("post", "empty"), Refusal("react", "deleted"), Refusal("trespass", "not_found")}
MADE = ("ready", "failed")


@dataclass
class Findings:
    """Each sentence is one broken promise."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    disorder: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)  # somebody got what was not for them
    other: list[str] = field(default_factory=list)

    def add(self, more: "Findings") -> None:
        """Take in what another look has found, unless it is known."""
        for kind, sentences in more.by_kind().items():
            ours = self.by_kind()[kind]
            ours += [each for each in dict.fromkeys(sentences) if each not in ours]

    def by_kind(self) -> dict[str, list[str]]:
        """The lists by their names."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @property
    def clean(self) -> bool:
        """Whether every promise was kept."""
        return not any(self.by_kind().values())


def check(room: int, fresh: Loaded, ledgers: Sequence[Ledger], mirrors: Mapping[str, Mirror]) -> Findings:
    """Hold a fresh load of a room against what its clients were told and what its readers show.

    Every change of the room must be one of these clients', of a preview, or a message of the room itself.
    """
    found = Findings()
    told = [each for ledger in ledgers for each in ledger.told.values() if each.room == room]
    for ledger in ledgers:
        found.add(Findings(doubled=ledger.doubled, disorder=ledger.disorder, leaked=ledger.leaked, other=ledger.other))
        _check_own(room, fresh.messages, ledger, found)
    _check_keys(fresh.messages, found)
    _check_numbers(fresh, told, ledgers, mirrors, found)
    for name, mirror in mirrors.items():
        _check_reader(fresh, name, mirror, found)
    return found


def check_previews(fresh: Mapping[int, Frame], found: Findings) -> None:
    """When all had time enough: no link waits for ever, and each shows the page that it names."""
    for number, message in fresh.items():
        for preview in message["previews"]:
            name = preview["url"].rpartition("/")[2]
            if preview["state"] != "ready":
                found.other.append(f"a preview of message {number} is {preview['state']} in the end")
            elif preview["title"] != f"Page {name}":
                found.other.append(f"message {number} shows another page than {name}")


def _check_keys(fresh: Mapping[int, Frame], found: Findings) -> None:
    keys = Counter((each["author"], each["key"]) for each in fresh.values() if each["key"])
    found.doubled += [f"{key} is stored {count} times" for (_, key), count in keys.items() if count > 1]


def _check_own(room: int, fresh: Mapping[int, Frame], ledger: Ledger, found: Findings) -> None:
    stored = {each["key"] for each in fresh.values() if each["author"] == ledger.author and each["key"]}
    mine = [each for each in ledger.told.values() if each.room == room]
    texts: dict[int, str] = {}
    reactions: dict[tuple[int, str], bool] = {}
    for each in mine:
        if each.command["type"] == "react":
            reactions[each.message, each.command["emoji"]] = each.command["on"]
        else:
            texts[each.message] = each.command.get("source", "")
        if each.command["type"] == "post":
            message = fresh.get(each.message)
            if message is None or (message["key"], message["seq"]) != (each.key, each.seq):
                found.lost.append(f"{each.key}, acknowledged as {each.place}, is not there")
    for number, text in texts.items():
        if number in fresh and number not in ledger.doubtful and fresh[number]["source"] != text:
            found.lost.append(f"the last change of message {number} is not there")
    for (number, emoji), on in reactions.items():
        if number in fresh and number not in ledger.doubtful and not fresh[number]["deleted_at"]:
            users = [user for each in fresh[number]["reactions"] if each["emoji"] == emoji for user in each["users"]]
            if users.count(ledger.author) != on:
                found.lost.append(f"the last reaction of {ledger.author} to message {number} is not there")
    answered = {each.key for each in mine}
    found.other += [f"{key} was refused, and is stored" for key in stored & ledger.refused.keys()]
    found.other += [f"{key} was refused: {no.code}" for key, no in ledger.refused.items() if no not in DESERVED]
    found.other += [f"{key} is stored and unanswered" for key in stored - ledger.refused.keys() - answered]


def _check_numbers(
    fresh: Loaded, told: Iterable[Told], ledgers: Iterable[Ledger], mirrors: Mapping[str, Mirror], found: Findings
) -> None:
    """Numbers without a gap, none given twice, and no preview made twice."""
    owners: dict[int, set[int]] = defaultdict(set)
    for number, message in fresh.messages.items():
        owners[message["seq"]].add(number)
        owners[message["changed_seq"]].add(number)
    newest = max(owners, default=0)
    if fresh.head != newest:
        found.lost.append(f"the room stands at {fresh.head}, and its newest change is {newest}")
    by_people: dict[int, set[int]] = defaultdict(set)
    for each in told:
        owners[each.seq].add(each.message)
        by_people[each.message].add(each.seq)
    for mirror in mirrors.values():
        for seq, number in mirror.seen.items():
            owners[seq].add(number)
    for seq, numbers in owners.items():
        if len(numbers) > 1:
            found.doubled.append(f"seq {seq} is of messages {' and '.join(map(str, sorted(numbers)))}")
    excuses: Counter[int] = sum((ledger.resent for ledger in ledgers), Counter())
    by_others: dict[int, int] = Counter()
    for seq, numbers in owners.items():
        for number in numbers & fresh.messages.keys():
            if seq not in by_people[number] and seq != fresh.messages[number]["seq"]:
                by_others[number] += 1
    for number, message in fresh.messages.items():
        made = sum(preview["state"] in MADE for preview in message["previews"])
        spare = made + excuses[number] - by_others[number]
        if spare < 0:
            found.doubled.append(f"message {number} was changed {-spare} times more often than anybody asked for")
        excuses[number] = max(spare, 0)
    unknown = sorted(set(range(1, newest)) - owners.keys())
    found.lost += [f"nobody knows what seq {seq} was" for seq in _unexplained(unknown, fresh.messages, excuses)]


def _unexplained(unknown: Iterable[int], fresh: Mapping[int, Frame], excuses: Counter[int]) -> list[int]:
    """The numbers that cannot have been changes whose answer was lost, each of a message that changed once more."""
    spans = sorted(
        (message["changed_seq"], message["seq"], number) for number, message in fresh.items() if excuses[number] > 0
    )
    left = []
    for seq in unknown:
        for last, first, number in spans:
            if first < seq < last and excuses[number] > 0:
                excuses[number] -= 1
                break
        else:
            left.append(seq)
    return left


def _check_reader(fresh: Loaded, name: str, mirror: Mirror, found: Findings) -> None:
    if mirror.cursor != fresh.head:
        found.lost.append(f"{name} stands at {mirror.cursor} of {fresh.head}")
    for number, message in fresh.messages.items():
        if number not in mirror.messages and message["seq"] >= mirror.start:
            found.lost.append(f"{name} does not show message {number}")
    for number, message in mirror.messages.items():
        if fresh.messages.get(number) != message:
            found.lost.append(f"{name} shows another message {number} than a fresh load")
