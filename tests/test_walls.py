"""The walls of the house (docs/architecture.md), held by reading the imports of every file in parley/.

`faults` judges one source by its place; the tables below it prove that each wall can stop somebody.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "parley").rglob("*.py"))
LINES = 300

# Who may not import whom; besides, nothing outside faces/ imports a face. A name stands for all below it too.
LAYERS = {
    "parley.store": {"parley.core"},
    "parley.files": {"parley.core", "parley.store", "parley.bus", "parley.jobs"},
    # A client of the public protocol, which shares no more than words with the server that it judges.
    "parley.loadtest": {"parley.core", "parley.store", "parley.bus", "parley.jobs", "parley.node"},
    "parley.faces.web": {"parley.faces.gateway", "parley.faces.worker", "parley.faces.cli"},
    "parley.faces.gateway": {"parley.faces.web", "parley.faces.worker", "parley.faces.cli"},
    "parley.faces.worker": {"parley.faces.web", "parley.faces.gateway", "parley.faces.cli"},
}

# The only places that may import a library.
HOMES = {
    ("flask", "werkzeug", "jinja2"): {"parley.faces.web"},
    ("uvicorn", "websockets", "a2wsgi", "httptools"): {"parley.faces.gateway"},
    ("uvloop",): {"parley.faces.gateway", "parley.loadtest"},
    ("picows", "parley.loadtest"): {"parley.loadtest", "parley.faces.cli"},
    ("sqlalchemy", "alembic", "sqlite3"): {"parley.store"},
    ("psycopg",): {"parley.store", "parley.bus"},
    ("redis",): {"parley.bus"},
    ("celery", "kombu"): {"parley.jobs", "parley.faces.worker"},
    ("boto3", "botocore"): {"parley.files.s3"},
    ("PIL",): {"parley.files.pictures", "parley.files.portrait"},
    ("click",): {"parley.faces.cli"},
}

# What is imported when it is needed, because it is heavy and most never need it.
LATE = {
    "parley.files.open": {"parley.files.s3"},
    "parley.bus.open": {"parley.bus.redis"},
    "parley.jobs.open": {"parley.jobs.scaled"},
    "parley.faces.cli": {"parley.jobs.broker", "parley.faces.worker"},
}

# The core decides and does no input or output of its own.
CORE_KNOWS_NO = {"asyncio", "socket", "ssl", "httpx", "http", "subprocess", "urllib.request"}

# Pure modules and all that they may import.
PURE = {
    "parley.wire": {"msgspec", "parley.message", "parley.room", "parley.user", "typing"},
    "parley.message": {"datetime", "msgspec", "typing"},
    "parley.room": {"msgspec"},
    "parley.user": {"msgspec", "parley.message"},
    "parley.parsing": {"json", "msgspec", "parley.errors", "parley.wire"},
    "parley.text": {
        *("collections", "functools", "html", "itertools", "re", "typing", "unicodedata", "urllib.parse"),
        *("emoji", "linkify_it", "markdown_it", "msgspec", "nh3"),
        *("parley.highlight", "parley.mentions", "parley.shortcodes"),
    },
    "parley.mentions": {"collections", "msgspec", "parley.names", "re", "typing", "unicodedata"},
    "parley.highlight": {"functools", "html", "itertools", "pygments", "re", "threading"},
    "parley.shortcodes": {"emoji", "re"},
    "parley.files.kind": {"re"},
    "parley.files.filename": {"re", "unicodedata"},
    "parley.files.metadata": {"collections", "re", "struct", "typing", "zlib"},
    "parley.folding": {"re", "unicodedata"},
    "parley.core.query": {"dataclasses", "datetime", "parley.errors", "parley.folding", "parley.names", "re", "typing"},
    "parley.core.excerpt": {"collections", "itertools", "parley.folding", "re", "typing"},
    "parley.names": {"functools", "parley.errors", "re", "typing", "unicodedata"},
}

# What nobody makes while a module is being imported: apps, engines, connections, threads.
LIVING = {
    *("Flask", "Celery", "SQLAlchemy", "SocketIO", "Node", "Settings", "from_environment"),
    *("create_engine", "sessionmaker", "scoped_session", "connect", "create_connection", "socket", "Socket"),
    *("Redis", "StrictRedis", "from_url", "Client", "AsyncClient", "Thread", "ThreadPoolExecutor", "new_event_loop"),
}


def faults(path: str, source: str) -> list[str]:
    """Every wall that this source breaks, as `line: sentence`. The path is relative to the repository."""
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    package = module if path.endswith("__init__.py") else module.rpartition(".")[0]
    tree = ast.parse(source)
    found = [
        f"{line}: {module} imports {name}: {why}"
        for line, name in _imports(tree, package)
        for why in _objections(module, name)
    ]
    found += [
        f"{line}: an import inside a function" for line, name in _late_imports(tree) if name not in LATE.get(module, ())
    ]
    found += [f"{line}: {name}() runs while the module is imported" for line, name in _living(tree.body)]
    length = len(source.splitlines())
    if length > LINES:
        found.append(f"{length}: more than {LINES} lines; a file is one noun")
    return found


def _imports(tree: ast.AST, package: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            # `from parley import faces` imports a module as well, and only the name tells.
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def _objections(module: str, imported: str) -> Iterator[str]:
    if _within(imported, {"parley.faces"}) and not _within(module, {"parley.faces"}):
        yield "the faces stand above"
    for place, forbidden in LAYERS.items():
        if _within(module, {place}) and _within(imported, forbidden):
            yield f"{place} stands below it or beside it"
    for libraries, homes in HOMES.items():
        if _within(imported, set(libraries)) and not _within(module, homes):
            yield f"that library lives in {' and '.join(sorted(homes))}"
    if _within(module, {"parley.core"}) and _within(imported, CORE_KNOWS_NO):
        yield "the core does no input or output"
    for pure, allowed in PURE.items():
        if _within(module, {pure}) and not _within(imported, {*allowed, pure}):
            yield f"{pure} is pure"


def _within(module: str, places: set[str]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


def _late_imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield node.lineno, (isinstance(node, ast.ImportFrom) and node.module) or ""
                elif isinstance(node, ast.Call) and _name(node.func) in {"__import__", "import_module"}:
                    yield node.lineno, ""


def _living(body: list[ast.stmt]) -> Iterator[tuple[int, str]]:
    """Calls that run at import: all but those inside the bodies of functions."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        elif isinstance(node, ast.Lambda):
            waiting += [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        else:
            if isinstance(node, ast.Call) and _name(node.func) in LIVING:
                yield node.lineno, _name(node.func)
            waiting += ast.iter_child_nodes(node)


def _name(callee: ast.expr) -> str:
    if isinstance(callee, ast.Attribute):
        return callee.attr
    return callee.id if isinstance(callee, ast.Name) else ""


@pytest.mark.parametrize("path", [str(path.relative_to(ROOT)) for path in FILES])
def test_file_keeps_the_walls(path: str) -> None:
    assert faults(path, (ROOT / path).read_text()) == []


def test_every_wall_stands_around_something() -> None:
    """A wall around a module that was renamed would hold nothing."""
    modules = {str(path.relative_to(ROOT)).removesuffix(".py").removesuffix("/__init__") for path in FILES}
    places = {*LAYERS, *PURE, *(home for homes in HOMES.values() for home in homes)}
    assert {place.replace(".", "/") for place in places} <= modules


@pytest.mark.parametrize(
    ("path", "source", "fault"),
    [
        ("parley/core/messages.py", "from parley.faces.web import app", "stand above"),
        ("parley/core/messages.py", "from parley import faces", "stand above"),
        ("parley/core/messages.py", "from ..faces import web", "stand above"),
        ("parley/core/messages.py", "from .. import faces", "stand above"),
        ("parley/core/__init__.py", "from ..faces import web", "stand above"),
        ("parley/core/messages.py", "if TYPE_CHECKING:\n    from parley.faces import web", "stand above"),
        ("parley/store/reads.py", "import parley.core.messages", "stands below"),
        ("parley/store/reads.py", "from parley.faces import web", "stand above"),
        ("parley/store/reads.py", "from parley.core import messages", "stands below"),
        ("parley/bus/local.py", "import parley.faces.gateway.channel", "stand above"),
        ("parley/jobs/pool.py", "import parley.faces.worker", "stand above"),
        ("parley/node.py", "from parley.faces import web", "stand above"),
        ("parley/settings.py", "from parley.faces.cli import main", "stand above"),
        ("parley/faces/web/api.py", "from parley.faces.gateway import channel", "beside"),
        ("parley/faces/gateway/server.py", "from parley.faces.web import create_app", "beside"),
        ("parley/faces/gateway/server.py", "from ..web import create_app", "beside"),
        ("parley/faces/worker.py", "from parley.faces import cli", "beside"),
        ("parley/core/messages.py", "from flask import g", "lives in"),
        ("parley/faces/cli.py", "from flask import Flask", "lives in"),
        ("parley/faces/gateway/server.py", "import werkzeug.exceptions", "lives in"),
        ("parley/faces/web/live.py", "import websockets.server", "lives in"),
        ("parley/faces/cli.py", "import uvicorn", "lives in"),
        ("parley/faces/web/__init__.py", "from a2wsgi import WSGIMiddleware", "lives in"),
        ("parley/core/rooms.py", "from sqlalchemy import select", "lives in"),
        ("parley/faces/cli.py", "import alembic.command", "lives in"),
        ("parley/core/rooms.py", "import sqlite3", "lives in"),
        ("parley/jobs/pool.py", "import redis.asyncio", "lives in"),
        ("parley/core/previews.py", "from celery import shared_task", "lives in"),
        ("parley/bus/redis.py", "import kombu", "lives in"),
        ("parley/store/open.py", "import click", "lives in"),
        ("parley/files/folder.py", "import boto3", "lives in"),
        ("parley/faces/web/files.py", "from PIL import Image", "lives in"),
        ("parley/files/s3.py", "from parley.store.files import one", "stands below"),
        ("parley/loadtest/run.py", "from parley.core import people", "stands below"),
        ("parley/loadtest/run.py", "from parley.node import Node", "stands below"),
        ("parley/loadtest/run.py", "from parley.faces import cli", "stand above"),
        ("parley/faces/gateway/server.py", "import picows", "lives in"),
        ("parley/node.py", "from parley.loadtest import run", "lives in"),
        ("parley/files/kind.py", "import os", "is pure"),
        ("parley/core/presence.py", "import asyncio", "no input or output"),
        ("parley/core/previews.py", "from urllib.request import urlopen", "no input or output"),
        ("parley/core/previews.py", "from urllib import request", "no input or output"),
        ("parley/wire.py", "import os", "is pure"),
        ("parley/text.py", "from parley import store", "is pure"),
        ("parley/names.py", "import socket", "is pure"),
        ("parley/core/rooms.py", "def f():\n    import json", "inside a function"),
        (
            "parley/core/rooms.py",
            "class A:\n    async def f(self):\n        import json",
            "inside a function",
        ),
        ("parley/core/rooms.py", "def f():\n    importlib.import_module('json')", "inside a function"),
        ("parley/faces/web/app.py", "app = flask.Flask(__name__)", "Flask() runs"),
        ("parley/faces/worker.py", "class Tasks:\n    app = Celery('parley')", "Celery() runs"),
        (
            "parley/store/engines.py",
            "if 1:\n    engine = create_engine('x')",
            "create_engine() runs",
        ),
        ("parley/bus/redis.py", "pool = redis.Redis.from_url('x')", "from_url() runs"),
        ("parley/store/reads.py", "def f(engine=create_engine('x')): ...", "create_engine() runs"),
        ("parley/faces/web/api.py", "@Flask('x').get('/')\ndef f(): ...", "Flask() runs"),
        ("parley/node.py", "NODE = Node(Settings.from_environment())", "Node() runs"),
        ("parley/core/rooms.py", "\n" * (LINES + 1), "one noun"),
    ],
)
def test_a_broken_wall_is_seen(path: str, source: str, fault: str) -> None:
    assert any(fault in each for each in faults(path, source)), faults(path, source)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("parley/faces/cli.py", "from parley.faces.gateway.server import serve\nfrom parley.faces import web, worker"),
        ("parley/faces/web/app.py", "import flask\nfrom parley.core import messages\ndef f():\n    Flask('x')"),
        ("parley/faces/gateway/server.py", "import uvicorn, a2wsgi\nfrom . import channel"),
        ("parley/faces/worker.py", "import celery\nfrom parley.jobs import previews"),
        ("parley/core/messages.py", "from parley.store.reads import message\nimport parley.store"),
        ("parley/bus/postgres.py", "import asyncio, psycopg"),
        ("parley/parsing.py", "import json\nfrom parley.errors import Invalid"),
        ("parley/text.py", "from collections.abc import Iterator\nfrom urllib.parse import urlsplit"),
        ("parley/core/rooms.py", "import flasks, redistribute\ncreate = lambda: create_engine('x')"),
        ("parley/core/rooms.py", "\n" * LINES),
    ],
)
def test_what_is_allowed_passes(path: str, source: str) -> None:
    assert faults(path, source) == []
