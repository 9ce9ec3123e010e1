"""The examiner's own labels are right: otherwise every figure that it prints is wrong."""

from collections import Counter

import pytest
from stdnum import luhn
from stdnum.jp import cn, in_

from bench.business_set import business_set
from bench.detection_set import IDENTIFIERS, MARKINGS, Documents, score
from yakin.domain.evidence import Finding, Kind


@pytest.fixture(scope="module")
def samples():
    return business_set(1200, 5)


def digits(text: str) -> str:
    return "".join(str(int(char)) for char in text if char.isdigit())


def test_the_same_seed_gives_the_same_documents(samples):
    assert business_set(1200, 5) == samples
    assert business_set(1200, 6) != samples


def test_half_of_the_documents_hold_nothing_and_the_rest_every_kind(samples):
    assert sum(not sample.spans for sample in samples) == 600
    kinds = Counter(span.kind for sample in samples for span in sample.spans)
    wanted = IDENTIFIERS | MARKINGS | {Kind.PERSON, Kind.SPECIAL_CARE}
    assert wanted <= set(kinds)
    assert len({sample.family for sample in samples}) > 50


def test_numbers_with_a_check_digit_are_valid_however_they_are_written(samples):
    checks = {Kind.MY_NUMBER: in_.is_valid, Kind.CORPORATE_NUMBER: cn.is_valid, Kind.CREDIT_CARD: luhn.is_valid}
    for sample in samples:
        for span in sample.spans:
            if check := checks.get(span.kind):
                assert check(digits(sample.text[span.start : span.end]))


def test_no_span_overlaps_another(samples):
    for sample in samples:
        for before, after in zip(sample.spans, sample.spans[1:], strict=False):
            assert before.end <= after.start


def test_a_detector_that_knows_the_labels_scores_one_and_one_that_sees_nothing_scores_zero(samples):
    known = {sample.text: sample for sample in samples}
    perfect = score(samples, lambda text: tuple(Finding(s.kind, s.start, s.end, 1.0) for s in known[text].spans))
    blind = score(samples, lambda _: ())
    assert perfect.cells(Kind.MY_NUMBER).split() == ["1.000", "1.000", "1.000"]
    assert (perfect.groups["identifiers"].alarms, perfect.groups["identifiers"].without > 600) == (0, True)
    assert perfect.groups["identifiers"].every_span == perfect.groups["identifiers"].having
    assert blind.groups["identifiers"].flagged == 0


def test_a_public_number_alone_is_no_alarm():
    counts = Documents()
    counts.add((), (Finding(Kind.IP_ADDRESS, 0, 9, 1.0), Finding(Kind.POSTAL_CODE, 9, 17, 1.0)), IDENTIFIERS)
    assert (counts.without, counts.alarms) == (1, 0)
