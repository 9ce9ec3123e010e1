"""`python -m yakin.local.sandbox`: the sandbox vendors in the foreground."""

import argparse
from pathlib import Path

from aiohttp import web

from yakin.local.sandbox.behaviour import Answers
from yakin.local.sandbox.server import Options, application
from yakin.local.sandbox.service import prepare


def main() -> None:
    """Serve until told to end."""
    parser = argparse.ArgumentParser(prog="yakin.local.sandbox", description=__doc__)
    parser.add_argument("--home", required=True, type=Path, help="folder for keys, catalogue, meter and recordings")
    parser.add_argument("--port", required=True, type=int)
    parser.add_argument("--answers", type=Answers, choices=list(Answers), default=Answers.INSTANT)
    parser.add_argument("--forward-url", help="base URL of an OpenAI-compatible server, ending in /v1")
    parser.add_argument("--forward-key-file", type=Path, help="file whose content is that server's API key")
    parser.add_argument("--record", action="store_true", help="keep every received body, document text included")
    chosen = parser.parse_args()
    options = Options(chosen.answers, chosen.forward_url, chosen.forward_key_file, chosen.record)
    served = application(chosen.home, prepare(chosen.home, chosen.port), options)
    web.run_app(served, host="127.0.0.1", port=chosen.port, access_log=None, shutdown_timeout=0.5)


if __name__ == "__main__":
    main()
