"""`python -m yakin.cli` is the yakin command."""

from yakin.cli.main import main

main()
