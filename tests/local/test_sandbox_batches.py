"""The sandbox takes files and batches like an OpenAI-compatible vendor, records them, and bills each line that ran."""

import json
import time
from decimal import Decimal

import httpx
import pytest

from tests.local.test_sandbox_vendors import KEYS, body
from yakin.local import sandbox
from yakin.local.sandbox.behaviour import BatchFault
from yakin.local.sandbox.vendors import read_prices


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("sandbox_batches_home")
    sandbox.start(home, record=True)
    yield home
    sandbox.stop(home)


class Client:
    """A vendor's client without any of our own code."""

    def __init__(self, home, vendor="overseas", key=None):
        status = sandbox.status(home)
        self.home = home
        self.url = f"{status.url}/{vendor}/v1"
        self.headers = {"Authorization": f"Bearer {key or status.keys[KEYS[vendor]]}"}

    def ask(self, method, path, **more):
        return httpx.request(method, f"{self.url}/{path}", headers=self.headers, timeout=10, **more)

    def upload(self, lines):
        data = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
        return self.ask("POST", "files", data={"purpose": "batch"}, files={"file": ("b.jsonl", data)})

    def order(self, file_id, **metadata):
        order = {"input_file_id": file_id, "endpoint": "/v1/chat/completions", "completion_window": "24h"}
        return self.ask("POST", "batches", json=order | {"metadata": metadata}).json()

    def ended(self, batch_id):
        for _ in range(200):
            shown = self.ask("GET", f"batches/{batch_id}").json()
            if shown["status"] in ("completed", "failed", "expired", "cancelled"):
                return shown
            time.sleep(0.05)
        raise AssertionError(shown)

    def results(self, file_id):
        return [json.loads(line) for line in self.ask("GET", f"files/{file_id}/content").text.splitlines()]

    def metered(self):
        return {each.request_id: each.amount for each in sandbox.read_meter(self.home) if each.status == "batch"}


@pytest.fixture
def client(home):
    sandbox.control(home, "all", {})
    return Client(home)


def lines(count=4):
    return [
        {"custom_id": f"id-{n}", "method": "POST", "url": "/v1/chat/completions", "body": body(f"文書{n} PLANTED-{n}")}
        for n in range(count)
    ]


def run(client, count=4):
    uploaded = client.upload(lines(count)).json()
    return client.ended(client.order(uploaded["id"], ours="x")["id"])


def test_a_batch_comes_back_out_of_order_and_is_billed_per_line_at_the_batch_price(client):
    before = client.metered()
    ended = run(client)

    results = client.results(ended["output_file_id"])

    assert (ended["status"], ended["error_file_id"]) == ("completed", None)
    assert [each["custom_id"] for each in results] == ["id-3", "id-2", "id-1", "id-0"]
    billed = {request_id: amount for request_id, amount in client.metered().items() if request_id not in before}
    price = read_prices(tier="batch")["overseas", "gpt-6-luna"]
    for each in results:
        usage = each["response"]["body"]["usage"]
        cost = usage["prompt_tokens"] * price.input_per_mtok + usage["completion_tokens"] * price.output_per_mtok
        assert billed[each["response"]["request_id"]] == cost / 1_000_000
    assert price.input_per_mtok * 2 == read_prices()["overseas", "gpt-6-luna"].input_per_mtok


def test_everything_that_is_uploaded_is_recorded_but_the_key(client, home):
    client.upload(lines(1))
    recorded = (home / "sandbox" / "received-overseas.jsonl").read_text()
    assert "文書0 PLANTED-0" in recorded
    assert client.headers["Authorization"] not in recorded


@pytest.mark.parametrize(
    ("fault", "status", "output", "errors", "billed"),
    [
        (BatchFault.FAILED_VALIDATION, "failed", 0, 0, 0),
        (BatchFault.EXPIRED, "expired", 2, 2, 2),
        (BatchFault.MISSING_LINE, "completed", 3, 0, 4),
        (BatchFault.DUPLICATE_LINE, "completed", 5, 0, 4),
        (BatchFault.UNKNOWN_ID, "completed", 5, 0, 4),
        (BatchFault.LINE_ERROR, "completed", 3, 1, 3),
    ],
)
def test_each_fault_looks_as_at_a_vendor_and_bills_what_ran(client, home, fault, status, output, errors, billed):
    before = client.metered()
    sandbox.control(home, "overseas", {"batch_faults": [{"kind": fault}]})
    ended = run(client)
    found = [len(client.results(ended[f])) if ended[f] else 0 for f in ("output_file_id", "error_file_id")]
    assert (ended["status"], found) == (status, [output, errors])
    amounts = [amount for request_id, amount in client.metered().items() if request_id not in before]
    assert (len(amounts), Decimal(0) in amounts) == (billed, False)


def test_a_batch_can_be_cancelled_before_it_ran_and_is_not_billed(client, home):
    before = client.metered()
    sandbox.control(home, "overseas", {"batch_delay_s": 600})
    batch = client.order(client.upload(lines()).json()["id"])
    client.ask("POST", f"batches/{batch['id']}/cancel")
    ended = client.ended(batch["id"])
    codes = {each["error"]["code"] for each in client.results(ended["error_file_id"])}
    assert (ended["status"], codes, client.metered()) == ("cancelled", {"batch_cancelled"}, before)


def test_a_deleted_file_is_gone(client):
    uploaded = client.upload(lines(1)).json()
    assert client.ask("DELETE", f"files/{uploaded['id']}").json()["deleted"] is True
    assert client.ask("GET", f"files/{uploaded['id']}/content").status_code == 404
    assert client.ask("DELETE", f"files/{uploaded['id']}").status_code == 404


def test_lists_go_page_by_page_newest_first(client):
    ids = [client.upload(lines(1)).json()["id"] for _ in range(3)]
    first = client.ask("GET", "files?limit=2").json()
    second = client.ask("GET", f"files?limit=2&after={first['data'][-1]['id']}").json()
    assert [each["id"] for each in first["data"]] == [ids[2], ids[1]]
    assert (first["has_more"], second["data"][0]["id"]) == (True, ids[0])


@pytest.mark.parametrize("path", ["files", "batches", "files/x/content", "batches/x"])
def test_a_wrong_key_sees_nothing(home, path):
    assert Client(home, key="wrong").ask("GET", path).status_code == 401


def test_a_model_without_a_batch_price_takes_no_lines(home):
    client = Client(home, "domestic")
    sandbox.control(home, "all", {})
    line = {"custom_id": "a", "method": "POST", "url": "/v1/chat/completions", "body": body(vendor="domestic")}
    ended = client.ended(client.order(client.upload([line]).json()["id"])["id"])
    (result,) = client.results(ended["output_file_id"])
    assert result["response"]["status_code"] == 400
