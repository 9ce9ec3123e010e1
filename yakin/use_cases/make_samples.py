"""Writes the sample files of the use cases from their texts: `python -m yakin.use_cases.make_samples`."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from yakin.use_cases.document_files import Draft, locked, written

_OWN_FOLDER = Path(__file__).parent


class _SampleText(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    path: str
    title: str
    body: str
    hidden: str = ""
    encoding: str = "utf-8"
    headers: dict[str, str] = {}
    locked: str | None = None
    damage: Literal["truncated"] | None = None

    def content(self) -> bytes:
        """The file's bytes, with its lock or its damage."""
        draft = Draft(self.title, self.body, self.hidden, self.encoding, self.headers)
        if self.locked:
            return locked(draft, self.locked)
        whole = written(self.path, draft)
        return whole[: len(whole) // 3] if self.damage else whole


def sample_files(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Path and bytes of every sample that a use-case folder describes in sample_texts.yaml."""
    texts = yaml.safe_load((folder / "sample_texts.yaml").read_text(encoding="utf-8"))
    for text in TypeAdapter(list[_SampleText]).validate_python(texts):
        yield folder / "samples" / text.path, text.content()


def main() -> None:
    """Write every sample of yakin's own use cases."""
    for description in sorted(_OWN_FOLDER.glob("*/sample_texts.yaml")):
        files = list(sample_files(description.parent))
        for path, content in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        sys.stdout.write(f"{description.parent.name}: {len(files)} samples\n")


if __name__ == "__main__":
    main()
