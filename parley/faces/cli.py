"""The commands: make the database, run the server, run a worker. `manage.py` is their door."""

import sys

import click

from parley import __version__, log
from parley.bus.open import check_bus
from parley.faces.gateway.server import serve
from parley.faces.web import create_app
from parley.faces.worker import run_worker
from parley.jobs.broker import check_broker
from parley.node import Node
from parley.settings import Settings, SetupError
from parley.store.schema import create, state

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

    An upgrade loses nothing. A database that is up to date stays as it is.
    """
    where = log.hide_credentials(settings.database)
    before = state(settings)
    if drop_first and before != "empty" and not yes:
        click.confirm(f"This destroys every message in {where}. Go on?", abort=True)
    if before == "newer" and not drop_first:
        raise _newer(where)
    create(settings, drop_first=drop_first)
    done = {"empty": "made", "outdated": "upgraded", "current": "up to date already", "newer": "made"}
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
        check_broker(settings)
    check_bus(settings)
    node = Node(settings)
    serve(node, create_app(node), host, port, ready=_welcome)


@main.command(context_settings={"ignore_unknown_options": True}, options_metavar="[WORKER OPTIONS]")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="")
@click.pass_obj
def celery(settings: Settings, options: tuple[str, ...]) -> None:
    """Run a Celery worker that fetches link previews for the servers.

    What follows is handed to the worker, such as --loglevel=info or --concurrency=4. CELERY_BROKER_URL says
    where the jobs wait.
    """
    sys.exit(run_worker(settings, list(options)))


def _be_current(settings: Settings) -> None:
    """See to it that the database can be served. Raises SetupError with the command to run when it cannot."""
    where = log.hide_credentials(settings.database)
    match state(settings):
        case "empty" if not settings.database_url:
            create(settings)
        case "empty":
            raise SetupError(f"The database {where} is empty: run `python manage.py createdb` first.")
        case "outdated":
            raise SetupError(f"The database {where} is of an older Parley: {UPGRADE}.")
        case "newer":
            raise _newer(where)


def _newer(where: str) -> SetupError:
    return SetupError(f"The database {where} is of a newer Parley than this {__version__}: install that one.")


def _welcome(address: str) -> None:
    click.echo(f"Parley is at {address} – press Ctrl-C to stop.")
