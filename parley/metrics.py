"""What a node counts about itself, for `/metrics`. `docs/operating.md` lists the names; a test compares them."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """The figures of one node, in a registry of its own so that two nodes in one process stay apart."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.changes = Counter(
            "parley_changes", "Changes stored: posts, edits, deletions, reactions, previews.", registry=self.registry
        )
        self.refusals = Counter("parley_refusals", "Commands refused, by code.", ["code"], registry=self.registry)
        self.batch = Histogram(
            "parley_batch_commands",
            "Commands in one transaction.",
            buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
            registry=self.registry,
        )
        self.commit = Histogram(
            "parley_commit_seconds",
            "From the first statement of a transaction until COMMIT has returned.",
            buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5),
            registry=self.registry,
        )
        self.reads = Counter(
            "parley_database_reads", "Looks into the database, each a transaction that reads.", registry=self.registry
        )
        self.pages = Counter(
            "parley_log_pages_read", "Pages of rooms' logs read from the database for sockets.", registry=self.registry
        )
        self.bus_lag = Histogram(
            "parley_bus_lag_seconds",
            "From publishing a ring until it came back over the bus.",
            buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 1, 5, 30),
            registry=self.registry,
        )
        self.waiting = Gauge("parley_commands_waiting", "Commands that wait for the writer.", registry=self.registry)
        self.jobs = Gauge("parley_jobs", "Preview jobs that wait or run in this process.", registry=self.registry)
        self.sockets = Gauge("parley_sockets", "Open sockets.", registry=self.registry)
        self.online = Gauge("parley_people_online", "People online at this node.", registry=self.registry)
        self.deliveries = Counter(
            "parley_deliveries", "Events written to sockets: one event to ten sockets is ten.", registry=self.registry
        )
        self.presence_writes = Counter(
            "parley_presence_writes", "Writes to sockets of who came and went.", registry=self.registry
        )
        self.slow_readers = Counter(
            "parley_slow_readers", "Sockets that fell behind and were served from the log.", registry=self.registry
        )
        self.gaps_filled = Counter(
            "parley_gaps_filled", "Holes in a room's log that were filled from the database.", registry=self.registry
        )
        self.duplicates = Counter(
            "parley_duplicates_dropped", "Events that arrived again and were dropped.", registry=self.registry
        )
        self.requests = Counter("parley_http_requests", "HTTP requests, by status.", ["status"], registry=self.registry)

    def text(self) -> bytes:
        """Everything in the exposition format of Prometheus."""
        return generate_latest(self.registry)
