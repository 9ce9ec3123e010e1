"""`yakin catalogue import-register` from outside."""

from yakin.catalogue.sources import load_sources

JAPANESE = """資産名,保管場所,管理部門,管理責任者,機密区分,秘密保持契約,外為法該非
人事評価,/srv/docs/人事,人事部,人事部長,秘,,非該当
住所録,/srv/docs/人事/,人事部,人事課長,社外秘,×,非該当
設計図,/srv/docs/**/設計,設計部,設計部長,社外秘,○,未判定
"""


def test_the_command_writes_all_or_nothing_and_no_file_twice(yakin, tmp_path):
    (tmp_path / "台帳.csv").write_bytes(JAPANESE.encode("cp932"))
    arguments = ("catalogue", "import-register", "台帳.csv", "--to", "mine.yaml", "--reviewed-by", "法務 花子")
    done = yakin(*arguments, "--json")
    again = yakin(*arguments)
    (tmp_path / "台帳.csv").write_text("パス,機密区分\n/a,秘\n/b,?\n")
    broken = yakin("catalogue", "import-register", "台帳.csv", "--to", "other.yaml")
    shown = yakin("catalogue", "import-register", "台帳.csv", "--level-word", "?=secret")

    assert done.exit_code == 0, done.stderr
    assert load_sources([tmp_path / "mine.yaml"]).rule_for("/srv/docs/人事/a").reviewed_by == "法務 花子"
    assert '"lines": [2, 3]' in done.stdout
    assert (again.exit_code, "mine.yaml exists" in again.stderr) == (2, True)
    assert (broken.exit_code, "台帳.csv:3: level" in broken.stderr) == (2, True)
    assert sorted(path.name for path in tmp_path.glob("*.yaml")) == ["mine.yaml"]
    assert "- prefix: /b\n  level: secret\n" in shown.stdout


def test_the_check_names_rows_that_nobody_reviewed(yakin, tmp_path, monkeypatch):
    rows = "sources:\n  - {prefix: /a, level: secret}\n  - prefix: /b\n    level: public\n"
    (tmp_path / "mine.yaml").write_text(rows + "    reviewed: {by: x, on: 2026-11-20}\n")
    monkeypatch.setenv("YAKIN_CATALOGUE", str(tmp_path / "mine.yaml"))
    checked = yakin("catalogue", "check")
    assert checked.exit_code == 0, checked.stderr
    assert "source register: 1 rows name no reviewer: mine.yaml:2 (source_not_reviewed)" in checked.stdout
