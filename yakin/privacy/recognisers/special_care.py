"""要配慮個人情報 (APPI art. 2(3), Order art. 2): words that say it of somebody. Precision is limited; it only flags.

障害 is an outage in most companies' documents, 診断 is done to computers and companies, and a privacy
rule names every category without saying anything of anybody. So a word counts as a filled-in label,
in a phrase that can only be said of people, or close to a person.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.page import Page

_FILLED_LABEL = re.compile(
    r"(?P<word>病歴|既往歴|既往症|現病歴|持病|傷病名|病名|診断名|障害(?:等級|名|の程度"
    r"|者手帳)|服薬(?:状況)?|処方薬|通院歴|入院歴|アレルギー歴|信条|宗教|信仰|"
    r"支持政党|犯罪歴|犯罪の経歴|前科(?:前歴)?|逮捕歴|犯罪被害歴?|人種|民族|社会的身分"
    r"|健康診断結果|ストレスチェック結果|検査所見|所見|主治医)"
    r"[ \t]*[:|\t][ \t]*(?!なし|無し?(?![一-龥])|特になし|該当なし|-|ー|[(（]|\n|$|を|の|に|は)(?=[^\s|])",
    re.MULTILINE,
)
_DISEASE = (
    r"(?:[一-龥ァ-ヴー]{1,8}(?:病|症(?!状)|症候群|癌|がん|炎|腫瘍|疾患|障害|麻痺|骨折"
    r"|不全|梗塞|出血)|がん|癌|うつ|鬱|うつ病|てんかん|エイズ|HIV|認知症|脳卒中|喘息"
    r"|高血圧|リウマチ|ヘルニア)"
)
_IS_ILL = re.compile(
    r"(?:と診断|を患|に罹患|に(?:か|掛)か|(?:の|で)(?:ため)?(?:通院|入院|休職|療養"
    r"|治療中|手術|服薬|闘病|病気休暇)|の(?:治療|既往|持病|診断書|疑い)|を発症)"
)
_ENDS_IN_DISEASE = re.compile(rf"{_DISEASE}$")
_SAID_OF_PEOPLE = re.compile(
    r"(?:(?:身体|知的|精神|発達|視覚|聴覚|肢体|言語|学習|内部|高次脳機能|適応|双極性"
    r"|パニック|摂食|不安|睡眠)障害(?:者|児)?(?:手帳|[0-9一二三四五六]級|と診断|のため"
    r"|が[ああ有]|を(?:抱|持)|により)"
    r"|障害者手帳(?:を|の交付|[0-9一二三四五六]級)|障害(?:等級|年金)[ :はの]{0,2}[0-9一二三]級"
    r"|(?:健康診断|人間ドック|ストレスチェック)(?:の)?(?:結果|所見)?[^。\n]{0,16}(?:要(?:精密"
    r"|再)?検査|要治療|要観察|異常(?:あり|値)|高ストレス|[CDE]判定)"
    r"|(?:傷害|窃盗|詐欺|横領|暴行|殺人|薬物|覚醒剤|飲酒運転|痴漢)[^。\n]{0,12}(?:で"
    r"|により|の(?:疑い|容疑)で)(?:逮捕|起訴|有罪|書類送検|服役)"
    r"|(?:逮捕|起訴|書類送検)(?:歴|され(?:た|て))|前科(?:が|一犯|[0-9]犯|あり|者)|懲役[0-9一二三四五六七八九十]+年"
    r"|少年院|保護観察(?:中|処分|に)"
    r"|(?:労働組合|組合)(?:に(?:加入|所属)し|員(?:である|として|だ|です)|の(?:執行委員"
    r"|書記長|委員長|分会長)(?:を|で|だ|の))"
    r"|(?:創価学会|エホバ|統一教会|共産党|自民党|公明党|立憲民主党|カトリック|イスラム教"
    r"|キリスト教|仏教|神道)(?:の信者|を信仰|員(?:で|と)|徒(?:で|の)|に入信|を支持)"
    r"|被差別部落|同和地区(?:の)?出身|在日(?:韓国|朝鮮)人|アイヌ(?:民族|の血|出身)|性同一性障害|性自認|同性愛者"
    r"|(?:人工)?透析(?:を受|中|治療)|抗(?:うつ|がん|癌|精神病)(?:薬|剤)|精神科|心療内科"
    r"|メンタル(?:ヘルス)?不調|妊娠中(?:の|で|に)|流産|不妊治療|DNA(?:検査|鑑定)(?:の)?結果"
    r"|diagnosed with|medical history|criminal record|(?:has|suffers? from|tested positive for) (?:cancer"
    r"|HIV|depression|diabetes|schizophrenia|epilepsy)|disability (?:certificate|grade)"
    r"|trade union member)",
    re.IGNORECASE,
)
_NEAR_A_PERSON = re.compile(
    r"病歴|既往歴|持病|通院|入院(?!患者数)|退院|服薬|投薬|休職|療養|病気休暇|傷病手当"
    r"|診断書|カルテ|診療情報|手術(?!室)|罹患|感染(?!症法|対策|性)|陽性|要介護[1-5一二三四五]"
    r"|障害者|"
    r"犯罪歴|逮捕|前科|犯罪被害|性被害|信仰|入信|改宗|支持政党|組合員|生活保護|部落"
    r"|ハンセン病|HIV|糖尿病|高血圧|うつ病|適応障害|統合失調症|がん(?:の|を|で|と)"
    r"|癌|認知症|脳梗塞|心筋梗塞|てんかん|ADHD|自閉"
)
_IT_OR_RULE = re.compile(
    r"システム|サーバ|ネットワーク|ウイルス|マルウェア|ランサム|端末|ソフト|機器|回線"
    r"|装置|データ|定義|とは|規程|方針|条第|取得し(?:ない|ません)|法律|ガイドライン"
    r"|義務|禁止|含む|場合は|等の|統計|割合|率"
)
_PERSON_WORDS = re.compile(
    r"本人|社員|従業員|職員|患者|同氏|家族|配偶者|長男|長女|息子|娘|父|母|妻|夫|部下"
    r"|上司|私は|彼|彼女|候補者|応募者|さん|様(?=は|が|の|に)|氏(?=は|が|の|に)"
)
_CLOSE = 40


@dataclass(frozen=True)
class SpecialCare:
    """Runs after the names, because most of the words only count close to a person."""

    def find(self, page: Page, persons: Sequence[Finding]) -> Iterator[Finding]:
        """Filled labels, phrases said of people, and words within 40 characters of a person."""
        for match in _FILLED_LABEL.finditer(page.text):
            yield Finding(Kind.SPECIAL_CARE, match.start("word"), match.end("word"), 0.9)
        for match in _SAID_OF_PEOPLE.finditer(page.text):
            yield Finding(Kind.SPECIAL_CARE, match.start(), match.end(), 0.8)
        yield from self._illnesses(page)
        starts = [person.start for person in persons]
        for match in _NEAR_A_PERSON.finditer(page.text):
            if self._said_of_somebody(page, match, starts):
                yield Finding(Kind.SPECIAL_CARE, match.start(), match.end(), 0.6)

    @staticmethod
    def _illnesses(page: Page) -> Iterator[Finding]:
        # from the predicate back to the disease: the other way round tries every word of the text
        for match in _IS_ILL.finditer(page.text):
            disease = _ENDS_IN_DISEASE.search(page.text[max(0, match.start() - 12) : match.start()])
            if disease and not _IT_OR_RULE.search(disease.group()):
                start = match.start() - len(disease.group())
                yield Finding(Kind.SPECIAL_CARE, start, match.end(), 0.8)

    @staticmethod
    def _said_of_somebody(page: Page, match: re.Match[str], persons: list[int]) -> bool:
        start, end = _sentence(page.text, match.start(), match.end())
        if _IT_OR_RULE.search(page.text, start, end):
            return False
        named = bisect_left(persons, start) < bisect_left(persons, end)
        return named or _PERSON_WORDS.search(page.text, start, end) is not None


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    low, high = max(0, start - _CLOSE), end + _CLOSE
    before = max(text.rfind("。", low, start), text.rfind("\n", low, start))
    after = [at for at in (text.find("。", end, high), text.find("\n", end, high)) if at >= 0]
    return max(low, before + 1), min(after, default=min(high, len(text)))
