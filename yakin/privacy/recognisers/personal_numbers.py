"""Numbers that a label says are somebody's: employee, member, customer and patient numbers, identity numbers abroad.

A company that knows the shape of its numbers adds a pattern (company_ids); this finds what forms and tables name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.page import Page
from yakin.privacy.recognisers.any_case import any_case, each

_LABELS = re.compile(
    each("社員|従業員|職員|会員|顧客|お客様|患者|学籍|学生|受験|組合員|利用者", r"番号|No\.?|ID|コード|№")
    + "|受給者番号"
    + "|"
    + each("シ[ャヤ]?イン|ジュウギョウイン|カイイン|カンジャ|コキャク", "バンゴウ|コード|ID")
    + "|"
    + any_case(
        *(
            f"{who}[ _]?{what}"
            for who in ("employee", "staff", "member", "customer", "patient", "student")
            for what in ("no", "number", "id", "code")
        ),
        *(
            "emp_no",
            "emp_id",
            "cust_no",
            "cust_id",
            "shain[ _]?bango",
            "shain[ _]?no",
            "kokyaku[ _]?bango",
            "kaiin[ _]?bango",
        ),
        whole=True,
    )
)
_VALUE = re.compile(r"(?=[A-Z0-9-]*[0-9]{3})[A-Z]{0,4}-?[0-9]{3,12}(?:-[0-9]{1,6})?(?![0-9A-Za-z年月円件名人/.])")
# In rows whose cells cannot be counted: what no number of a known length looks like.
_IN_ROW = re.compile(
    r"(?:[A-Z](?<![A-Za-z0-9][A-Z])[A-Z]{0,3}-?[0-9]{3,8}|(?<![0-9A-Za-z.,/-])[0-9]{5,6})(?![0-9A-Za-z年月円.,/-])"
)
_RIVALS = re.compile(
    r"(?<!電話)(?<!携帯)(?<!郵便)(?<!年金)(?<!個人)(?<!口座)(?<!免許)(?<!免許証)(?:番号|コード|[Nn][Oo]\.?$|ID)"
    r"|額|給|価|数|合計|得点|金$"
)
_ABROAD = re.compile(
    r"(?<![A-Za-z])(?:SSN|social security(?: (?:number|no\.?))?|national insurance(?: number)?)(?: is)?(?![a-z])",
    re.IGNORECASE,
)
_ABROAD_VALUE = re.compile(
    r"[0-9]{3}-?[0-9]{2}-?[0-9]{4}(?![0-9-])|[A-Z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D](?![A-Za-z0-9])"
)


@dataclass(frozen=True)
class PersonalNumber:
    """社員番号, 会員番号, 患者ID and the like by their labels; SSN and NINO, which have no kind of their own."""

    kind: ClassVar[Kind] = Kind.COMPANY_ID

    def find(self, page: Page) -> Iterator[Finding]:
        """Only what fills in a label or stands under it."""
        if not page.has_digits:
            return
        for labels, value in ((_LABELS, _VALUE), (_ABROAD, _ABROAD_VALUE)):
            for start, end in page.values_of(labels, value):
                yield Finding(self.kind, start, end, 0.8)
        for match in page.finditer(_IN_ROW) if page.mentions(_LABELS) else ():
            if page.in_row(_LABELS, _RIVALS, match.start()):
                yield Finding(self.kind, *match.span(), 0.6)
