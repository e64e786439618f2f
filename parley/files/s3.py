"""Files in a bucket of S3, or of anything that speaks as it does. The only place that knows boto3."""

from typing import IO, Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from parley.errors import NotFound, Unavailable
from parley.files.storage import Storage
from parley.settings import SetupError

MISSING = {"404", "NoSuchKey", "NotFound"}
CONNECTIONS = 32
CONNECT_SECONDS = 5
ANSWER_SECONDS = 20
HELP = "FILES_URL is like s3://bucket/folder?endpoint=https://host&region=name"


class Place(NamedTuple):
    """What a FILES_URL says."""

    bucket: str
    prefix: str
    endpoint: str | None
    region: str | None


def place(url: str) -> Place:
    """Read `s3://bucket/prefix?endpoint=…&region=…`. Raises SetupError."""
    try:
        parts = urlsplit(url)
        given = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise SetupError(f"{HELP}: what you gave cannot be read.") from None
    if "@" in parts.netloc:
        raise SetupError(f"{HELP}, without credentials: these go into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")
    if not parts.netloc or given.keys() - {"endpoint", "region"} or any(len(each) > 1 for each in given.values()):
        raise SetupError(f"{HELP}: what you gave has no bucket, or says something else.")
    prefix = parts.path.strip("/")
    endpoint, region = (given.get(name, [None])[0] for name in ("endpoint", "region"))
    return Place(parts.netloc, f"{prefix}/" if prefix else "", endpoint, region)


class S3(Storage):
    """An object for each name. Credentials come from the environment, as for every program that speaks S3."""

    def __init__(self, where: Place) -> None:
        self._where = where
        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            max_pool_connections=CONNECTIONS,
            retries={"mode": "standard", "total_max_attempts": 3},
            # Stores that are not Amazon's often know no checksums but Content-MD5.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        try:
            self._client: Any = boto3.session.Session().client(
                "s3", endpoint_url=where.endpoint, region_name=where.region, config=config
            )
        except (BotoCoreError, ValueError) as error:
            raise SetupError(f"{HELP}: {error}.") from None

    def check(self) -> None:
        """Ask for the bucket."""
        try:
            self._client.head_bucket(Bucket=self._where.bucket)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            raise SetupError(
                f"FILES_URL names the bucket {self._where.bucket}, and its store answers {code}: make the bucket, "
                "or let the credentials in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY use it."
            ) from None
        except BotoCoreError as error:
            raise SetupError(f"The store of FILES_URL cannot be used ({type(error).__name__}): {error}") from None

    def put(self, name: str, body: IO[bytes]) -> None:
        """In one request, which makes an object only when it is whole (up to 5 GB, which S3 allows)."""
        try:
            body.seek(0)
            self._client.put_object(**self._object(name), Body=body)
        except (BotoCoreError, ClientError) as error:
            raise _unavailable(error) from None

    def read(self, name: str, start: int, length: int) -> bytes:
        """A request for each piece, so that a slow reader holds no connection."""
        wanted = f"bytes={start}-{start + length - 1}"
        try:
            with self._client.get_object(**self._object(name), Range=wanted)["Body"] as body:
                return bytes(body.read())
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in MISSING:
                raise NotFound("There is no such file.") from None
            if code == "InvalidRange":  # at its end, or empty
                return b""
            raise _unavailable(error) from None
        except BotoCoreError as error:
            raise _unavailable(error) from None

    def remove(self, name: str) -> None:
        """Away with the object."""
        try:
            self._client.delete_object(**self._object(name))
        except (BotoCoreError, ClientError) as error:
            raise _unavailable(error) from None

    def _object(self, name: str) -> dict[str, str]:
        return {"Bucket": self._where.bucket, "Key": self._where.prefix + name}


def _unavailable(error: Exception) -> Unavailable:
    return Unavailable(f"The store of files does not do this right now ({type(error).__name__}); try again later.")
