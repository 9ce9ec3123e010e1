"""A learned quality as JSON: what an evaluation keeps and a run predicts with."""

from collections.abc import Mapping
from typing import cast

import numpy as np

from yakin.domain.learning.arrays import Features, Floats
from yakin.domain.learning.quality import QualityModel
from yakin.domain.learning.ridge import Columns
from yakin.errors import UsageError


def kept_quality(model: QualityModel) -> dict[str, object]:
    """Lists and finite numbers only; columns and categories in the order of the features that it was learned from."""
    mean = {"mean": model.mean, "low": model.low, "high": model.high}
    if model.regression is None:
        return dict(mean)
    columns = model.regression.columns
    return {
        **mean,
        "weights": model.regression.weights.tolist(),
        "centre": columns.centre.tolist(),
        "scale": columns.scale.tolist(),
        "categories": [each.tolist() for each in columns.categories],
        "category_means": columns.category_means.tolist(),
    }


def predict_kept(kept: Mapping[str, object], features: Features) -> Floats:
    """(n,): what the model said that was kept. Features as they were when it was learned; UsageError for fewer."""
    mean = float(cast("float", kept["mean"]))
    if "weights" not in kept:
        return np.full(len(features), mean)
    columns = Columns(
        centre=_floats(kept["centre"]),
        scale=_floats(kept["scale"]),
        categories=tuple(np.array(each, dtype=np.int64) for each in cast("list[list[int]]", kept["categories"])),
        category_means=_floats(kept["category_means"]),
    )
    numbers, codes = len(columns.centre), len(columns.categories)
    if features.numbers.shape[1] < numbers or features.codes.shape[1] < codes:
        raise UsageError(f"features: this quality was learned from {numbers} numbers and {codes} codes per document")
    said = mean + columns.matrix(features) @ _floats(kept["weights"])
    return np.clip(said, float(cast("float", kept["low"])), float(cast("float", kept["high"])))


def _floats(listed: object) -> Floats:
    return np.array(listed, dtype=np.float64)
