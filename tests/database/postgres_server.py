"""A PostgreSQL server for the tests, from the programs that the machine has, on the loopback only."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psycopg


class Server(NamedTuple):
    """A running server; its superuser is ``shop`` and needs no password."""

    programs: Path
    port: int

    def dsn(self, database: str) -> str:
        """How libpq is told where a database is."""
        return f"host=127.0.0.1 port={self.port} user=shop dbname={database}"

    def create(self, database: str, template: str = "template1") -> None:
        """Make a database, empty or as a copy of another."""
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')

    def query(self, database: str, statement: str) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        with psycopg.connect(self.dsn(database)) as connection:
            return connection.execute(statement).fetchall()

    def execute(self, database: str, statement: str) -> None:
        """Run a statement and commit."""
        with psycopg.connect(self.dsn(database)) as connection:
            connection.execute(statement)

    def psql(self, database: str, *files: Path, **variables: str | int) -> subprocess.CompletedProcess[str]:
        """Run script files as the README of `decompose ddl` says."""
        given = [part for name, value in variables.items() for part in ("-v", f"{name}={value}")]
        return subprocess.run(
            ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.dsn(database), *given,
             *(part for file in files for part in ("-f", str(file)))],
            capture_output=True, text=True, check=False,
        )  # fmt: skip


def _programs() -> Path:
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    assert found, "PostgreSQL is not installed; on Debian: apt-get install postgresql"
    return Path(found).resolve().parent


@contextmanager
def running_server(*settings: str) -> Iterator[Server]:
    """A fresh server with an empty cluster, with ``settings`` such as ``name=value``; gone afterwards."""
    programs = _programs()
    base = Path(tempfile.mkdtemp(prefix="decompose-postgres-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    unprivileged: list[str | Path] = []
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        user = pwd.getpwnam("postgres" if any(u.pw_name == "postgres" for u in pwd.getpwall()) else "nobody")
        base.chmod(0o711)
        os.chown(base, user.pw_uid, user.pw_gid)
        unprivileged = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    data = base / "data"
    subprocess.run(
        [*unprivileged, programs / "initdb", "-D", data, "-U", "shop", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        cwd=base, check=True, capture_output=True,
    )  # fmt: skip
    server = subprocess.Popen(
        [*unprivileged, programs / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", base, "-c", "fsync=off",
         *(part for setting in settings for part in ("-c", setting))],
        cwd=base, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        ready = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        for _ in range(120):
            if subprocess.run(ready, check=False).returncode == 0:
                break
            assert server.poll() is None, "the server ended at once"
            time.sleep(0.25)
        yield Server(programs, port)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=60)
        shutil.rmtree(base, ignore_errors=True)
