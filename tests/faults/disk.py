"""A small file system in memory that can be full."""

import errno
import os
import subprocess
from pathlib import Path

CAP_SYS_ADMIN = 21  # linux/capability.h
MEGABYTE = 1 << 20


def may_mount() -> bool:
    """Whether this process may mount a file system."""
    status = Path("/proc/self/status").read_text().splitlines()
    effective = next(line.split()[1] for line in status if line.startswith("CapEff"))
    return bool(int(effective, 16) >> CAP_SYS_ADMIN & 1)


class Disk:
    """A tmpfs of `size` bytes at a folder. Mounting it needs the right to, see `may_mount`."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"
        folder.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)

    def fill(self) -> None:
        """Leave not a byte."""
        with self._ballast.open("ab", buffering=0) as ballast:
            for block in (b"\0" * MEGABYTE, b"\0" * 4096):
                try:
                    while True:
                        ballast.write(block)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def free(self) -> None:
        """Give back what `fill` took."""
        self._ballast.unlink(missing_ok=True)

    def close(self) -> None:
        """Unmount it, also while somebody looks at it still."""
        subprocess.run(["umount", "--lazy", self.folder], check=True)
        os.rmdir(self.folder)
