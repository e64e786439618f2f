"""Logs: one line an event, in logfmt, on stderr, whoever speaks: Parley, uvicorn, Alembic or Celery.

    time=2026-11-22T06:31:09Z level=info event=listening logger=parley.node port=5000

No line ever carries the text of a message, a password, a token or the credentials inside an address. So
values are written only when they are plain (text, numbers, and lists of these), names known to be sensitive
are blanked, and an exception is told by its type, its code and its place, never by its message, which may
quote anything. Logfmt: https://brandur.org/logfmt
"""

import errno
import json
import logging
import re
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from parley.errors import Refused
from parley.settings import SetupError

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

_HIDDEN = "***"
_NO_NAME = re.compile(r"[^\w.-]")
_SECRET_NAMES = frozenset({"authorization", "body", "cookie", "html", "source", "text"})
_SECRET_PARTS = ("passw", "secret", "token", "cookie")
_USERINFO = re.compile(r"://[^:/\s@]*(:\S*)?@")  # RFC 3986 §3.2.1, and passwords that forgot to escape their slashes
_BEARER = re.compile(r"\b(Bearer|Basic)\s+\S+", re.IGNORECASE)
_ASSIGNED = re.compile(r"\b(\w*(?:passw|secret|token|cookie)\w*)=[^\s&]+", re.IGNORECASE)

# Their routine lines say little, or quote SQL, frames, queries and the addresses of links that people posted.
_TALKATIVE = (
    *("alembic", "amqp", "asyncio", "httpcore", "httpx", "kombu", "markdown_it", "sqlalchemy", "uvicorn.access"),
    "websockets",
)

_ROOT = Path(__file__).resolve().parent.parent


def configure(level: str = "info") -> None:
    """Send every logger of this process to stderr in one shape, from `level` up.

    At `debug`, the frames of tracebacks are logged too. Raises SetupError for an unknown level.
    """
    if level.lower() not in LEVELS:
        raise SetupError(f"LOG_LEVEL={level!r} is unknown: choose one of {', '.join(LEVELS)}.")
    threshold = LEVELS[level.lower()]
    stamp: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *stamp,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*stamp, _library],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _exception, _redact, _render],
            pass_foreign_args=True,
        )
    )
    logging.root.handlers = [handler]
    logging.root.setLevel(threshold)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    _catch_the_uncaught()


def hide_credentials(text: str) -> str:
    """The same text without userinfo in addresses, bearer tokens and assigned passwords."""
    text = _USERINFO.sub(f"://{_HIDDEN}@", text)
    text = _BEARER.sub(rf"\1 {_HIDDEN}", text)
    return _ASSIGNED.sub(rf"\1={_HIDDEN}", text)


def _catch_the_uncaught() -> None:
    # What nobody caught becomes one line as well, in any thread.
    log = structlog.get_logger("parley")

    def in_main(_: type[BaseException], error: BaseException, __: Any) -> None:
        log.critical("uncaught", exc_info=error)

    def in_thread(args: threading.ExceptHookArgs) -> None:
        log.critical("uncaught", exc_info=args.exc_value, thread=getattr(args.thread, "name", None))

    sys.excepthook = in_main
    threading.excepthook = in_thread
    logging.captureWarnings(True)
    warnings.formatwarning = lambda message, category, filename, lineno, line=None: (
        f"{category.__name__} at {_short(filename)}:{lineno}: {message}"
    )


# ── processors, in the order in which an event passes them ──────────────────────────────────────────


def _library(_: Any, __: str, event: EventDict) -> EventDict:
    """Give the lines of libraries names and values, and cut what they append to them: dumps and tracebacks."""
    record: logging.LogRecord = event["_record"]
    args: Any = event.pop("positional_args", ())
    event["event"] = next(iter(event["event"].splitlines()), "")
    if record.name.startswith("celery.") and isinstance(args, Mapping) and {"id", "name"} <= args.keys():
        # Their sentence ends in the task's result or its exception's message.
        ending = re.search(r"\]\s+([a-z]+)", str(record.msg))
        outcome = ending[1] if ending else args.get("description", "rejected")
        event.update(event=f"task {outcome}", task=args["name"], id=args["id"])
        if "runtime" in args:
            event["seconds"] = round(args["runtime"], 3)
    return event


def _exception(_: Any, __: str, event: EventDict) -> EventDict:
    """Replace an exception by its type, code and place; at `debug` by the frames of its traceback too."""
    error = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if not isinstance(error, BaseException):
        return event
    chain = list(islice(_causes(error), 5))
    event["error"] = " from ".join(type(each).__name__ for each in chain)
    reason = next(filter(None, map(_reason, chain)), None)
    if reason:
        event["reason"] = reason
    places = [f"{_short(frame.filename)}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    event["where"] = ">".join([place for place in places[:-1] if place.startswith("parley/")] + places[-1:])
    if logging.root.isEnabledFor(logging.DEBUG):
        event["traceback"] = "".join(
            f"{type(each).__name__}\n{''.join(traceback.format_tb(each.__traceback__))}" for each in chain
        )
    return event


def _redact(_: Any, __: str, event: EventDict) -> EventDict:
    """Blank what is sensitive by its name or its looks."""
    return {name: _HIDDEN if _is_secret(name) else _plain(value) for name, value in event.items()}


def _render(_: Any, __: str, event: EventDict) -> str:
    """Write the event as logfmt: `time`, `level`, `event` and `logger` first."""
    first = ("time", "level", "event", "logger")
    names = [name for name in first if name in event] + [name for name in event if name not in first]
    return " ".join(f"{_NO_NAME.sub('_', name)}={_quote(event[name])}" for name in names)


# ── values ──────────────────────────────────────────────────────────────────────────────────────────


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _reason(error: BaseException) -> str | None:
    """What an exception may say for itself: a code of the system or the database, or our own sentence."""
    if isinstance(error, Refused):
        return error.detail
    if isinstance(error, OSError) and error.errno:
        return errno.errorcode.get(error.errno)
    code = getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None)
    return code if isinstance(code, str) else None


def _short(filename: str) -> str:
    _, installed, rest = filename.rpartition("site-packages/")
    if installed:
        return rest
    path = Path(filename)
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else path.name


def _is_secret(name: str) -> bool:
    lowered = name.lower()
    return lowered in _SECRET_NAMES or any(part in lowered for part in _SECRET_PARTS)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str | Path):
        return hide_credentials(str(value))
    if isinstance(value, Mapping):
        return {str(name): _HIDDEN if _is_secret(str(name)) else _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    return f"<{type(value).__name__}>"  # a record or an exception: who knows what it would print


def _quote(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if text.isprintable() and re.fullmatch(r'[^\s"=\\]+', text):
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())
