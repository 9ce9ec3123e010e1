"""What evaluation data teaches: quality by document, what a verification signal is worth, cascades worth having.

Arrays in, frozen values out; no text, no names of vendors, only numbers. Everything that is learned is compared with
the simpler rule (the mean, the linear mix of two offers) on data that it was not fitted to, and given up unless it
is better with confidence.
"""

from yakin.domain.learning.arrays import Features
from yakin.domain.learning.calibration import SignalCalibration, calibrate
from yakin.domain.learning.cascades import LearnedCascade, Outcomes, cascade_outcomes, learn_cascades
from yakin.domain.learning.intervals import Interval, mean_difference, mean_interval
from yakin.domain.learning.kept import kept_quality, predict_kept
from yakin.domain.learning.quality import QualityModel, QualityModels, Used, learn_qualities, learn_quality

__all__ = [
    "Features",
    "Interval",
    "LearnedCascade",
    "Outcomes",
    "QualityModel",
    "QualityModels",
    "SignalCalibration",
    "Used",
    "calibrate",
    "cascade_outcomes",
    "kept_quality",
    "learn_cascades",
    "learn_qualities",
    "learn_quality",
    "mean_difference",
    "mean_interval",
    "predict_kept",
]
