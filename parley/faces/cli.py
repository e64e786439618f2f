"""The commands: make the database, run the server, run a worker, keep backups, measure. `manage.py` is their door."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from parley import __version__, log
from parley.allocator import share_arenas
from parley.bus.open import check_bus
from parley.faces.gateway.server import serve
from parley.faces.web import create_app
from parley.files.open import place_of
from parley.garbage import collect_seldom
from parley.loadtest.plan import Plan
from parley.loadtest.plan import check as check_plan
from parley.loadtest.report import report as draw
from parley.loadtest.run import run as run_loadtest
from parley.loadtest.screen import Screen, summary
from parley.node import Node
from parley.settings import Settings, SetupError
from parley.store import backup as backups
from parley.store import restore as restoring
from parley.store import verify as verifying
from parley.store.progress import Advance
from parley.store.revisions import Newer
from parley.store.schema import State, create, state

UPGRADE = "run `python manage.py createdb`, which keeps everything in it"


class Commands(click.Group):
    """Commands that end with one sentence and exit code 1 when Parley cannot work like this."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what the setup lacks becomes click's way of saying so."""
        try:
            return super().invoke(ctx)
        except SetupError as error:
            raise click.ClickException(error.detail) from None


@click.group(cls=Commands)
@click.version_option(__version__, prog_name="Parley", message="%(prog)s %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Parley, a chat server.

    Everything else is said by environment variables; the README has the table of them.
    """
    context.obj = Settings.from_environment()
    log.configure(context.obj.log_level)


@main.command()
@click.option("--drop-first", is_flag=True, help="Destroy the database before, with every message in it.")
@click.option("--yes", is_flag=True, help="Do not ask before destroying.")
@click.pass_obj
def createdb(settings: Settings, drop_first: bool, yes: bool) -> None:
    """Make the database, or upgrade an outdated one.

    An upgrade loses nothing, and over PostgreSQL the servers of the release before go on working. A database that is
    up to date stays as it is.
    """
    where = log.hide_credentials(settings.database)
    before = state(settings)
    if drop_first:
        _ask(where, before, yes)
    if before == "newer" and not drop_first:
        raise Newer(f"The database {where}")
    create(settings, drop_first=drop_first, progress=_progress)
    done = {
        "empty": "made",
        "outdated": "upgraded",
        "current": "up to date already",
        "ahead": "of a newer Parley, with which this one still works: nothing was changed",
    }
    click.echo(f"The database {where} is {'made anew' if drop_first and before != 'empty' else done[before]}.")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=5000, show_default=True, type=click.IntRange(0, 65535), help="0: any free port.")
@click.pass_obj
def runserver(settings: Settings, host: str, port: int) -> None:
    """Serve the chat over HTTP and WebSocket until Ctrl-C.

    Makes the default database on its first start.
    """
    _be_current(settings)
    if settings.celery_broker_url:
        from parley.jobs.broker import check_broker

        check_broker(settings)
    check_bus(settings)
    share_arenas()
    node = Node(settings)
    app = create_app(node)
    collect_seldom()
    serve(node, app, host, port, ready=_welcome)


@main.command(context_settings={"ignore_unknown_options": True}, options_metavar="[WORKER OPTIONS]")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="")
@click.pass_obj
def celery(settings: Settings, options: tuple[str, ...]) -> None:
    """Run a Celery worker that fetches link previews for the servers.

    What follows is handed to the worker, such as --loglevel=info or --concurrency=4. CELERY_BROKER_URL says
    where the jobs wait.
    """
    from parley.faces.worker import run_worker

    sys.exit(run_worker(settings, list(options)))


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if there is one.")
@click.pass_obj
def backup(settings: Settings, file: Path, force: bool) -> None:
    """Write the database into FILE, also while the server runs.

    It holds people with their password hashes, rooms and messages, so only its owner may read it. It can be restored
    into SQLite and PostgreSQL alike. What people sent as files is to be copied beside it.
    """
    manifest = backups.backup(settings, file, overwrite=force, progress=_progress)
    click.echo(f"{file} is complete (people: {manifest.rows('users'):,}, messages: {manifest.rows('messages'):,}).")
    if files := manifest.rows("files"):
        click.echo(f"Not in it: what people sent as files ({files:,}). Copy {_place_of_files(settings)} now, after it.")


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--drop-first", is_flag=True, help="Destroy what the database holds, with every message in it.")
@click.option("--yes", is_flag=True, help="Do not ask before destroying.")
@click.pass_obj
def restore(settings: Settings, file: Path, drop_first: bool, yes: bool) -> None:
    """Fill an empty database from FILE, which `backup` has written.

    Stop every server first. Everybody has to sign in again, and every page loads afresh.
    """
    where = log.hide_credentials(settings.database)
    if drop_first:
        _ask(where, state(settings), yes)
    manifest = restoring.restore(settings, file, drop_first=drop_first, progress=_progress)
    click.echo(f"The database {where} is as it was at {manifest.created_at:%Y-%m-%d %H:%M:%S} UTC.")
    if files := manifest.rows("files"):
        place = _place_of_files(settings)
        click.echo(f"What people sent as files ({files:,}) is in no backup: put the copy of it into {place}.")


@main.command()
@click.pass_obj
def verify(settings: Settings) -> None:
    """Look whether everything in the database fits together, also while the server runs.

    Changes nothing. Exits with 1 when something is wrong, and names rooms and messages by their ids.
    """
    _refuse_unless_current(settings, state(settings))
    report = verifying.verify(settings, _progress)
    for fault in report.faults:
        click.echo(fault)
    said = "Something is wrong" if report.faults else "Everything fits together"
    click.echo(f"{said} (rooms: {report.rooms:,}, messages: {report.messages:,}).")
    sys.exit(1 if report.faults else 0)


SECONDS = click.FloatRange(0, min_open=True)
COUNT = click.IntRange(1)
FILE = click.Path(path_type=Path, dir_okay=False, writable=True)


@main.command()
@click.argument("url")
@click.option("--users", default=50, show_default=True, type=COUNT, help="People to register.")
@click.option("--devices", default=1, show_default=True, type=COUNT, help="Sockets each of them opens.")
@click.option("--writers", type=COUNT, help="How many of them post; all, unless given.")
@click.option("--rooms", default=1, show_default=True, type=COUNT, help="Rooms they post into by turns.")
@click.option("--rate", type=SECONDS, help="Posts a second in all, at an even pace; 10 unless --think is given.")
@click.option("--think", type=click.FloatRange(0), help="Instead: seconds from a person's ack to their next post.")
@click.option("--duration", default=30.0, show_default=True, type=SECONDS, help="Seconds in which they post.")
@click.option("--ramp", default=5.0, show_default=True, type=click.FloatRange(0), help="Seconds in which they arrive.")
@click.option("--processes", type=COUNT, help="Processes to share the work; a core less than the machine has.")
@click.option("--json", "machine", type=FILE, help="Write all figures there.")
@click.option("--report", "page", type=FILE, help="Write a page with charts there, HTML.")
@click.option("--yes-this-is-my-server", "own", is_flag=True, help="Allow a URL that is not this machine.")
def loadtest(
    url: str,
    writers: int | None,
    rate: float | None,
    processes: int | None,
    machine: Path | None,
    page: Path | None,
    own: bool,
    **more: Any,
) -> None:
    """Let simulated people talk at the Parley at URL, measure it, and check that nothing is lost.

    They are registered as load-… and stay in its database, with what they posted: take a server for that. Exits with 1
    when an acknowledged post did not arrive once and in order at every socket. docs/loadtest.md says how to read it.
    """
    plan = Plan(
        url=url.rstrip("/"),
        writers=writers or more["users"],
        rate=10.0 if rate is None and more["think"] is None else rate,
        processes=processes or min(more["users"], max(1, (os.cpu_count() or 1) - 1)),
        **more,
    )
    check_plan(plan, own_server=own)
    for file in filter(None, (machine, page)):
        if not file.absolute().parent.is_dir():
            raise SetupError(f"There is no folder for {file}: make it first.")
    result = asyncio.run(run_loadtest(plan, Screen(sys.stderr)))
    click.echo(summary(result))
    if machine:
        machine.write_bytes(result.json())
    if page:
        page.write_text(draw(result), encoding="utf-8")
    sys.exit(1 if result.fault_count else 0)


@contextmanager
def _progress(label: str, length: int) -> Iterator[Advance]:
    """A bar on a terminal, a line elsewhere; not among what the command answers."""
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield bar.update


def _ask(where: str, found: State, yes: bool) -> None:
    if found != "empty" and not yes:
        click.confirm(f"This destroys every message in {where}. Go on?", abort=True)


def _place_of_files(settings: Settings) -> str:
    return log.hide_credentials(place_of(settings))


def _be_current(settings: Settings) -> None:
    """See to it that the database can be served. Raises SetupError with the command to run when it cannot."""
    found = state(settings)
    if found == "empty" and settings.embedded:
        create(settings)
    else:
        _refuse_unless_current(settings, found)


def _refuse_unless_current(settings: Settings, found: State) -> None:
    where = log.hide_credentials(settings.database)
    match found:
        case "empty":
            raise SetupError(f"The database {where} is empty: run `python manage.py createdb` first.")
        case "outdated":
            raise SetupError(f"The database {where} is of an older Parley: {UPGRADE}.")
        case "newer":
            raise Newer(f"The database {where}")


def _welcome(address: str) -> None:
    click.echo(f"Parley is at {address} – press Ctrl-C to stop.")
