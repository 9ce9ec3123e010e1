from collections import Counter
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

from yakin.catalogue.policy import load_policy
from yakin.catalogue.sources import load_sources
from yakin.domain.documents import Reason, Unreadable
from yakin.domain.evidence import Kind
from yakin.domain.levels import Level
from yakin.domain.policy import assess
from yakin.privacy.detect import detect
from yakin.privacy.scanner import JapaneseScanner
from yakin.reading.extract import extract
from yakin.use_cases.load import load_use_cases
from yakin.use_cases.make_folder import make_mixed_folder, register_text

LOADED = load_use_cases(None)
POLICY = load_policy(None, date(2026, 11, 24))
SCANNER = JapaneseScanner()


def level_and_kinds(path: Path, baseline: Level):
    read = extract(path.read_bytes(), path.name)
    if isinstance(read, Unreadable):
        return read.reason, {}
    counts = dict(detect(read.full_text, SCANNER).counts)
    counts[Kind.HIDDEN_UNREADABLE] = read.hidden_unreadable
    counts[Kind.UNREADABLE_PART] = read.unreadable_parts
    return assess(POLICY, counts, baseline=baseline).level, counts


@pytest.mark.parametrize("name", sorted(LOADED))
def test_every_sample_has_the_level_that_its_content_and_its_folder_make(name, tmp_path):
    use_case = LOADED[name]
    (tmp_path / "sources.yaml").write_text(use_case.register(), encoding="utf-8")
    register = load_sources([tmp_path / "sources.yaml"])
    labelled = {item.document: item.level for item in use_case.golden() if isinstance(item.document, Path)}
    found = {path: level_and_kinds(path, register.rule_for(path.as_uri()).level)[0] for path in use_case.samples()}
    assert {path.name: level for path, level in found.items() if path in labelled} == {
        path.name: level for path, level in labelled.items()
    }
    unlabelled = {level for path, level in found.items() if path not in labelled}
    assert unlabelled <= {Reason.ENCRYPTED, Reason.CORRUPT}


def test_the_demonstration_shows_one_of_each_surprise():
    demo = sorted(path for path in LOADED["inquiry_triage"].demo().rglob("*") if path.is_file())
    seen = {path: level_and_kinds(path, Level(path.parent.name)) for path in demo}
    assert Counter(level for level, _ in seen.values()) == {
        Level.PUBLIC: 1,
        Level.INTERNAL: 1,
        Level.CONFIDENTIAL: 3,
        Level.RESTRICTED: 2,
        Level.SECRET: 2,
        Reason.ENCRYPTED: 1,
    }
    assert [path.suffix for path, (_, counts) in seen.items() if counts.get(Kind.MY_NUMBER)] == [".csv"]
    raised = [
        path.name for path, (level, _) in seen.items() if level is Level.RESTRICTED and path.parent.name == "internal"
    ]
    assert raised == ["代理店向け見積の相談.pptx"]
    visible = extract(demo[[path.name for path in demo].index(raised[0])].read_bytes(), raised[0])
    assert "診断" in visible.hidden_text
    assert "診断" not in visible.text


def test_a_mixed_folder_is_never_less_sensitive_than_its_subfolder_says(tmp_path):
    paths = make_mixed_folder(tmp_path / "docs", 40, 7, plant={level: f"PLANTED-{level}" for level in Level})
    found = {path: level_and_kinds(path, Level.PUBLIC) for path in paths if path.stat().st_size < 100_000}
    reasons = Counter(level for level, _ in found.values() if isinstance(level, Reason))
    assert reasons == {Reason.ENCRYPTED: 1, Reason.EMPTY: 1, Reason.CORRUPT: 1, Reason.UNKNOWN_TYPE: 1}
    sensitive = {Level.CONFIDENTIAL, Level.RESTRICTED, Level.SECRET}
    for path, (level, _) in found.items():
        declared = Level(path.relative_to(tmp_path / "docs").parts[0])
        if isinstance(level, Level) and declared in sensitive and "写し" not in path.parts:
            assert level is declared, path.name


def test_planted_markers_can_be_read_back_whole_in_every_format(tmp_path):
    paths = make_mixed_folder(tmp_path, 40, 7, plant={level: f"PLANTED-{level}" for level in Level})
    reads = {path: extract(path.read_bytes(), path.name) for path in paths}
    texts = {path: read.full_text for path, read in reads.items() if not isinstance(read, Unreadable)}
    assert len(texts) == 36
    assert [path.name for path, text in texts.items() if "PLANTED-" not in text] == []
    declared = {path: path.relative_to(tmp_path).parts[0] for path in texts if "写し" not in path.parts}
    assert [path.name for path, level in declared.items() if f"PLANTED-{level}" not in texts[path]] == []


def test_the_register_of_a_mixed_folder_is_one_that_the_catalogue_reads(tmp_path):
    folder = tmp_path / "社内 文書"
    paths = make_mixed_folder(folder, 20, 7)
    (tmp_path / "sources.yaml").write_text(register_text(folder), encoding="utf-8")
    register = load_sources([tmp_path / "sources.yaml"])
    for path in paths:
        assert register.rule_for(path.as_uri()).level == path.relative_to(folder).parts[0]
    prefixes = [source["prefix"] for source in yaml.safe_load(register_text(folder))["sources"]]
    assert unquote(prefixes[0]) == f"file://{folder}/public/"
