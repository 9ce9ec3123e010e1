"""yakin (夜勤): the night shift for a company's documents. This library never imports Prefect."""

import os

# Before anything imports numpy, in every process that imports yakin. Ours are small matrices in several processes: the
# threads of numpy's and scipy's OpenBLAS only wait for each other there. Who sets it outside is obeyed.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
