from pathlib import Path

from yakin.store.data_dictionary import dictionary


def test_the_dictionary_in_docs_is_what_the_database_says(database):
    written = Path(__file__).parents[2] / "docs" / "data_dictionary.md"
    assert written.read_text(encoding="utf-8") == dictionary(database.owner_url)
