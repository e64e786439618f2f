"""Celery workers in processes of their own, ordinary ones and some that tests may break."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.running import ROOT

WORKER = ("manage.py", "celery")

# With a Redis that hands jobs out again sooner.
HASTY_WORKER = (
    "-c",
    """
import sys
from parley.faces.worker import work, worker_app
from parley.settings import Settings

settings = Settings.from_environment()
sys.exit(work(worker_app(settings, visibility_timeout=1.0), settings, sys.argv[1:]))
""",
)

# Its fetching hangs or dies when the address says so, and is given up sooner.
TROUBLED_WORKER = (
    "-c",
    """
import os, signal, sys, time
from parley.faces import worker
from parley.jobs.broker import make_celery
from parley.jobs.queue import PreviewResult
from parley.settings import Settings

def fetch(job):
    print("fetching", job.url, flush=True)
    if "deaf" in job.url:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})  # as C code that does not return
    if "hang" in job.url:
        time.sleep(60)
    if "die" in job.url:
        os.kill(os.getpid(), signal.SIGKILL)
    return PreviewResult(job.message, job.position, job.url, "ready", "Title")

worker.SOFT_LIMIT, worker.HARD_LIMIT = 1, 4
settings = Settings.from_environment()
app = make_celery(settings.celery_broker_url)
worker.register(app, fetch, 0)
sys.exit(worker.work(app, settings, sys.argv[1:]))
""",
)


class Worker:
    """A worker process that may fetch from loopback; what it says goes to a file."""

    def __init__(self, broker: str, folder: Path, *args: str, program: tuple[str, ...] = WORKER) -> None:
        self._log = folder / f"worker-{len(list(folder.glob('worker-*')))}.log"
        environ = {name: value for name, value in os.environ.items() if name != "C_FORCE_ROOT"}
        # It knows no database, no key and no folder, and needs none.
        environ |= {"CELERY_BROKER_URL": broker, "PREVIEW_ALLOW": "127.0.0.0/8", "DATABASE_URL": "nonsense://"}
        environ |= {"INSTANCE": str(folder / "nowhere"), "PREVIEW_TIMEOUT": "30"}
        with self._log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, *program, "--concurrency=1", *args],
                cwd=ROOT,
                env=environ,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        """All that it wrote."""
        return self._log.read_text()

    def end(self, number: int = signal.SIGTERM) -> int:
        """Signal the main process and wait for its end; returns the exit code."""
        self.process.send_signal(number)
        return self.process.wait(20)

    def close(self) -> None:
        """End it and its children, whatever they are doing, as a power cut does."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        finally:
            self.process.wait(20)
