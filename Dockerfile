# Two stages: the first installs the pinned packages, the second runs them as an ordinary user.
FROM python:3.12-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
COPY requirements.lock .
RUN python -m venv /venv && /venv/bin/pip install --quiet --require-hashes -r requirements.lock

FROM python:3.12-slim-bookworm
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin mbl \
    && install --directory --owner mbl --group mbl /data
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=mbl.settings \
    MBL_VAR=/data \
    STATIC_ROOT=/app/static-collected
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
# The settings ask for addresses and a key; nobody is asked and nothing of this is kept.
RUN SECRET_KEY=build DATABASE_URL=postgresql:///build REDIS_URL=redis://build \
    sh -c 'python -m mbl.services catalogs && python manage.py collectstatic --noinput --verbosity 0'
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "-m", "mbl.services", "health"]
CMD ["gunicorn", "mbl.wsgi", "-c", "python:mbl.gunicorn_hooks", "--bind", "0.0.0.0:8000", "-k", "gthread", "-w", "2", "--threads", "8", \
     "--no-control-socket", "--worker-tmp-dir", "/dev/shm", "--graceful-timeout", "20", "--access-logfile", "-"]
