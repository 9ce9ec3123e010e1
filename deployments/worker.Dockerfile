# One image for worker, Prefect server and yakin commands. Build from the repository's root:
#   docker build -f deployments/worker.Dockerfile -t yakin .
FROM python:3.11-slim-bookworm

RUN useradd --uid 10001 --create-home --home-dir /var/lib/yakin yakin
WORKDIR /app

# The packages change less often than the code: their layer is kept.
COPY requirements.lock ./
RUN pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes -r requirements.lock

COPY pyproject.toml prefect.yaml README.md ./
COPY yakin yakin
COPY flows flows
COPY tasks tasks
RUN pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation -e .

ENV YAKIN_HOME=/var/lib/yakin/home \
    YAKIN_MODELS=/var/lib/yakin/models \
    YAKIN_PROJECT_ROOT=/app \
    PREFECT_HOME=/var/lib/yakin/prefect \
    PYTHONUNBUFFERED=1
USER yakin
VOLUME /var/lib/yakin

# exec form: the worker is process 1 and gets SIGTERM, which lets its runs end
CMD ["prefect", "worker", "start", "--type", "process", "--install-policy", "never", "--pool", "yakin"]
