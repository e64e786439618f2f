"""The storage that the settings ask for, and where it is."""

from pathlib import Path

from parley.files.folder import Folder
from parley.files.storage import Storage
from parley.settings import Settings


def open_storage(settings: Settings) -> Storage:
    """A folder in the instance folder by default. Nothing is dialled or made. Raises SetupError."""
    url = settings.files_url
    if url.startswith("s3://"):
        from parley.files.s3 import S3, place  # boto3 takes 20 MB of memory, and few need it

        return S3(place(url))
    return Folder(_folder(settings))


def place_of(settings: Settings) -> str:
    """Where files are kept, in words."""
    url = settings.files_url
    return f"the bucket {url.partition('?')[0]}" if url.startswith("s3://") else f"the folder {_folder(settings)}"


def _folder(settings: Settings) -> Path:
    return Path(settings.files_url or settings.instance / "files").absolute()
