from datetime import date

import pytest

from tasks.mode import decide_rehearsal
from tasks.parameters import Mode
from yakin.catalogue.load import load_catalogue

LOCAL = {"qwen2.5-coder-1.5b": "http://127.0.0.1:28115/v1"}
KEYS = {"YAKIN_LOCAL_KEY": "k"}
VLLM = """
endpoints:
  - name: vllm
    base_url: http://10.0.0.5:8000/v1
"""
REGISTER = """
sources:
  - {prefix: /srv/press, level: public}
"""


def decide(layer: str | None, tmp_path, keys=KEYS, mode=Mode.AUTO) -> bool:
    files = []
    if layer is not None:
        files = [tmp_path / "own.yaml"]
        files[0].write_text(layer)
    catalogue = load_catalogue(files, on=date(2026, 11, 24), embedded=LOCAL)
    return decide_rehearsal(mode, catalogue, keys, embedded=LOCAL.values())


@pytest.mark.parametrize("layer", [None, REGISTER])
def test_without_a_key_or_a_server_of_its_own_a_company_rehearses(layer, tmp_path):
    assert decide(layer, tmp_path) is True


def test_a_vendors_key_makes_it_real(tmp_path):
    assert decide(None, tmp_path, KEYS | {"PLAMO_API_KEY": "k"}) is False


def test_a_server_of_the_companys_own_makes_it_real(tmp_path):
    assert decide(VLLM, tmp_path) is False


@pytest.mark.parametrize(("mode", "rehearsal"), [(Mode.REAL, False), (Mode.REHEARSAL, True)])
def test_what_is_asked_for_is_done(mode, rehearsal, tmp_path):
    assert decide(VLLM, tmp_path, mode=mode) is rehearsal
