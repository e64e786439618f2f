"""The arithmetic: from people online to nodes, machines, databases and buses. Pure; seconds, bytes, and cores."""

from dataclasses import dataclass
from math import ceil, exp, inf

from bench.scaling.inputs import Assumptions, Costs, Hardware, Layout
from bench.scaling.rooms import Kind, interested, mean, rooms

TICK = 0.5  # seconds between two looks who came: parley.faces.gateway.upkeep
SWEEP = 3.0  # seconds between two looks at the heads: SWEEP of parley.settings
SESSIONS = 10.0  # seconds between two looks whether sockets may stay: parley.faces.gateway.upkeep
ATTENDANCE = 15.0  # seconds until a node says again whom it has: parley.core.presence
ID_BYTES = 9.0  # of a person in what nodes tell each other
WATCH_BYTES = 40.0  # of memory for each person whom a socket watches (decision 23)
CONNECTIONS = 20.0  # to PostgreSQL, of a node (deploying.md)
MOST_NODES = 1e7  # beyond which more do not help


@dataclass(frozen=True)
class Load:
    """What so many people do, each second, whatever serves them."""

    people: int
    posts: float
    deliveries: float
    presence_events: float  # *somebody came* to somebody
    presence_writes: float
    bytes: float  # to people
    watched: float  # people whom a socket watches
    kinds: tuple[Kind, ...]

    @property
    def heard(self) -> float:
        """Messages that a person gets in a minute: whether the assumptions make sense."""
        return self.deliveries / self.people * 60


def load(people: int, assume: Assumptions, costs: Costs, layout: Layout) -> Load:
    """What so many people online do."""
    kinds = rooms(people, assume.seats, assume.per_room, assume.zipf, int(assume.largest))
    posts = people * assume.posts / 3600
    deliveries = posts * mean(kinds, assume.quiet, lambda size: size)
    come = assume.sessions / 3600  # that one person comes, and as often goes
    watched = min(people, layout.watched or people)
    each = 2 * come * watched  # changes that one person is told
    writes = people / TICK * (1 - exp(-each * TICK))
    answers = people * come if layout.watched else 0.0  # to *whom I watch*, which says how each of them stands
    return Load(
        people=people,
        posts=posts,
        deliveries=deliveries,
        presence_events=each * people + answers * watched,
        presence_writes=writes + answers,
        bytes=deliveries * assume.message + (each * people + answers * watched) * costs.presence,
        watched=watched if layout.watched else 0.0,
        kinds=kinds,
    )


@dataclass(frozen=True)
class Fleet:
    """What serves them. `needs`: nodes that each thing asks for by itself; `nodes` is inf when no number is enough."""

    load: Load
    nodes: float
    needs: dict[str, float]
    machines: float
    cpu: dict[str, float]  # cores, of all nodes, by what they do
    commits: float  # a second
    disk: float  # bytes a day
    database: dict[str, float]  # how many databases each thing asks for
    databases: float
    bus_messages: float  # a second, copies counted
    bus: dict[str, float]  # how many buses each thing asks for
    buses: float

    @property
    def bottleneck(self) -> str:
        """What decides the number of nodes."""
        return max(self.needs, key=lambda name: self.needs[name])


def fleet(people: int, assume: Assumptions, costs: Costs, hardware: Hardware, layout: Layout) -> Fleet:
    """The smallest number of nodes that is enough, and what they need behind them."""
    asked = load(people, assume, costs, layout)
    nodes, needs = 1.0, needs_of(asked, 1.0, assume, costs, hardware, layout)
    # What a node pays for the others grows with their number, so the answer is approached from below.
    while nodes < max(needs.values()) < MOST_NODES:
        nodes = float(ceil(max(needs.values())))
        needs = needs_of(asked, nodes, assume, costs, hardware, layout)
    enough = max(needs.values()) < MOST_NODES
    database, commits = _database(asked, nodes, assume, costs, hardware, layout)
    bus, messages = _bus(asked, nodes, assume, costs, hardware, layout)
    if not enough:  # what stands behind them is asked for by no number either
        nodes, commits, messages = inf, inf, inf
        database, bus = dict.fromkeys(database, inf), dict.fromkeys(bus, inf)
    return Fleet(
        load=asked,
        nodes=nodes,
        needs=needs,
        machines=up(nodes / (hardware.cores - 1)),
        cpu=_cpu(asked, nodes, costs, layout) if enough else {},
        commits=commits,
        disk=disk(asked, assume, costs),
        database=database,
        databases=up(max(database.values())),
        bus_messages=messages,
        bus=bus,
        buses=up(max(bus.values())) if nodes > 1 else 0,
    )


