# A slim image that serves the laboratory as an ordinary user.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 NCM_APP_CACHE=/home/ncm/cache
# The address under which people open the pages; several with commas between. See docs/serving.md.
ENV BOKEH_ALLOW_WS_ORIGIN=localhost:5006
RUN useradd --create-home --uid 1000 ncm
WORKDIR /srv/ncm_app
COPY pyproject.toml README.md LICENSE app.py ./
COPY ncm_app ./ncm_app
COPY assets ./assets
RUN pip install .
USER ncm
# Compile the steppers into the image, so that the first visitor does not wait.
RUN python -c "from ncm_app.studies.warm import warm_all; warm_all()"

EXPOSE 5006
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD python -c "import urllib.request as u; u.urlopen('http://localhost:5006/liveness', timeout=4)"
CMD ["panel", "serve", "app.py", "--address", "0.0.0.0", "--port", "5006", "--warm", "--liveness", "--unused-session-lifetime", "60000"]
