"""Tables of the generated business set: the label stands in a header or a neighbouring cell, never beside the value."""

# ruff: noqa: E501 - one template or value per line reads better than pieces of it

import random
from dataclasses import dataclass

from bench.business_draft import Draft

MARKUP = str  # a template of one cell


@dataclass(frozen=True)
class Column:
    """One column: the headers that companies use for it, and the template of its cells."""

    headers: tuple[str, ...]
    cell: MARKUP


NAME = Column(("氏名", "名前", "社員名", "従業員氏名", "お名前", "担当者名"), "{name#N}")
KANA = Column(("フリガナ", "カナ氏名", "氏名カナ", "ﾌﾘｶﾞﾅ"), "{kana#N}")
EMP = Column(("社員番号", "従業員コード", "社員ID"), "{emp#N}")
DEPT = Column(("部署", "所属", "所属部門"), "{dept}")
MY = Column(("個人番号", "マイナンバー", "個人番号（12桁）", "MyNumber"), "{mynumber#N}")
BIRTH = Column(("生年月日", "誕生日", "生年月日(西暦)"), "{birth#N}")
PHONE = Column(("電話番号", "携帯電話", "TEL", "連絡先"), "{phone#N}")
MAIL = Column(("メールアドレス", "E-mail", "Eメール", "メール"), "{email#N}")
POSTAL = Column(("郵便番号", "〒"), "{postal#N}")
ADDRESS = Column(("住所", "現住所", "所在地", "お届け先住所"), "{address#N}")
PENSION = Column(("基礎年金番号", "年金番号"), "{pension#N}")
BANK = Column(("銀行名", "金融機関"), "{bank}")
BRANCH = Column(("支店名", "支店"), "{branch}")
TYPE = Column(("種別", "預金種目"), "{atype}")
ACCOUNT = Column(("口座番号", "口座No."), "{account#N}")
HOLDER = Column(("口座名義", "名義人カナ", "受取人名"), "{hkana#N}")
AMOUNT = Column(("金額", "支給額", "差引支給額"), "{d|6}")
LICENCE = Column(("免許証番号", "運転免許証番号", "免許番号"), "{licence#N}")
EXPIRY = Column(("有効期限", "更新日", "入社日"), "{date}")
FOREIGN = Column(("氏名", "氏名（カタカナ）"), "{foreign#N}")
LATIN = Column(("氏名（ローマ字）", "Name", "英字氏名"), "{latin#N}")
PASSPORT = Column(("旅券番号", "パスポート番号", "Passport No."), "{passport#N}")
RESIDENCE = Column(("在留カード番号", "在留ｶｰﾄﾞ番号", "在留カードNo"), "{residence#N}")
NATION = Column(("国籍", "国籍・地域"), "〔ベトナム｜中国｜フィリピン｜ネパール〕")
INSURER = Column(("保険者番号",), "{insurer#N}")
ORDER = Column(("注文番号", "伝票番号", "問い合わせ番号"), "〔{slip}｜{order}〕")
PRODUCT = Column(("品名", "商品名"), "{product}")
CARE = Column(("傷病名", "病名", "健康上の配慮事項"), "{care#N}")
CARD = Column(("カード番号", "クレジットカード番号"), "{card#N}")
CORPORATE = Column(("法人番号", "登録番号"), "{corporate#N}")
COMPANY = Column(("取引先名", "会社名", "得意先"), "{company}")
SURNAME = Column(("担当", "担当者", "ご担当"), "{sur#N}")
IP = Column(("IPアドレス", "端末IP"), "{ip#N}")

TABLES: dict[str, list[list[Column]]] = {
    "roster": [
        [EMP, NAME, KANA, DEPT, MAIL], [NAME, DEPT, PHONE], [EMP, NAME, BIRTH, POSTAL, ADDRESS, PHONE], [NAME, BIRTH, EXPIRY],
        [EMP, NAME, MY], [NAME, KANA, MY, PENSION, BIRTH], [SURNAME, DEPT, EXPIRY],
    ],
    "payroll": [
        [EMP, NAME, BANK, BRANCH, TYPE, ACCOUNT, HOLDER, AMOUNT], [BANK, BRANCH, TYPE, ACCOUNT, HOLDER, AMOUNT], [NAME, MY, AMOUNT],
    ],
    "drivers": [[NAME, LICENCE, EXPIRY], [EMP, NAME, KANA, LICENCE, EXPIRY, PHONE]],
    "foreign_workers": [[FOREIGN, LATIN, NATION, RESIDENCE, EXPIRY], [LATIN, PASSPORT, RESIDENCE, BIRTH], [FOREIGN, NATION, ADDRESS, PASSPORT]],
    "customers": [
        [ORDER, NAME, POSTAL, ADDRESS, PHONE], [NAME, MAIL, PRODUCT, AMOUNT], [ORDER, NAME, CARD, AMOUNT], [COMPANY, CORPORATE, SURNAME, PHONE],
        [KANA, PHONE, PRODUCT],
    ],
    "health": [[EMP, NAME, CARE, EXPIRY], [NAME, INSURER, BIRTH]],
    "assets": [[EMP, NAME, IP, EXPIRY], [SURNAME, IP, MAIL]],
}  # fmt: skip


def table(draft: Draft, family: str, rng: random.Random) -> None:
    """Writes a CSV, TSV, Markdown or card-like table of the family into the draft."""
    draft.inline = True
    columns = rng.choice(TABLES[family])
    headers = [rng.choice(column.headers) for column in columns]
    rows = range(1, rng.randint(2, 9))
    draft.write(rng.choice(["", "", "〔従業員名簿｜一覧表｜{dept}管理表〕 {date}\n", "※{dept}にて管理\n\n"]))
    shape = rng.choice([_csv, _csv, _tsv, _markdown, _cards, _lines])
    shape(draft, headers, [[column.cell.replace("#N", f"#{row}") for column in columns] for row in rows])


def _csv(draft: Draft, headers: list[str], rows: list[list[str]]) -> None:
    quote = draft.rng.choice(["", '"'])
    for cells in [headers, *rows]:
        draft.write(",".join(f"{quote}{cell}{quote}" for cell in cells) + draft.rng.choice(["\n", "\n", "\r\n"]))


def _tsv(draft: Draft, headers: list[str], rows: list[list[str]]) -> None:
    for cells in [headers, *rows]:
        draft.write("\t".join(cells) + "\n")


def _markdown(draft: Draft, headers: list[str], rows: list[list[str]]) -> None:
    for cells in [headers, ["---"] * len(headers), *rows]:
        draft.write("| " + " | ".join(cells) + " |\n")


def _cards(draft: Draft, headers: list[str], rows: list[list[str]]) -> None:
    """A form per person: label and value in neighbouring cells."""
    between = draft.rng.choice([",", "\t", " | "])
    for cells in rows:
        for header, cell in zip(headers, cells, strict=True):
            draft.write(f"{header}{between}{cell}\n")
        draft.write("\n")


def _lines(draft: Draft, headers: list[str], rows: list[list[str]]) -> None:
    """As text comes out of a PDF form: the label on one line, the value on the next."""
    for cells in rows[:2]:
        for header, cell in zip(headers, cells, strict=True):
            draft.write(f"{header}\n{cell}\n")