def disk(asked: Load, assume: Assumptions, costs: Costs) -> float:
    """Bytes that a day of it adds."""
    return asked.posts * costs.disk * 86_400 * assume.day


def up(number: float) -> float:
    """Whole ones: the next integer, or inf."""
    return inf if number == inf else float(ceil(number))


def needs_of(
    asked: Load, nodes: float, assume: Assumptions, costs: Costs, hardware: Hardware, layout: Layout
) -> dict[str, float]:
    """Nodes that each thing asks for by itself, given what that many nodes pay for each other."""
    each = hardware.cores - 1
    memory = hardware.memory * 2**30 * assume.spare / each - costs.node
    look = asked.people * costs.look / TICK if layout.known else 0.0  # at each node, however many there are
    core = assume.spare - look
    shared = sum(_cpu(asked, nodes, costs, layout).values()) - look * nodes
    return {
        "CPU": shared / core if core > 0 else inf,
        "memory": asked.people * (costs.socket + hardware.kernel + asked.watched * WATCH_BYTES) / memory,
        "ports": asked.people / hardware.ports,
        "network": asked.bytes / (hardware.network * 1e9 / 8 * assume.spare / each),
    }


def _cpu(asked: Load, nodes: float, costs: Costs, layout: Layout) -> dict[str, float]:
    """Cores, of all nodes."""
    looks = nodes if layout.known else 1.0  # everybody is looked at by all nodes, or by one
    others = mean(asked.kinds, 0.0, lambda size: interested(size, nodes) - 1)
    return {
        "idle sockets": asked.people * costs.idle,
        "posts": asked.posts * costs.post,
        "deliveries": asked.deliveries * (costs.write + costs.event),
        "rings": asked.posts * others * costs.hear,
        "presence": asked.presence_writes * costs.write
        + asked.presence_events * costs.event
        + looks * asked.people * costs.look / TICK,
    }


def group(rate: float, costs: Costs) -> float:
    """Posts in a transaction when so many a second come to one committer: those that came during the one before."""
    free = 1 - rate * costs.row_seconds
    return max(1.0, rate * costs.commit_seconds / free) if free > 0.01 else 256.0


def _database(
    asked: Load, nodes: float, assume: Assumptions, costs: Costs, hardware: Hardware, layout: Layout
) -> tuple[dict[str, float], float]:
    """Databases that each thing asks for, and transactions a second."""
    commits = asked.posts / group(asked.posts / nodes, costs)
    places = sum(kind.rooms * (1 if layout.homes else interested(kind.size, nodes)) for kind in asked.kinds)
    cores = {
        "posts": commits * costs.commit + asked.posts * costs.row,
        "sweep of heads": places / SWEEP * costs.head,
        "sessions": asked.people / SESSIONS * costs.head,
    }
    room = hardware.database_cores * assume.spare
    needs = {f"CPU: {name}": used / room for name, used in cores.items()}
    needs["CPU"] = sum(cores.values()) / room
    writers = ceil(max(1.0, needs["CPU"])) * 2 if layout.homes else nodes  # homes write, the other nodes do not
    needs["connections"] = (writers * CONNECTIONS + 10) / hardware.connections
    needs["disk"] = disk(asked, assume, costs) * assume.keep / (hardware.database_disk * 1e12 * assume.spare)
    needs["network"] = asked.posts * costs.log / (hardware.network * 1e9 / 8 * assume.spare)
    return needs, commits


def _bus(
    asked: Load, nodes: float, assume: Assumptions, costs: Costs, hardware: Hardware, layout: Layout
) -> tuple[dict[str, float], float]:
    """Buses that each thing asks for, and messages a second with their copies."""
    hear = mean(asked.kinds, assume.quiet, lambda size: interested(size, nodes))
    copies = asked.posts * hear
    told = nodes if layout.known else 1.0  # each node tells every other one whom it has
    attendance = asked.people * ID_BYTES / ATTENDANCE * told
    sent = copies * assume.message + attendance
    return {
        "CPU": (asked.posts * costs.publish + copies * costs.copy) / assume.spare,
        "network": sent / (hardware.network * 1e9 / 8 * assume.spare),
    }, asked.posts + copies
