"""Visitors without a browser, in a loop of their own, and what the server wrote of them."""

from __future__ import annotations

import logging
from pathlib import Path

from tornado.httpclient import HTTPClientError

from tests.support.session import run_apart
from tests.support.visitor import Visitor

QUERY = "model=lif"


def visit(server, action, query=QUERY):
    """Run an async action with a visitor whose page is open, in a loop of its own."""
    async def act():
        async with Visitor(server.port, query) as visitor:
            return await action(visitor)

    return run_apart(act())


def ask(server, path, **options):
    return run_apart(Visitor(server.port).ask(path, **options))


def status(server, path, **options):
    """Return the status of an answer, 0 where the server closes the connection instead."""
    try:
        return ask(server, path, **options).code
    except (OSError, HTTPClientError):
        return 0


def lines(caplog):
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def memory():
    """Return the highest memory of this process so far, MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024
