"""Running texts of the generated business set that hold personal or secret data, by family."""

# ruff: noqa: E501 - one template or value per line reads better than pieces of it

from bench.business_values import FACTS

SIGNATURES = [
    "\n--\n{company#9}\n{dept}　{name#9}\n〒{postal#9}\n{address#9}\nTEL: {phone#9}〔｜ (内線 {d|4})｜　FAX: {phone#8}〕\nE-mail: {mail#9}\n",
    "\n**********\n{name#9}（{hira#9}）\n{company#9} {dept}\n{l_phone}{c}{phone#9} / {l_mail}{c}{mail#9}\n**********\n",
    "\n────────\n{dept} 〔課長｜主任｜〕　{name#9} / {roma#9}\nMobile {phone#9}\n{mail#9}\n────────",
    "\n{sur#9}（{dept}）\n",
    "\n_/_/_/ {company#9}\n_/_/_/ {name#9}\n_/_/_/ 〒{postal#9} {address#9}\n_/_/_/ 電話{phone#9}",
]
_M = "件名: 〔{job}｜Re: {job}｜【至急】{job}〕\n"
TEXTS: dict[str, list[str]] = {
    "mail": [
        _M + "{company#1}\n{sur#1}様\n\n{greet}{company#9}の{sur#9}です。\n{date}の{job}について、{sur#2}〔さん｜課長〕とも相談し、{time}からお願いします。\n注文番号は{order}です。\n{close}\n" + tail
        for tail in SIGNATURES
    ]
    + [
        _M + "{name#1}様\n\n{greet}\nお振込先は{bank}{branch} {atype} {account}〔 名義 {hkana#9}｜　口座名義：{kana#9}〕です。\n送り状番号 {slip}\n{close}\n" + SIGNATURES[3],
        _M + "{sur#1}{title}、{sur#2}{title}\n\n{greet}\nCc の{foreign#3}さんにも資料を送りました。直通は{phone}、メールは{email}までお願いします。\n{close}\n" + SIGNATURES[3],
    ],
    "mail_chain": [
        "了解しました。進めてください。{sur#9}\n\n> {sur#9}様\n> {greet}\n> 振込先の口座は {bank} {branch} {atype} {account} です。\n> 電話 {phone#1}\n>\n> {name#1}\n",
        "-----Original Message-----\nFrom: {name#1} <{mail#1}>\nSent: {date} {time}\nTo: {name#2} <{mail#2}>\nCc: {roma#3} <{mail#3}>\nSubject: {job}\n\n{sur#2}さん\n{sur#3}さんの個人番号は次のとおりです。\n{mynumber#3}\n",
        "差出人: {roma#1}\n宛先: {dept}\n件名: 欠勤連絡\n\n{sur#1}です。{care|のため受診}しており、本日は休みます。連絡は{phone#1}にお願いします。",
    ],
    "inquiry": [
        "お問い合わせ内容\n〔お名前｜氏名〕{c}{name}\nフリガナ{c}〔{kana}｜{hkana}〕\n{l_phone}{c}{phone}\n{l_mail}{c}{email}\n注文番号{c}{order}\n\n{product}を購入しましたが、{symptom}ので困っています。",
        "【受付番号】{order}\n【ご住所】〒{postal} {address}\n【お名前】{name}様\n【電話番号】{phone}\n【内容】{date}に届いた{product}（JAN {jan}）について{symptom}。",
        "はじめまして、{tight}と申します。{symptom}のですが、{phone}に電話をいただけますか。〔夜は{email}にメールでお願いします。｜〕",
        "{product}の件です。クレジットカード（{card}、有効期限 {d|2}/28）で支払いましたが、二重に請求されています。{name}",
    ],
    "minutes": [
        "議事録\n日時：{date} {time}～{time}\n場所：{station}前ビル会議室\n出席者：{name#1}、{name#2}、{sur#3}（{dept}）、{foreign#4}\n欠席：{sur#5}\n\n1. {job}\n　{sur#1}より説明。{sur#2}課長から納期の質問。\n2. 次回は{date}。書記　{name#6}",
        "# 定例会議メモ\n- 参加: 〔{sur#1}/{sur#2}/{sur#3}｜{sur#1}・{sur#2}・{sur#3}｜{sur#1}、{sur#2}、{sur#3}（敬称略）｜{tight#1} {tight#2} {tight#3}〕\n- 宿題: {sur#2}さんが{company}へ確認（{phone}）\n- 予算 {yen}円",
        "{m_confidential}\n第{d|2}回取締役会議事録\n議長　代表取締役　{name#1}\n取締役　{name#2}　同　{name#3}\n監査役　{name#4}\n議案：{company}との業務提携について、{yen}千円を上限に承認した。",
    ],
    "ringi": [
        "稟議書\n起案日 {date}\n起案者 {dept} {name#1}（社員番号 {emp#1}）\n件名 {product}の購入\n金額 {yen}円\n発注先 {company}（登録番号 {tnumber}）\n承認 {sur#2} / {sur#3}",
        "{m_restricted}\n稟議番号{order}　申請部署：{dept}\n申請者：{tight}\n理由：{company}の買収に伴い、{yen}万円の支出を申請する。連絡先 {phone}",
    ],
    "nippo": [
        "日報 {date}\n氏名: {name}〔 / {emp}｜〕\n訪問先: {company} {sur#1}様、{company} {sur#2}部長\n内容: {job}。先方の{sur#1}様の携帯は{phone#1}。\n明日: {station}で{sur#3}と合流。",
        "【営業日報】{sur}\n午前：{company}（{address#1}）を訪問。{sur#1}社長と面談。\n午後：見積{order}を送付。\n所感：納期{date}は厳しい。",
    ],
    "trouble": [
        "トラブル報告書\n発生日時 {date} {time}\n報告者 {name}（{dept}）\n現象：{product}で{symptom}。ロット{slip}\n処置：{action}。お客様の{sur#1}様（{phone#1}）へ連絡済み。",
        "不具合報告 No.{order}\n作業者{sur#1}が{time}に異常を発見。班長の{name#2}に報告。\nお客様宅：{address#2}\n原因は電気系統の障害。",
    ],
    "invoice": [
        "請求書 No.{order}\n{company#1} 御中\n登録番号 {tnumber}\n〒{postal} {address}\n{company#2}\nTEL {phone}\nご請求金額 ¥{yen}\nお振込先：{bank} {branch} {atype} {account}〔 口座名義 {hkana}｜〕",
        "御請求書\n{company#1} {name#1} 様\n下記の通りご請求申し上げます。\n合計 {yen}円（税込）\n振込先　ゆうちょ銀行　記号 {yucho}\n支払期限 {date}\n法人番号：{corporate}",
    ],
    "quotation": [
        "御見積書\n見積番号 {order}\n{company#1} {dept} {sur#1}様\n品名 {product} 数量 {d|2} 単価 {yen}\n有効期限 {date}\n担当 {name#2} {l_phone}{c}{phone#2} {l_mail}{c}{email#2}",
    ],
    "order_form": [
        "FAX注文書\nお客様名：{name}\nお届け先：〒{postal}　{address}\nお電話：{phone}\n商品コード {jan}　{product}　{d|2}個\nお支払：カード番号 {card} 名義 {upper}",
        "発注書 {order}\n納入先　{address}\n受領者　{sur}\n部品番号 {partno}　図番 {partno}\nご連絡は{email}へ",
    ],
    "contract": [
        "業務委託契約書\n{company#1}（以下「甲」という。）と{name#2}（以下「乙」という。）は、次のとおり契約を締結する。\n第1条 委託料は月額{yen}円とする。\n第2条 {law}に従う。\n{date}\n甲　{address#1}\n　　{company#1}　代表取締役　{name#1}　印\n乙　{address#2}\n　　{name#2}　印",
        "秘密保持契約書\n{m_confidential}\n甲：{company#1}（法人番号 {corporate}）\n　　本店所在地　{address#1}\n　　代表者　{tight#1}\n乙：{company#2}\n　　{address#2}\n　　代表取締役　{tight#2}",
        "金銭消費貸借契約証書\n借主　氏名 {name}　{l_birth}　{birth}\n住所　{address}\n本人確認：{l_lic}{c}{licence}\n返済口座：{bank}{branch}({atype}){account}",
    ],
    "hr_join": [
        "入社手続書類\n{l_name}{c}{name}\nフリガナ{c}{kana}\n{l_birth}{c}{birth}\n{l_addr}{c}〒{postal} {address}\n{l_my}{c}{mynumber}\n基礎年金番号{c}{pension}\n給与振込先{c}{bank}{branch} {atype} {account}\n緊急連絡先{c}{name#1}（続柄：〔妻｜父｜母〕）{phone#1}",
        "新入社員情報\n{emp}\n{name}（{hira}）\n{birth}生\n{phone}\n{mail}\nマイナンバー通知カードのコピーを受領：{mynumber}",
        "【入社連絡】{dept}に{date}付で{tight}さん（社員番号{emp}）が配属。年金手帳の基礎年金番号は{pension}、雇用契約書は別送。",
    ],
    "dependants": [
        "給与所得者の扶養控除等（異動）申告書\nあなたの氏名　{name}\nあなたの個人番号　{mynumber}\nあなたの生年月日　{birth}\nあなたの住所又は居所　{address}\n控除対象配偶者　{given#1}　個人番号 {mynumber#1}　生年月日 {birth#1}\n扶養親族　{tight#2}　個人番号 {mynumber#2}",
        "扶養家族追加届\n社員番号\n{emp}\n氏名\n{name}\n被扶養者氏名\n{name#1}\n個人番号\n{mynumber#1}\n生年月日\n{birth#1}\n",
    ],
    "medical_leave": [
        "休職届\n{dept} {name}\n{emp}\n理由：{care|の療養}のため\n期間：{date}から3か月\n添付書類：1部　受付：{sur#1}主任",
        "面談記録（産業医 {sur#1}先生）\n対象者：{name}\n{date}、主治医より{care|と診断}された。{special_care|服薬継続中}。復職は{date}を目標とする。",
        "{m_restricted}\n人事部各位\n{sur}さんは{care|で入院}されました。ご家族の連絡先は{phone}です。",
        *[f"健康管理メモ\n{{l_name}}{{c}}{{name}}（{{emp}}）\n{fact}。\n取扱いは人事部内に限ること。" for fact in FACTS],
    ],
    "evaluation": [
        "{m_restricted}\n人事評価シート 2026年度上期\n被評価者 {name} {emp}\n評価者 {sur#1}部長\n総合評価 B+\n所見：納期遵守率{float}%。{sur#2}君への指導が課題。",
        "{m_secret}\n役員候補者一覧\n1. {name#1}（{dept}）\n2. {name#2}\n3. {name#3}\n後任案は{sur#1}専務。",
    ],
    "harassment": [
        "{m_restricted}\nハラスメント相談記録\n相談者：{name#1}（{dept}、{phone#1}）\n行為者とされる者：{sur#2}課長\n内容：{date}、会議で大声で叱責された。その後{care|を発症し通院}している。\n対応者：{name#3}",
        "コンプライアンス窓口 受付{order}\n匿名希望。{sur#2}主任が{sur#3}さんに対し、〔{special_care|カトリック信者}であること｜{special_care|在日三世}であること｜{special_care|うつ病で通院}していたこと｜{special_care|前科}があること｜{special_care|吃音}〕をからかった。連絡は{email}へ。",
    ],
    "insurance_form": [
        "健康保険 被扶養者（異動）届\n保険者番号 {insurer}\n記号 {insured}\n被保険者氏名 {name}（{kana}）\n生年月日 {birth}\n住所 〒{postal} {address}\n個人番号 {mynumber}",
        "傷病手当金支給申請書\n被保険者証の記号 {insured}\n氏名　{name}\n傷病名　{care}\n振込先　ゆうちょ銀行 記号{yucho}\n電話 {phone}",
        "保険証の写しを確認しました。保険者番号は{insurer}、氏名は{tight}さんです。",
    ],
    "travel": [
        "海外出張申請書\n出張者 {name}（{upper}）\n旅券番号 {passport}\n生年月日 {birth}\n期間 {date}～{date}\n緊急連絡先 {phone}\n概算費用 {yen}円",
        "出張手配のお願い\n{sur}さんの分です。パスポートNo.は{passport}、便名はNH{d|3}、ホテル予約番号{order}。宿泊先：{address}",
    ],
    "it_ticket": [
        "チケット#{d|5}\n依頼者：{name}（{email}）\nVPNに接続できない。IDは{d|4}user、{l_pw}は {password} です。\n端末IP：{ip}",
        "【作業手順】\n1. サーバ{ip}へログイン\n2. {l_pw}：{password}\n3. 接続文字列 {connection} を確認\n担当：{sur}",
        "お疲れ様です。検証用の鍵を送ります。\n\n{pem}\n\n有効期限は{date}です。{sur}",
        "Slackの通知が届きません。トークンは{secret}で合っていますか。",
        "アカウント発行通知\n{name}様\nユーザーID：{email}\n{l_pw}{c}{password}\n初回ログイン後に変更してください。",
    ],
    "env_file": [
        "# 本番用 .env\nAPP_ENV=production\n{l_key}={secret}\nDATABASE_URL={connection}\nDB_PASSWORD={password}\nLOG_LEVEL=info\n",
        "設定ファイルの差分です\n```yaml\nserver:\n  port: 8080\n  {l_key}: \"{secret}\"\n  mail_to: {mail}\n```",
        "def connect():\n    # 暫定対応。後で消す\n    password = \"{password}\"\n    return open_session(\"{ip}\", password)\n",
        "export AWS_ACCESS_KEY_ID={aws}\nexport AWS_SECRET_ACCESS_KEY={secret}\naws s3 ls\n",
    ],
    "server_log": [
        "2026-04-03 {time}:11 INFO login ok user={mail} ip={ip}\n2026-04-03 {time}:12 WARN slow query {d|4}ms id={uuid}\n2026-04-03 {time}:40 ERROR from {ip#1}: 認証失敗\n",
        "[{time}] サーバは{ip}です。{ip#1}からの接続を遮断しました。バージョン {ver}\n",
        "POST /api/orders HTTP/1.1\nHost: api.example.com\nAuthorization: Bearer {secret}\nX-Request-Id: {uuid}\n",
    ],
    "chat": [
        "{sur#1} {time}\n今日の打合せ、{sur#2}さん出られますか？\n{sur#2} {time}\nはい、{foreign#3}さんと行きます。\n{sur#1} {time}\nでは{station}集合で。電話は{phone}です",
        "[{time}] {tight#1}: {sur#2}さん、{company}の件どうなりました？\n[{time}] {tight#2}: {sur#3}部長の承認待ちです\n[{time}] {tight#1}: 了解です🙏",
        "@{tight#1} 資料アップしました。レビューお願いします〜　{sur#2}くんも見てね",
    ],
    "call_centre": [
        "入電 {date} {time}\nお客様名　{kana}様\n折返し {phone}\n{symptom}との申し出。{action}で了承。\nオペレーター：{sur#1}",
        "通話記録：本人確認のため{l_birth}（{birth}）、住所（{address}）を確認。契約者番号{order}。担当{sur#1}。カード下4桁 {d|4}。",
        "お客様「カード番号は{card}です」オペレータ「ありがとうございます、{sur}様」",
    ],
    "delivery": [
        "配達伝票\n伝票番号 {slip}\nお届け先 〒{postal} {address}\n{name} 様　{phone}\nご依頼主 {company} {phone#1}\n品名 {product}　時間指定 14-16時",
        "送り状{slip_valid}の荷物、{address}の{sur}様宅が不在でした。再配達の連絡先：{phone}",
    ],
    "press_release": [
        "報道関係各位　{date}\n{company#1}（本社：{city}、代表取締役社長：{name#1}）は、{product}を発売します。\n【本件に関するお問い合わせ先】広報室　{sur#2}\nTEL：{phone#2}　E-mail：{mail#2}",
        "役員人事のお知らせ\n新任　取締役　{name#1}（現 {dept}長）\n退任　専務取締役　{name#2}\n{law}に基づき開示します。",
    ],
    "marked_plan": [
        "{m_confidential}\n{product}の原価低減計画\n目標{float}%。{date}までに試作する。",
        "新製品ロードマップ　　　　　　　　{m_secret}\n\n{product}の後継機を{date}に投入。価格{yen}円。",
        "{m_restricted}\n合併に関する検討資料\n対象会社：{company}\n想定価格：{yen}百万円",
        "開示範囲：役員\n{m_secret}\n事業再編案。{city}工場の閉鎖と人員配置。",
    ],
    # Values far from their label, before it, in lists, or with a word instead of a label.
    "id_prose": [
        "以下の方のマイナンバーを登録してください。\n・{name#1}：{mynumber#1}\n・{name#2}：{mynumber#2}\n・{name#3}：{mynumber#3}",
        "{mynumber}が{name}さんのマイナンバーです。給与システムへの登録をお願いします。",
        "{sur#1}さん {licence#1}、{sur#2}さん {licence#2}（いずれも運転免許証番号、{date}確認）",
        "本人確認書類：運転免許証（{licence}）／個人番号カード（{mynumber}）　確認者 {sur}",
        "個人番号確認済み一覧\n① {mynumber#1}\n② {mynumber#2}\n③ {mynumber#3}\n④ {mynumber#4}",
        "パスポートは{passport}、ビザは申請中です。航空券は{latin}の名義で手配してください。",
        "年金手帳を確認。記号番号 {pension}。転記は{sur}が担当。",
        "給与の口座を{bank}の{branch}、{account}（{atype}）に変更したいです。{name}",
        "振込先変更のお知らせ\n新：{bank} 支店番号 {d|3} 口座 {account} {hkana}",
        "健保の番号が変わりました。新しい保険者番号は{insurer}、記号は{insured}です。",
        "{phone}に折り返しお願いします。夕方以降は{phone#2}でも大丈夫です。",
        "カード：{card}\n期限：{d|2}/29　CVV {d|3}\n名義：{upper}",
        "住民票の写し（マイナンバー記載）を受領。番号は下記。\n\n　　{mynumber}\n\n原本は{date}に返却。",
    ],
    "licence_copy": [
        "車両使用許可願\n使用者 {name}\n{l_lic}{c}{licence}〔号｜〕\n交付 令和5年4月3日 {d|5}\n有効期限 令和10年5月3日\n住所 {address}",
        "レンタカー利用：{sur}さん、免許証の番号は{licence}、携帯{phone}。",
    ],
    "residence_note": [
        "在留資格確認メモ\n氏名 {latin}（{foreign}）\n在留カード番号 {residence}\n国籍 ベトナム\n生年月日 {birth}\n在留期限 {date}\n旅券番号 {passport}",
        "{foreign}さんの在留カード({residence})の更新は{date}まで。住居地：{address}",
    ],
}  # fmt: skip
