"""Where the embedded Postgres lives and as whom it runs: Postgres refuses root."""

import hashlib
import os
import pwd
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from yakin.errors import ServiceFailed
from yakin.local.postgres_binaries import REMEDY
from yakin.local.processes import make_private_folder

SHARED = Path("/var/lib/yakin")
_LONGEST_SOCKET = 90  # the kernel's limit is 104 to 108 bytes, and the file name is part of it


@dataclass(frozen=True, slots=True)
class Place:
    """Folders of one cluster, and the user that the server runs as when we are root."""

    settings: Path  # credentials, port, lock: ours
    programs: Path  # unpacked binaries: ours, readable by the server
    server: Path  # data and socket: the server's
    uid: int | None = None
    gid: int | None = None

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.server / "data"

    @property
    def ready(self) -> Path:
        """Exists once the cluster is complete with roles and databases."""
        return self.settings / "bootstrapped"

    @property
    def socket(self) -> Path | None:
        """The folder of the unix socket, or None where Postgres could not use its path."""
        path = os.fsencode(self.server)
        return self.server if len(path) <= _LONGEST_SOCKET and not re.search(rb"[,\"'\\]", path) else None

    def create(self) -> None:
        """Make the folders that are missing. Nothing outside of them is changed."""
        try:
            make_private_folder(self.settings)
            if self.uid is not None:
                SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
                SHARED.chmod(0o755)
                self.programs.mkdir(exist_ok=True)
                self.programs.chmod(0o755)
            make_private_folder(self.programs)
            make_private_folder(self.server)
            self.give(self.server)
        except OSError as error:
            raise ServiceFailed(f"{error.filename} cannot be created: {error.strerror}; {REMEDY}") from None

    def give(self, path: Path) -> None:
        """Make the server's user the owner of a path."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def delete(self) -> None:
        """Remove the data, the accounts and the port. The programs stay: other homes use them."""
        shutil.rmtree(self.server, ignore_errors=True)
        shutil.rmtree(self.settings, ignore_errors=True)


def place_of(home: Path) -> Place:
    """Everything below the home, or for root below /var/lib/yakin: one folder per home, one set of programs."""
    settings = home.absolute() / "postgres"
    if os.geteuid() != 0:
        return Place(settings, settings / "programs", settings / "server")
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise ServiceFailed(f"Postgres does not run as root and there is no user `nobody`; {REMEDY}") from None
    key = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:16]
    return Place(settings, SHARED / "programs", SHARED / key, nobody.pw_uid, nobody.pw_gid)
