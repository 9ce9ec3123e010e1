"""The command group that ends with a message and an exit code where the library raises one of our errors."""

import typer
from typer.core import TyperGroup

from yakin.cli.output import ERR, ExitCode, fail
from yakin.errors import YakinError


class SayingErrors(TyperGroup):
    """Our own errors end any command below with a message and an exit code; anything else is a bug and shows itself."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]  # Typer's own context, by its public name
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except YakinError as error:
            fail(error)
        except KeyboardInterrupt:
            ERR.print("stopped")
            raise typer.Exit(ExitCode.INTERRUPTED) from None
