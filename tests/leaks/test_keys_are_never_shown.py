"""API keys reach the vendor's Authorization header and nothing else: no log, database, file, message or repr."""

import json
import subprocess
import sys
from datetime import date
from urllib.parse import urlsplit

import pytest

from tests.leaks.loose_vendor import LooseVendor, loose_vendor
from tests.leaks.places import assert_nowhere, found_in
from yakin.domain.zones import Claim

ENVIRONMENT_KEY = "sk-planted-ENVq7Zt3vWx9KdLmR2hYb"
BLOCK_KEY = "sk-planted-BLKc4Np8sJf6GtQwX1uVz"
DOMESTIC = ["見積をお願いします。", "ポンプが止まりました。", "納期を教えてください。", "請求書を再送してください。"]
OWN = "極秘\n雲母坂 怜さんの買収の件です。"
SAVE_BLOCK = """
import os
from prefect.blocks.system import Secret
Secret(value=os.environ.pop("PLANT")).save("planted-block-key", overwrite=True)
"""
# every object of ours and of the clients' libraries, and what our own objects hold
READ_REPRS = """
import asyncio, gc, json, sys
OURS = ("yakin.", "tasks.", "flows.")
THEIRS = ("langchain", "openai", "httpx", "psycopg", "prefect.blocks", "pydantic")

def held(thing):
    names = [*getattr(thing, "__dict__", {}), *(n for c in type(thing).__mro__ for n in getattr(c, "__slots__", ()))]
    return [value for name in names if not isinstance(value := getattr(thing, name, None), str)]

async def main():
    from tasks import resources
    from yakin.settings import read_settings
    settings = read_settings()
    async with resources.opened() as night:
        for model in night.catalogue.models.values():
            if model.endpoint.base_url.startswith("http://127.0.0.1"):
                await night.asker._clients._chat(model, night.keys[model.endpoint.api_key_env])
        shown, kinds = [], set()
        for thing in gc.get_objects():
            module = str(type(thing).__module__)
            if not module.startswith(OURS + THEIRS) or isinstance(thing, type):
                continue
            kinds.add(type(thing).__name__)
            for each in [thing, *(held(thing) if module.startswith(OURS) else [])]:
                shown += [repr(each), f"{each}"]
        print(json.dumps({"kinds": sorted(kinds), "shown": sorted(set(shown)), "found": sorted(night.keys)}))

asyncio.run(main())
"""


@pytest.fixture
def vendor():
    """A vendor that quotes keys."""
    with loose_vendor() as server:
        yield server


@pytest.fixture
def keyed(talkative, vendor):
    """A house whose two endpoints have their keys from the environment and from a Prefect Secret block."""
    house = talkative
    (house.home.parent / "tmp").mkdir()
    house.environment["TMPDIR"] = str(house.home.parent / "tmp")
    layer = house.home / "planted.yaml"
    layer.write_text(json.dumps(_catalogue(vendor), default=str))  # JSON is YAML
    house.environment |= {"YAKIN_CATALOGUE": str(layer), "PLANTED_ENV_KEY": ENVIRONMENT_KEY}
    _python(house, SAVE_BLOCK, PLANT=BLOCK_KEY)
    return house


def _python(house, program: str, **extra: str) -> str:
    environment = house.environment | extra
    ended = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=house.home, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def _catalogue(vendor: LooseVendor) -> dict[str, object]:
    day = date(2026, 11, 1)
    evidence = [{"claim": str(claim), "source": "test", "reviewer": "test", "checked": day} for claim in Claim]
    shared = {"api": "openai", "base_url": vendor.url, "sandbox": True, "timeout_s": 20}
    domestic = {"operator": {"name": "planted domestic", "country": "JP"}, "infrastructure": "JP", "region": "JP",
                "zero_retention": True, "trains_on_data": False, "evidence": evidence}  # fmt: skip
    own = {"operator": {"name": "planted own", "country": "JP"}, "infrastructure": "own", "region": "own"}
    return {
        "endpoints": [
            {"name": "planted-domestic", "api_key_env": "PLANTED_ENV_KEY", **domestic, **shared},
            {"name": "planted-own", "api_key_env": "PLANTED_BLOCK_KEY", **own, **shared},
        ],
        "models": [_model("planted-domestic", 0.95, day), _model("planted-own", 0.8, day)],
    }


