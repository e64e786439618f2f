"""What many threads allocate and free does not stay with each of them."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import ROOT

# Each thread holds its arena while it allocates, so that the others look for one of their own.
PROGRAM = """
import ctypes, sys, threading
from parley.allocator import share_arenas
if sys.argv[1] == "shared":
    assert share_arenas()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.fopen.restype = ctypes.c_void_p
def work():
    for _ in range(200):
        libc.free(ctypes.c_void_p(libc.malloc(8000)))
threads = [threading.Thread(target=work) for _ in range(32)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc.malloc_info(0, ctypes.c_void_p(libc.fopen(sys.argv[2].encode(), b"w")))
libc.fflush(None)
"""


def arenas(kind: str, folder: Path) -> int:
    report = folder / kind
    subprocess.run([sys.executable, "-c", PROGRAM, kind, str(report)], cwd=ROOT, check=True, timeout=30)
    return report.read_text().count("<heap nr=")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc: it has no arenas")
def test_all_threads_share_two_arenas(tmp_path: Path) -> None:
    assert arenas("usual", tmp_path) > 2, "or this test shows nothing"
    assert arenas("shared", tmp_path) <= 2
