"""yakin (夜勤): the night shift for a company's documents. This library never imports Prefect."""

__version__ = "0.1.0"
