# syntax=docker/dockerfile:1
FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /venv
COPY requirements.txt /tmp/requirements.txt
RUN /venv/bin/pip install --quiet -r /tmp/requirements.txt
COPY . /app
WORKDIR /app
RUN FOIA_ENV=development /venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
 && /venv/bin/python -m compileall -q /app/foia_tracker /app/requests_app

FROM python:3.13-slim
LABEL org.opencontainers.image.title="Public Records Tracker" \
      org.opencontainers.image.licenses="AGPL-3.0-or-later"
# /media belongs to the program so that a new named volume does too.
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin tracker \
 && install -d -o 10001 -g 10001 -m 0700 /media
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MALLOC_ARENA_MAX=2 \
    DJANGO_SETTINGS_MODULE=foia_tracker.settings FOIA_ENV=production
WORKDIR /app
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "foia_tracker.wsgi", "--bind", "0.0.0.0:8000"]
