# dw-sim in an image: built in one stage, run in another that holds nothing but Python and what was installed.
FROM python:3.13-slim AS build
WORKDIR /build
RUN python -m venv /opt/dw-sim
COPY constraints.txt pyproject.toml README.md LICENSE ./
COPY src ./src
RUN /opt/dw-sim/bin/pip install --no-cache-dir --constraint constraints.txt '.[redshift,snowflake]'

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin dw-sim \
    && install --directory --owner dw-sim --group dw-sim /data
COPY --from=build /opt/dw-sim /opt/dw-sim
ENV PATH=/opt/dw-sim/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DW_SIM_HOME=/data
USER dw-sim
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=5 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health', timeout=4)"]
ENTRYPOINT ["dw-sim"]
CMD ["api", "--host", "0.0.0.0", "--port", "8000"]
