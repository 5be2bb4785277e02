"""A PostgreSQL of one's own, to be killed: in a temporary directory, without a network port."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parents[1]
BINARIES = "/usr/lib/postgresql"


def programs(version: int | None) -> Path:
    """Where initdb and pg_ctl are: of this major version if it is installed, else of the latest."""
    found = {int(path.parts[-3]): path.parent for path in Path(BINARIES).glob("*/bin/initdb")}
    if not found:
        raise RuntimeError(f"no server in {BINARIES}: install postgresql")
    return found.get(version or 0, found[max(found)])


def children(pid: int) -> list[int]:
    """The child processes of a process; none if it is gone."""
    try:
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def kill(pid: int) -> bool:
    """Kills one process with SIGKILL; false if it was gone before."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


class Server:
    """Started by "with", removed at its end. Its processes are the only ones it ever kills.

    version: major version that is wanted, the latest if that is not installed
    """

    def __init__(self, version: int | None = None) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="workflow_consolidation."))
        # Nothing of the caller's server: not even its port, which a server would take over.
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PG")},
            "LC_ALL": "C.UTF-8",
            "PGCLIENTENCODING": "UTF8",
            "PGHOST": str(self.directory),
            "PGUSER": "postgres",
            "PGAPPNAME": "workflow_consolidation test",
            "PGOPTIONS": "-c idle_in_transaction_session_timeout=0",
            "SQITCH_FULLNAME": "Workflow Consolidation",
            "SQITCH_EMAIL": "maintainers@example.org",
        }
        self._data = self.directory / "data"
        self._programs = programs(version)
        # PostgreSQL refuses to run as root.
        self._as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as_owner:
            shutil.chown(self.directory, "postgres")
        try:
            self._run(
                "initdb", "--no-sync", "--username=postgres", "--auth=trust",
                "--encoding=UTF8", "--locale=C.UTF-8", f"--pgdata={self._data}",
            )  # fmt: skip
        except BaseException:
            shutil.rmtree(self.directory)
            raise
        with (self._data / "postgresql.conf").open("a") as conf:
            # What is killed is the server, not the machine: the kernel keeps what was written.
            conf.write(
                "listen_addresses = ''\n"
                "port = 5432\n"
                f"unix_socket_directories = '{self.directory}'\n"
                "fsync = off\n"
            )

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._run("pg_ctl", "stop", f"--pgdata={self._data}", "--mode=immediate", check=False)
        shutil.rmtree(self.directory)

    def _run(self, program: str, *options: str, check: bool = True) -> int:
        result = subprocess.run(
            [*self._as_owner, str(self._programs / program), *options],
            cwd="/",
            env=self.environment,
            # A server that pg_ctl starts would keep a pipe open.
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=check,
        )
        return result.returncode

    def start(self, seconds: float = 60) -> None:
        """Starts it, after a crash with the recovery that takes."""
        give_up_at = time.monotonic() + seconds
        # A process that outlived its postmaster is waited for.
        while self._run(
            "pg_ctl", "start", f"--pgdata={self._data}", "--wait",
            f"--log={self.directory / 'log'}", check=False,
        ):  # fmt: skip
            if time.monotonic() > give_up_at:
                raise RuntimeError((self.directory / "log").read_text()[-2000:])
            time.sleep(0.2)

    def crash(self, *, at_once: bool) -> None:
        """The whole server dies, by kill -9 (at once) or by pg_ctl stop -m immediate."""
        if at_once:
            postmaster = int((self._data / "postmaster.pid").read_text().split("\n")[0])
            processes = children(postmaster)
            kill(postmaster)
            for process in processes:
                kill(process)
        else:
            self._run("pg_ctl", "stop", f"--pgdata={self._data}", "--mode=immediate")

    def connect(self, database: str = "postgres", **options: Any) -> psycopg.Connection[Any]:
        """Connects to a database, in autocommit; waits while the server recovers."""
        give_up_at = time.monotonic() + 60
        while True:
            try:
                return psycopg.connect(
                    host=str(self.directory),
                    port=5432,
                    user="postgres",
                    dbname=database,
                    autocommit=True,
                    **options,
                )
            except psycopg.OperationalError:
                if time.monotonic() > give_up_at:
                    raise
                time.sleep(0.05)

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Runs a client from the root of the project; raises with what it said if it fails."""
        result = subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and result.returncode != 0:
            raise RuntimeError(
                f"{' '.join(command)}: exit {result.returncode}\n{result.stdout}{result.stderr}"
            )
        return result

    def psql(self, database: str, *options: str) -> str:
        """Runs psql, stopping at the first error; returns what it printed."""
        return self.run(
            "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--dbname={database}",
            *options,
        ).stdout  # fmt: skip
