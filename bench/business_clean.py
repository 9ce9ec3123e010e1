"""Documents of the generated business set without any personal or secret value: only what looks like one."""

# ruff: noqa: E501 - one template or value per line reads better than pieces of it

CLEAN: dict[str, list[str]] = {
    "order_list": [
        "注文番号,商品コード,数量,金額\n{order},{jan},{d|2},{d|5}\n{order},{jan},{d|2},{d|5}\n{order},{jan},{d|1},{d|5}\n",
        "発注残一覧（{date}現在）\nNo\t注文番号\t品名\t納期\n1\t{order}\t{product}\t{date}\n2\t{d|12}\t{product}\t{date}\n3\t{d|13}\t{product}\t{date}",
        "{company}向け 注文{order} は {product} を{d|3}個、{date}に出荷予定です。",
    ],
    "tracking": [
        "お問い合わせ伝票番号：{slip}\n追跡番号：{slip_valid}\n配達状況：{station}前営業所を通過（{time}）",
        "送り状番号 {slip_valid} は{city}の配送センターで仕分け中です。個口数 {d|1}。",
        "伝票番号,追跡番号,状態\n{d|12},{slip_valid},配達中\n{slip},{slip_valid},持戻り\n",
        "管理番号{slip16}の貨物は{date} {time}に通関しました。コンテナ番号 TCLU{d|7}。",
    ],
    "parts": [
        "部品表\n図番 {partno}　型式 {partno}\n品番：{partno}\n代替品番：{partno}\nJAN {jan}",
        "| 型番 | 品名 | ロット |\n| --- | --- | --- |\n| {partno} | {product} | {d|10} |\n| {partno} | {product} | L{d|8} |\n",
        "{product}（型番 {partno}）は生産終了しました。後継機種の型番は{partno}です。シリアル番号 {d|4}-{d|6}。",
    ],
    "id_topics": [
        "マイナンバー収集キットを{date}に発送しました。追跡番号は{slip_valid}です。",
        "運転免許証の更新講習のご案内（文書番号 {d|12}）。会場は{station}前です。",
        "口座振替依頼書の受付番号は{d|7}、処理状況は完了です。お客様の口座番号は表示しません。",
        "クレジットカード決済の端末番号 {d|13}、加盟店番号 {d|15}。障害のお知らせは{date}。",
        "在留カードの確認手順は手順書 DOC-{d|8} を参照。旅券の写しは取らないこと。",
        "健康保険組合からのお知らせ：保険証は{date}に廃止されます。記号・番号の変更はありません。",
        "電話番号の桁数チェックを修正（課題 {d|5}）。生年月日の入力欄は西暦8桁に統一。試験日 {date}。",
    ],
    "spec": [
        "技術仕様書\n{product}\n定格電圧 {float} V、質量 {float} kg\n使用温度 -10〜{d|2}℃、耐圧 {float} MPa\nファームウェア Ver.{ver}\n準拠規格 JIS B {d|4}:2019、ISO {d|4}-1",
        "3.2 通信仕様\nボーレート 115200、タイムアウト {d|4} ms、ポート {d|4}\nエラーコード 0x{sha|4}、{d|3}-{d|4}\nサブネットの考え方は別紙参照。",
        "# API 仕様\nバージョン {ver}\n`GET /v2/orders/:id` は注文を返す。id は12桁の数字（例：{d|12}）。",
    ],
    "statistics": [
        "{city}の人口は{d|3},{d|3}人（前年比{float}%）。{city}では世帯数が{d|5}世帯となった。",
        "地域別売上（百万円）\n{city},{d|4}\n{city},{d|4}\n{city},{d|4}\n合計,{d|5}\n",
        "調査期間 {date}～{date}、有効回答 {d|4}件。{city}の30代女性の満足度は{float}ポイント上昇した。",
        "{city}の65歳以上の糖尿病受診率は{float}%で、全国平均を下回った（厚生統計）。",
    ],
    "release_notes": [
        "リリースノート {ver}\n・{ver} の不具合を修正\n・対応OS：Windows 11 (10.0.{d|5}.{d|4})\n・内部番号 {d|8}\n・ビルド {sha|12}",
        "更新履歴\n{date} Ver {ver} 公開\n{date} {ver} から {ver} への移行手順を追加",
    ],
    "company_news": [
        "{company}は{date}、{company}との資本提携を発表した。両社は{city}に新工場を建設し、{product}を年間{yen}台生産する。",
        "{company}と{company}は{product}の共同開発で合意した。投資額は{yen}億円。本社は{city}。",
        "業界動向：{company}、{company}、{company}の3社で市場の{float}%を占める。マツモトキヨシやヤマダ電機など小売の販路も広がる。",
    ],
    "privacy_policy": [
        "個人情報の取扱いについて\n当社は、氏名、住所、電話番号、個人番号、病歴等の情報を、{law}に基づき適切に管理します。要配慮個人情報は本人の同意なく取得しません。",
        "特定個人情報取扱規程 第{d|1}条\n個人番号関係事務の範囲は源泉徴収票の作成等とする。運転免許証の写しは確認後直ちに廃棄する。基礎年金番号も同様とする。",
        "委託先の監督：口座番号、パスポート番号、クレジットカード番号を取り扱う委託先を年1回監査する。",
    ],
    "faq": [
        "Q. マイナンバーはどこに提出しますか？\nA. 人事部の専用窓口へ提出してください。メールでの送付は禁止です。",
        "Q. パスワードを忘れました。\nA. ログイン画面の「パスワードを忘れた方」から再設定できます。パスワード：8文字以上で設定してください。",
        "Q. 届け先住所を変更できますか？\nA. 発送前であれば、マイページで住所と電話番号を変更できます。受付時間 9:00-17:30（土日祝を除く）。",
        "Q. 口座番号の桁数は？\nA. 7桁です。7桁に満たない場合は先頭に0を付けてください。",
    ],
    "it_incident": [
        "障害報告書\n{date} {time}、基幹システムで障害が発生し、{time}に復旧した。ウイルス感染の疑いはなく、診断の結果ディスク故障と判明。影響は受注{d|3}件。",
        "脆弱性診断の結果、重大な問題が3件見つかった。ウイルス対策ソフトの定義は {ver}。次回診断は{date}。",
        "サーバの健康診断（ヘルスチェック）は5分間隔。死活監視で異常を検知した場合は自動で切り離す。アレルギー表示の帳票も停止した。",
    ],
    "password_policy": [
        "パスワードポリシー\n1. 12文字以上、英大小・数字・記号を含める\n2. 90日ごとの変更は求めない\n3. 使い回しを禁止する\n4. APIキーをソースに書かないこと",
        "秘密鍵の管理：秘密鍵は金庫に保管し、持ち出しは情報システム部長の承認を要する。トークンの有効期限は{d|2}日とする。",
    ],
    "code_sample": [
        "設定例\n```python\napi_key = \"YOUR_API_KEY\"\npassword = os.environ[\"DB_PASSWORD\"]\nclient = Client(api_key=api_key)\n```",
        "DB_PASSWORD=<パスワードを入力>\nAPI_TOKEN=xxxxxxxxxxxxxxxx\nSECRET_KEY=changeme\nDATABASE_URL=${DATABASE_URL}\n",
        "for (int i = 0; i < {d|4}; i++) { sum += data[i]; } // 型番 {partno}\nconst token = await getToken();\n",
    ],
    "hashes": [
        "ファイル一覧\n{sha}  setup.exe\n{sha}  manual.pdf\nコミット {sha|40}\n要求ID {uuid}",
        "<img src=\"data:image/png;base64,{b64}\" alt=\"構成図\">\n図1 {product}の構成",
        "ジョブ {uuid} が {time} に完了しました。チェックサム {sha|32}（MD5）。",
    ],
    "schedule": [
        "{date} {time}-{time} 定例会議（第3会議室）\n{date} {time} 避難訓練\n{date} 棚卸\n{date} {city}展示会",
        "生産計画 {date}～{date}\n1号機 {d|4}個/日、2号機 {d|4}個/日。設備停止 {time}〜{time}。\n創業1985年4月3日記念の行事は{date}。",
    ],
    "books": [
        "参考図書\n『品質管理入門』ISBN {isbn}\n『現代の物流』ISBN {isbn}　定価 {yen}円\n図書室の請求記号 {d|3}.{d|2}",
    ],
    "agenda": [
        "議題\n1. {dept}からの報告\n2. {product}の価格改定\n3. その他\n出席：{dept}、{dept}、{company}\n場所：{station}前会議室",
    ],
    "route": [
        "アクセス：{station}から徒歩{d|1}分。{station}で乗り換え、{city}方面へ。山口方面の出口をご利用ください。",
        "運行計画：{city}発 {time}、{station}着 {time}。大島、八丈島、小笠原の各航路は欠航。",
    ],
    "classification_rules": [
        "文書管理規程\n社外秘とは、社外に開示してはならない情報をいう。極秘、秘、社外秘の3区分とし、表示方法は別表のとおりとする。",
        "研修資料：社外秘の表示がある文書をメールで送る場合は、上長の承認が必要です。「極秘」の文書は印刷できません。",
        "Q. どの文書に社外秘と書けばよいですか？ A. 機密区分の基準表を見て判断してください。秘密保持契約の有無も確認します。",
    ],
    "blank_form": [
        "氏名：＿＿＿＿＿＿　生年月日：　　年　　月　　日\n住所：〒□□□-□□□□\n個人番号：□□□□ □□□□ □□□□\n電話：（　　　）　　－\n",
        "申請書（記入例）\n社員番号 ______　部署 ______　印\n口座番号 ○○○○○○○　名義 ○○○○\n提出期限 {date}",
        "利用者登録\n氏名,（必須）\nメールアドレス,（必須）\nカード番号,****-****-****-{d|4}\n",
    ],
    "sensor": [
        "time,temp,humidity,pressure\n{time}:00,{float},{float},{d|4}.{d|2}\n{time}:10,{float},{float},{d|4}.{d|2}\n{time}:20,{float},{float},{d|4}.{d|2}\n",
        "測定値 {float}, {float}, {float}（単位 mm）。公差 ±0.0{d|1}。測定器 管理番号 {d|7}。",
    ],
    "accounting": [
        "仕訳\n{date} 借方 旅費交通費 {yen} 貸方 普通預金 {yen} 摘要 {station}往復\n{date} 借方 消耗品費 {yen} 貸方 未払金 {yen} 伝票 {d|7}",
        "勘定科目コード,科目,残高\n{d|4},普通預金,{d|8}\n{d|4},売掛金,{d|9}\n{d|4},買掛金,{d|10}\n",
    ],
    "catalogue": [
        "商品カタログ 2026\n{product}　品番 {partno}　JANコード {jan}　希望小売価格 {yen}円\n{product}　品番 {partno}　JANコード {jan}　希望小売価格 {yen}円",
        "新発売「{product}」。ヴィクトリア調のデザイン、アンナプルナ産の茶葉を使用。内容量 {d|3}g、{d|2}個入り。",
    ],
    "safety": [
        "安全衛生だより\n熱中症を防ぐため、{d|2}分ごとに水分を取りましょう。健康診断の受診率は{float}%でした。インフルエンザの予防接種は{date}から。",
        "ヒヤリハット {date}\n{city}工場の通路でフォークリフトと台車が接触しかけた。けが人なし。対策：一時停止線を引く。",
    ],
    "market": [
        "医薬品市場：糖尿病治療薬は前年比{float}%増、乳がん検診キットは{yen}個。{company}がシェア首位。",
        "介護・障害者雇用の動向：法定雇用率は2.7%。{company}では特例子会社を{city}に設立した。",
    ],
    "recruit": [
        "求人要項\n職種：{dept} 一般事務　月給 {yen}円　勤務地：{city}（{station}）\n必要な免許：普通自動車運転免許\n年間休日 {d|3}日",
    ],
    "manual": [
        "操作手順\n1. 電源を入れる\n2. 「設定」→「ネットワーク」を開く\n3. 番号 {d|6} を入力する\n4. エラー {d|3}-{d|4} が出たら {d|2} 秒待つ",
        "清掃マニュアル：東の窓、西の通路、南棟の森側出口の順に行う。原価、平和、栄光の各ラインは{time}に停止。",
    ],
}  # fmt: skip
