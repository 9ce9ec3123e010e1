"""LiteLLM's router with a provider budget in the same storm as ours: the same vendors, callers, prices and cap.

    python -m bench.storm.litellm_budget --seed 0   # 1,000 callers in 4 processes each, first ours, then LiteLLM's

LiteLLM adds what a call cost after it has been answered, in each process, and processes tell each other through Redis
once a second. What is in flight when the cap is reached is spent all the same. Its processes are not killed here, which
would lose what they had not told yet; ours are.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.storm import peer_environment
from bench.storm.draw import SHARED, TIMEOUT_S, Draw, Size, draw
from bench.storm.ground import Ground, ground
from bench.storm.opening import TEXT, storm_offers
from bench.storm.peer_environment import NoPeer
from bench.storm.storm import Passed, Place, pass_through, wait_for_quiet
from yakin.domain.asking import Question
from yakin.domain.money import Scope
from yakin.domain.routing import Offer, OutputMode
from yakin.llm.prompts import turns
from yakin.local import sandbox
from yakin.local.sandbox.request import hash_of
from yakin.use_cases.load import load_use_cases

_ROLES = {"system": "system", "human": "user", "ai": "assistant"}
_PEER_RUN = 1000  # numbers of the peer's documents, so that the meter tells them from ours


@dataclass(frozen=True, slots=True)
class PeerPassed:
    """What LiteLLM did in the storm, by the vendors' meters."""

    processes: int
    cap_jpy: Decimal
    metered_jpy: Decimal
    requests: int
    ends: Counter[str]
    seconds: float

    @property
    def overshoot(self) -> Decimal:
        """Spent over the cap, of the cap."""
        return max(Decimal(0), self.metered_jpy / self.cap_jpy - 1)


def peer_storm(drawn: Draw, cap_jpy: Decimal, documents: int, place: Place, folder: Path) -> PeerPassed:
    """The same storm for LiteLLM's router; raises NoPeer."""
    interpreter = peer_environment.python(None)
    for vendor, settings in drawn.vendors.items():
        sandbox.control(place.home, vendor, settings)
    offers = storm_offers(drawn, place.layers)
    texts = [TEXT.format(run=_PEER_RUN, number=number, seed=drawn.seed) for number in range(documents)]
    with peer_environment.redis_server(interpreter, folder) as redis_port:
        orders = [
            _order(drawn, offers, place, cap_jpy, texts[number :: drawn.size.processes], redis_port)
            for number in range(drawn.size.processes)
        ]
        told = _run(interpreter, orders)
    wait_for_quiet(place.home)
    hashes = {hash_of(text) for text in texts}
    records = [record for record in sandbox.read_meter(place.home) if record.document_hash in hashes]
    rates = {"JPY": Decimal(1), "USD": drawn.usd_jpy}
    ends: Counter[str] = Counter()
    for each in told:
        ends.update(each["ends"])
    return PeerPassed(
        processes=len(orders),
        cap_jpy=cap_jpy,
        metered_jpy=sum((record.amount * rates[record.currency] for record in records), Decimal(0)),
        requests=len(records),
        ends=ends,
        seconds=max(each["seconds"] for each in told),
    )


def _order(
    drawn: Draw, offers: tuple[Offer, ...], place: Place, cap_jpy: Decimal, texts: list[str], redis_port: int
) -> dict[str, Any]:
    names = list(dict.fromkeys(each.use_case for each in drawn.runs))
    questions = [load_use_cases(None)[name].question() for name in names]
    return {
        "cap_usd": float(cap_jpy / drawn.usd_jpy),  # it knows dollars only
        "deployments": [_deployment(offer, drawn, place) for offer in offers],
        "redis_port": redis_port,
        "timeout_s": TIMEOUT_S,
        "callers": drawn.size.callers // drawn.size.processes,
        "requests": [_request(questions[number % len(questions)], text) for number, text in enumerate(texts)],
    }


