"""A PostgreSQL server of the tests' own: started in a temporary folder, reached by a socket, thrown away."""

import itertools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Self

from sqlalchemy import Engine, create_engine, text

from approvals.database import make_engine

FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"


class Server:
    """Use as a context; ``create`` and ``copy`` give engines of databases in it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="yimen-postgres-"))  # a socket's path must be short
        self.bin = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        self.as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []  # it refuses root
        self._numbers = itertools.count(1)

    def __enter__(self) -> Self:
        if self.as_user:
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "-D", "data", "-U", "yimen", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        self._run("pg_ctl", "-D", "data", "-l", "log", "-w", "-o", f"-k {self.folder} -h '' {FAST}", "start")
        return self

    def __exit__(self, *_: object) -> None:
        self._run("pg_ctl", "-D", "data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder)

    def create(self, name: str, template: str = "template0") -> Engine:
        """A new database."""
        admin = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        admin.dispose()
        return make_engine(self._url(name), pool_size=20)

    def copy(self, template: str) -> Engine:
        """A new database with everything ``template`` has."""
        return self.create(f"copy{next(self._numbers)}", template)

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://yimen@/{name}?host={self.folder}"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [*self.as_user, self.bin / program, *arguments],
            cwd=self.folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )
