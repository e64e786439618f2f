"""The bus that the settings ask for, and what is said when it does not answer."""

import pytest
from click.testing import CliRunner

from parley.bus.open import check_bus, open_bus
from parley.faces.cli import main
from parley.settings import Settings, SetupError
from tests.services import TLS

DATABASE = "postgresql://u:S3CRET@127.0.0.1:1/db"


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        (Settings(database_url=DATABASE, bus_url="redis://:S3CRET@127.0.0.1:1/0"), "BUS_URL"),
        (Settings(database_url=DATABASE, bus_url="redis://:S3CRET@127.0.0.1:port/0"), "BUS_URL"),
        (
            Settings(database_url=DATABASE, bus_url="valkey://127.0.0.1:1", celery_broker_url="redis://h"),
            "BUS_URL",
        ),
        (Settings(database_url=DATABASE, bus_url="postgresql://u:S3CRET@127.0.0.1:1/db"), "BUS_URL"),
        (Settings(database_url=DATABASE, celery_broker_url="redis://:S3CRET@127.0.0.1:1/0"), "CELERY_BROKER_URL"),
        (Settings(database_url=DATABASE, celery_broker_url="amqp://:S3CRET@127.0.0.1:1/"), "DATABASE_URL"),
        (Settings(database_url=DATABASE, bus_url="amqp://u:S3CRET@h"), "BUS_URL"),
    ],
)
def test_a_bus_that_does_not_answer_is_refused_in_one_sentence(settings: Settings, name: str) -> None:
    with pytest.raises(SetupError) as refused:
        check_bus(settings)
    assert name in refused.value.detail
    assert "S3CRET" not in refused.value.detail
    assert "\n" not in refused.value.detail


def test_a_bus_that_answers_is_let_pass(valkey: str, postgres: str) -> None:
    check_bus(Settings())
    check_bus(Settings(database_url=postgres))
    check_bus(Settings(database_url=postgres, bus_url=valkey.replace("redis://", "valkey://")))
    check_bus(Settings(database_url=postgres, bus_url=postgres))


def test_a_bus_that_answers_and_does_not_carry_is_refused(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # As a pooler of transactions does: every LISTEN succeeds, and nothing is ever heard.
    monkeypatch.setattr("parley.bus.postgres._Receiver.follow", lambda self, channels: self.check())
    monkeypatch.setattr("parley.bus.open.HEARD_WITHIN", 0.3)
    with pytest.raises(SetupError, match="answers and does not carry: with PgBouncer"):
        check_bus(Settings(database_url=postgres))


def test_a_bus_with_a_certificate_nobody_knows_is_refused(tls_valkey: str, postgres: str) -> None:
    with pytest.raises(SetupError):
        check_bus(Settings(database_url=postgres, bus_url=tls_valkey))
    known = f"{tls_valkey}?ssl_check_hostname=false&ssl_ca_certs={TLS / 'certificate.pem'}"
    check_bus(Settings(database_url=postgres, celery_broker_url=known))


def test_a_bus_for_sqlite_is_refused() -> None:
    with pytest.raises(SetupError, match="SQLite carries only one"):
        open_bus(Settings(bus_url="redis://h"), str, lambda _: None)


def test_runserver_does_not_start_without_its_bus(on_postgres: Settings) -> None:
    environment = {
        "INSTANCE": str(on_postgres.instance),
        "DATABASE_URL": on_postgres.database_url,
        "BUS_URL": "redis://127.0.0.1:1",
    }
    done = CliRunner().invoke(main, ["runserver", "--port", "0"], env=environment)
    assert done.exit_code == 1
    assert done.stderr == "Error: The bus at redis://127.0.0.1:1 does not answer: start it, or correct BUS_URL.\n"
