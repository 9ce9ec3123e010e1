"""Answers come out longer than planned: the night notices, and plans the rest again for the money left."""

from decimal import Decimal

from yakin.local import sandbox

VENDORS = ("domestic", "japan-region", "overseas", "on-prem")


def test_longer_answers_than_planned_are_planned_again_before_the_money_is_gone(house, texts):
    texts(*(f"受付番号{number}の件で、納期を確認したく折り返しのご連絡をお願いします。" for number in range(110)))
    quote = house.yakin("quote", house.documents, "--use-case", "inquiry_triage", "--json").object
    for vendor in VENDORS:
        sandbox.control(house.home, vendor, {"output_factor": "2.5"})

    ended = house.run(budget_jpy=(Decimal(quote["expected_jpy"]) * Decimal("1.02")).quantize(Decimal("0.01")))

    assert ended.code in (0, 4), ended.err  # calls are admitted at their worst case: the last few can find no room
    assert house.charged() == house.metered()
    [(why, left_out, unanswered, dearer), *_] = house.rows(
        "select why, before_unanswered, unanswered, before_expected_jpy > before_planned_jpy from bi.plans "
        "where trigger = 'drift' and run_id = (select run_id from bi.runs where state = 'finished') "
        "order by plan_version"
    )
    assert why.startswith("drift: output of sandbox-gpt-6.1-sol")
    assert left_out > 0
    assert unanswered == 0
    assert ended.object["documents"]["unanswered"] < left_out
    assert dearer
