"""A MariaDB server for the tests, from the programs that the machine has, on the loopback only."""

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

import pymysql


class Server(NamedTuple):
    """A running server; ``root`` needs no password."""

    port: int

    def connect(self, database: str | None = None) -> pymysql.Connection:
        """A connection that commits every statement."""
        return pymysql.connect(host="127.0.0.1", port=self.port, user="root", database=database, autocommit=True)

    def query(self, database: str, statement: str) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        with self.connect(database) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def execute(self, database: str | None, *statements: str) -> None:
        """Run statements, each by itself."""
        with self.connect(database) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def client(self, database: str, *files: Path, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        """Run script files as the README of `decompose ddl` says."""
        for file in files:
            with file.open("rb") as script:
                done = subprocess.run(
                    [_program("mariadb"), "--no-defaults", *options, "-h", "127.0.0.1", "-P", str(self.port), "-u", "root", database],
                    stdin=script, capture_output=True, text=True, check=False,
                )  # fmt: skip
            if done.returncode:
                break
        return done

    def dump(self, database: str) -> bytes:
        """A database as statements that make it again."""
        return subprocess.run(
            [_program("mariadb-dump"), "--no-defaults", "-h", "127.0.0.1", "-P", str(self.port), "-u", "root", database],
            capture_output=True, check=True,
        ).stdout  # fmt: skip


def _program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    assert found, "MariaDB is not installed; on Debian: apt-get install mariadb-server"
    return found


@contextmanager
def running_server(*options: str) -> Iterator[Server]:
    """A fresh server without any data, with further options; gone afterwards."""
    base = Path(tempfile.mkdtemp(prefix="decompose-mariadb-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    as_whom = []
    if os.getuid() == 0:  # it refuses to run as root
        user = pwd.getpwnam("mysql" if any(u.pw_name == "mysql" for u in pwd.getpwall()) else "nobody")
        os.chown(base, user.pw_uid, user.pw_gid)
        as_whom = [f"--user={user.pw_name}"]
    data = base / "data"
    subprocess.run(
        [_program("mariadb-install-db"), "--no-defaults", *as_whom, f"--datadir={data}", "--skip-test-db",
         "--auth-root-authentication-method=normal"],
        cwd=base, check=True, capture_output=True,
    )  # fmt: skip
    server = subprocess.Popen(
        [_program("mariadbd"), "--no-defaults", *as_whom, f"--datadir={data}", f"--port={port}", "--bind-address=127.0.0.1",
         f"--socket={base / 'socket'}", f"--pid-file={base / 'pid'}", "--innodb-flush-log-at-trx-commit=0",
         "--innodb-flush-method=nosync", "--skip-innodb-doublewrite", "--skip-log-bin", "--innodb-stats-persistent=OFF", *options],
        cwd=base, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(120):
            try:
                Server(port).execute(None, "SELECT 1")
                break
            except pymysql.err.OperationalError:
                assert server.poll() is None, "the server ended at once"
                time.sleep(0.25)
        yield Server(port)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=60)
        shutil.rmtree(base, ignore_errors=True)
