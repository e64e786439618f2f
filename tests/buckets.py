"""A store that speaks S3, for the tests: moto's server, which pip installs."""

import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

import boto3
import pytest
from moto.server import ThreadedMotoServer

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_EC2_METADATA_DISABLED": "true"}
REGION = "us-east-1"
_numbers = itertools.count(1)


class Bucket(NamedTuple):
    """An empty bucket, and the FILES_URL that names a folder in it."""

    name: str
    endpoint: str
    client: Any

    @property
    def url(self) -> str:
        """What a server is told."""
        return f"s3://{self.name}/parley?endpoint={self.endpoint}&region={REGION}"

    def names(self) -> list[str]:
        """What is in it."""
        return [each["Key"] for each in self.client.list_objects_v2(Bucket=self.name).get("Contents", ())]


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    """The address of a store on 127.0.0.1."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(object_store: str, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """One of this test alone; this process has the credentials for it."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    client: Any = boto3.client("s3", endpoint_url=object_store, region_name=REGION)
    name = f"bucket-{next(_numbers)}"
    client.create_bucket(Bucket=name)
    return Bucket(name, object_store, client)
