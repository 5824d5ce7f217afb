"""`panel serve` in a process of its own, and how much of the processor it uses."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from tests.support.serving import free_port

ROOT = Path(__file__).resolve().parents[1]
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Served:
    """A running server: where it listens and which process it is."""

    port: int
    pid: int

    def url(self, page: str, query: str = "") -> str:
        """Return the address of one of its pages."""
        return f"http://localhost:{self.port}/{page}" + (f"?{query}" if query else "")

    def cpu(self) -> float:
        """Return the processor time its threads have used so far, s."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def waited(self) -> float:
        """Return how long its threads have waited for a core so far, s: what other processes take."""
        found = (path.read_text().split() for path in Path(f"/proc/{self.pid}/task").glob("*/schedstat"))
        return sum(int(waited) for _, waited, _ in found) / 1e9

    def wait_idle(self, limit: float = 60.0) -> bool:
        """Wait until warming up in the background is over; tell whether it is."""
        until, quiet = time.monotonic() + limit, 0
        while quiet < 3 and time.monotonic() < until:
            before = self.cpu()
            time.sleep(0.5)
            quiet = quiet + 1 if self.cpu() - before < 0.03 else 0
        return quiet == 3


@contextlib.contextmanager
def panel_serve(*scripts: str, **settings: str) -> Iterator[Served]:
    """Serve scripts of the project on a free port until the block ends; settings are environment variables."""
    port = free_port()
    command = [sys.executable, "-m", "panel", "serve", *scripts, "--port", str(port), "--liveness"]
    log = subprocess.DEVNULL if not os.environ.get("NCM_SHOW_SERVER") else None
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait_alive(port, process)
        yield Served(port, process.pid)
    finally:
        process.terminate()
        process.wait(10)


def _wait_alive(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError("the server did not start; set NCM_SHOW_SERVER=1 to see why")
        with contextlib.suppress(OSError), urlopen(f"http://localhost:{port}/liveness", timeout=1):
            return
        time.sleep(0.2)
    raise RuntimeError("the server did not answer within 60 s")