def _deployment(offer: Offer, drawn: Draw, place: Place) -> dict[str, Any]:
    endpoint, rate = offer.model.endpoint, offer.fx.rate / drawn.usd_jpy / 1_000_000
    cached = offer.price.cached_input_per_mtok
    return {
        "model_name": "night",
        "litellm_params": {
            "model": f"openai/{offer.model.vendor_model}",
            "api_base": endpoint.base_url,
            "api_key": place.vendors.keys[str(endpoint.api_key_env)],
            "input_cost_per_token": float(offer.price.input_per_mtok * rate),
            "output_cost_per_token": float(offer.price.output_per_mtok * rate),
            **({} if cached is None else {"cache_read_input_token_cost": float(cached * rate)}),
        },
    }


def _request(question: Question, text: str) -> dict[str, Any]:
    messages = [
        {"role": _ROLES[turn.role], "content": turn.text}
        for turn in turns(question, text, OutputMode.JSON_SCHEMA, masked=False)
    ]
    schema = {"name": "answer", "strict": True, "schema": dict(question.schema)}
    return {
        "messages": messages,
        "max_tokens": question.max_output_tokens,
        "response_format": {"type": "json_schema", "json_schema": schema},
    }


def _run(interpreter: Path, orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All processes at once; what each of them told at its end."""
    script = Path(__file__).with_name("litellm_peer.py")
    peers = [
        subprocess.Popen(
            [str(interpreter), str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, env=peer_environment.environment(), cwd=script.parent,
        )
        for _ in orders
    ]  # fmt: skip
    for peer, order in zip(peers, orders, strict=True):
        assert peer.stdin is not None
        peer.stdin.write(json.dumps(order) + "\n")
        peer.stdin.flush()
    for peer in peers:
        assert peer.stdout is not None
        if peer.stdout.readline().strip() != "ready":
            raise NoPeer("LiteLLM's router does not start")
    told = []
    for peer in peers:
        assert peer.stdin is not None
        peer.stdin.write("go\n")
        peer.stdin.flush()
    for peer in peers:
        out, _ = peer.communicate(timeout=300)
        told.append(json.loads(out))
    return told


def main() -> int:
    """Ours and LiteLLM's beside each other."""
    parser = argparse.ArgumentParser(
        prog="bench.storm.litellm_budget", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=0, help="one whose month cap is too small: 0, 6, 12, …")
    parser.add_argument("--callers", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=4)
    chosen = parser.parse_args()
    if SHARED[chosen.seed % len(SHARED)] is not Scope.MONTH:
        parser.error(f"--seed: take a multiple of {len(SHARED)}; LiteLLM's provider budget is over everything")
    drawn = draw(chosen.seed, Size(chosen.callers, chosen.processes))
    with ground() as under:
        ours = _ours(under, drawn)
        print(_our_line(ours), flush=True)
        try:
            documents = sum(ours.documents.values())
            theirs = peer_storm(drawn, ours.sums.tight.cap_jpy, documents, under.place, under.folder)
        except NoPeer as reason:
            print(f"!!! NOT COMPARED WITH LITELLM: {reason}", file=sys.stderr)
            return 0
    print(_peer_line(theirs), flush=True)
    return 1 if ours.sums.problems else 0


def _ours(under: Ground, drawn: Draw) -> Passed:
    folder = under.folder / "ours"
    folder.mkdir()
    with under.postgres.database("ours") as (owner_url, app_url):
        return pass_through(drawn, under.place, owner_url, app_url, folder)


def _our_line(passed: Passed) -> str:
    tight = passed.sums.tight
    return (
        f"yakin    ¥{tight.metered_jpy:.2f} metered + ¥{tight.unknown_jpy:.2f} held as unknown of ¥{tight.cap_jpy}: "
        f"{max(Decimal(0), tight.metered_jpy / tight.cap_jpy - 1):.2%} over; {passed.sums.answered} answered, "
        f"{passed.sums.requests} requests, {passed.killed} processes killed; {passed.seconds:.1f} s"
    )


def _peer_line(passed: PeerPassed) -> str:
    return (
        f"litellm  ¥{passed.metered_jpy:.2f} metered of ¥{passed.cap_jpy}: {passed.overshoot:.2%} over; "
        f"{passed.ends['answered']} answered, {passed.requests} requests, {passed.processes} processes over Redis, "
        f"none killed; {passed.seconds:.1f} s; ends {dict(passed.ends)}"
    )


if __name__ == "__main__":
    sys.exit(main())