def _model(endpoint: str, quality: float, day: date) -> dict[str, object]:
    price = {"from": day, "tier": "realtime", "currency": "JPY", "input_per_mtok": 60, "output_per_mtok": 250,
             "source": "test", "checked": day}  # fmt: skip
    return {
        "name": f"{endpoint}-model", "endpoint": endpoint, "model": "m", "context_tokens": 32000,
        "max_output_tokens": 1000, "output": "json_schema", "quality_prior": {"*": quality}, "prices": [price],
    }  # fmt: skip


def test_keys_are_in_the_authorization_header_and_nowhere_else(keyed, vendor, texts, look):
    texts(*DOMESTIC * 4, OWN, OWN + "二通目です。", OWN + "三通目です。")

    night = keyed.run("--rehearsal", budget_jpy=500)
    checked = keyed.yakin("doctor", "--json")
    report = keyed.yakin("report", "latest")
    listed = keyed.yakin("catalogue", "check")

    assert night.code in (0, 3), night.err
    assert set(vendor.authorizations) == {f"Bearer {ENVIRONMENT_KEY}", f"Bearer {BLOCK_KEY}"}
    outcomes = {outcome for (outcome,) in keyed.rows("select outcome from bi.attempts")}
    assert {"answered", "transient"} <= outcomes
    assert outcomes & {"permanent", "endpoint_down", "unknown", "invalid"}
    places = look(night, checked, report, listed)
    assert b"planted-block-key" in places["Prefect's database"], "the block is there, its value encrypted"
    assert b"planted-domestic" in places["yakin's database but the answers"]
    assert_nowhere([ENVIRONMENT_KEY, BLOCK_KEY], places.items())


def test_no_repr_of_what_a_night_holds_shows_a_key_or_a_password(keyed):
    read = json.loads(_python(keyed, READ_REPRS))

    assert {"PLANTED_ENV_KEY", "PLANTED_BLOCK_KEY"} <= set(read["found"])
    assert {"Settings", "Resources", "DatabaseUrls", "Asker", "Clients"} <= set(read["kinds"])
    assert {"ChatOpenAI", "AsyncOpenAI", "SecretStr"} <= set(read["kinds"])
    urls = [keyed.environment[name] for name in ("YAKIN_DATABASE_URL", "YAKIN_OWNER_DATABASE_URL")]
    passwords = [urlsplit(url).password or "" for url in urls]
    assert all(passwords)
    assert_nowhere([ENVIRONMENT_KEY, BLOCK_KEY, *passwords], [("a repr", "\n".join(read["shown"]).encode())])


def test_a_plain_dictionary_of_keys_makes_this_search_fail(keyed):
    spoiled = "from tasks.keys import Keys\ndel Keys.__repr__, Keys.__str__\n"
    read = json.loads(_python(keyed, spoiled + READ_REPRS))
    assert set(found_in("\n".join(read["shown"]).encode(), [ENVIRONMENT_KEY, BLOCK_KEY])) == {
        ENVIRONMENT_KEY,
        BLOCK_KEY,
    }


def test_a_key_in_the_catalogue_is_refused_without_being_quoted(keyed, look):
    layer = keyed.home / "planted.yaml"
    url = json.loads(layer.read_text())["endpoints"][0]["base_url"]
    broken = keyed.home / "broken.yaml"
    broken.write_text(layer.read_text().replace(url, url.replace("://", f"://user:{BLOCK_KEY}@")))
    keyed.environment["YAKIN_CATALOGUE"] = str(broken)

    refused = keyed.run("--rehearsal")
    listed = keyed.yakin("catalogue", "check")

    assert refused.code == listed.code == 2
    assert "keys belong in api_key_env" in listed.out + listed.err
    broken.unlink()
    assert_nowhere([BLOCK_KEY], look(refused, listed).items())
