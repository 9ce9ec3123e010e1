"""Where things are on this machine. Read once, in the composition root and the command; nowhere else."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from yakin.errors import SettingsError

PROJECT_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """The environment of DESIGN §11, resolved to paths and URLs."""

    home: Path
    models_dir: Path
    database_url: str | None = field(repr=False)  # may hold a password, as the other two
    owner_database_url: str | None = field(repr=False)
    catalogue_layers: tuple[Path, ...]
    use_cases: Path | None
    prefect_api_url: str | None
    s3_endpoint_url: str | None = None  # None: AWS itself
    s3_region: str | None = None
    s3_proxy: str | None = field(default=None, repr=False)

    @property
    def embedded_database(self) -> bool:
        """Whether this machine runs its own Postgres."""
        return self.database_url is None


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from YAKIN_HOME, YAKIN_DATABASE_URL and the others; raises SettingsError with the remedy."""
    owner_url = environ.get("YAKIN_OWNER_DATABASE_URL")
    database_url = environ.get("YAKIN_DATABASE_URL")
    if owner_url and not database_url:
        raise SettingsError("YAKIN_OWNER_DATABASE_URL is set without YAKIN_DATABASE_URL; set both or neither")
    return Settings(
        home=_home(environ),
        models_dir=_models_dir(environ),
        database_url=database_url or None,
        owner_database_url=owner_url or database_url or None,
        catalogue_layers=_paths(environ, "YAKIN_CATALOGUE"),
        use_cases=next(iter(_paths(environ, "YAKIN_USE_CASES")), None),
        prefect_api_url=environ.get("PREFECT_API_URL") or None,
        s3_endpoint_url=environ.get("AWS_ENDPOINT_URL_S3") or None,
        s3_region=environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or None,
        s3_proxy=environ.get("YAKIN_S3_PROXY") or None,
    )


def _home(environ: Mapping[str, str]) -> Path:
    if chosen := environ.get("YAKIN_HOME"):
        return Path(chosen).expanduser().resolve()
    state = environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "yakin"


def _models_dir(environ: Mapping[str, str]) -> Path:
    """Weights are large, public and pinned by hash, so homes share one cache."""
    if chosen := environ.get("YAKIN_MODELS"):
        return Path(chosen).expanduser().resolve()
    cache = environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "yakin" / "models"


def _paths(environ: Mapping[str, str], name: str) -> tuple[Path, ...]:
    paths = tuple(Path(part).expanduser().resolve() for part in environ.get(name, "").split(os.pathsep) if part)
    for path in paths:
        if not path.exists():
            raise SettingsError(f"{name} names {path}, which does not exist; correct the path or unset {name}")
    return paths
