"""Token counts work without a network, and the bound holds for both published tokenizers."""

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.llm.conftest import QUESTION
from yakin.errors import CatalogueError
from yakin.llm.tokens import bound_tokens, count_tokens, prompt_overhead, prompt_overhead_bound

TOKENIZERS = ("o200k_base", "cl100k_base")
TEXTS = st.one_of(
    st.text(),
    st.text(alphabet=st.characters(categories=("Lo", "Lm", "So", "Sm", "Cf", "Mn", "Zs", "Cs"))),
    st.text(alphabet="株㌀㍻ﷺﬃｶﾞ👨‍👩‍👧<|endoftext|>\x00\ufeff", max_size=60),
)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_no_tokenizer_counts_more_than_the_bound(text):
    for tokenizer in TOKENIZERS:
        assert count_tokens(text, tokenizer) <= bound_tokens(text)


def test_known_counts_are_exact():
    assert count_tokens("hello world", "o200k_base") == 2
    assert count_tokens("hello world", "cl100k_base") == 2
    assert count_tokens("", "o200k_base") == 0


def test_text_that_names_a_special_token_is_counted_as_text():
    assert count_tokens("<|endoftext|>", "o200k_base") > 1


def test_factors_scale_the_published_tokenizer():
    text = "夜勤の文書を分類する。" * 50
    assert count_tokens(text, "o200k_base*2") == 2 * count_tokens(text, "o200k_base")
    assert count_tokens(text, "claude") > count_tokens(text, "o200k_base")


@pytest.mark.parametrize("name", ["gpt-oss", "o200k_base*x", ""])
def test_an_unknown_tokenizer_is_an_error_and_not_a_guess(name):
    with pytest.raises(CatalogueError, match="tokenizer"):
        count_tokens("text", name)


def test_the_bound_of_the_prompt_covers_its_estimate():
    repair = QUESTION.repairing('{"category": 5}', "category: text required")
    for question in (QUESTION, repair):
        for tokenizer in TOKENIZERS:
            assert 0 < prompt_overhead(question, tokenizer) < prompt_overhead_bound(question)
    assert prompt_overhead(repair, "o200k_base") > prompt_overhead(QUESTION, "o200k_base")


def test_a_normalising_tokenizer_is_covered():
    assert bound_tokens("ﷺ" * 10) >= len("صلى الله عليه وسلم".encode()) * 10


@pytest.mark.parametrize("text", ["a" * 300_000, "あ" * 300_000, " " * 300_000])
def test_hostile_runs_are_counted_quickly(text):
    started = time.monotonic()
    assert count_tokens(text, "o200k_base") <= bound_tokens(text)
    assert time.monotonic() - started < 10


def test_counting_opens_no_socket_and_leaves_the_environment_alone():
    program = (
        "import os, socket\n"
        "def refuse(*a, **k): raise SystemExit('opened a socket')\n"
        "socket.socket.connect = refuse; socket.getaddrinfo = refuse\n"
        "from yakin.llm.tokens import count_tokens\n"
        "assert [count_tokens('夜勤', t) for t in ('o200k_base', 'cl100k_base')] == [2, 4]\n"
        "assert 'TIKTOKEN_CACHE_DIR' not in os.environ\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_the_same_question_takes_the_same_tokens_however_often_it_is_counted():
    assert len({prompt_overhead(QUESTION, "o200k_base") for _ in range(20)}) == 1
