# Tunewise on a CPU. Every RUN line is a make target, so what works outside works here.
#
#   docker build -t tunewise .
#   docker run --rm -p 127.0.0.1:7860:7860 -e TUNEWISE_PASSWORD=choose-one -v tunewise:/data tunewise
#
# GPU variant: build from an image with CUDA and Python, e.g.
#   docker build --build-arg BASE=nvidia/cuda:13.0.1-cudnn-runtime-ubuntu24.04 -t tunewise-gpu .
# (torch then comes with CUDA from PyPI), replace `make vllm` below by
#   RUN python3 -m venv .venv-vllm && .venv-vllm/bin/pip install "vllm>=0.33"
# and start it with `docker run --gpus all …`; `make gpu-check` in that container shows whether it works. The GPU variant
# was not run where this file was written.
#
# A model server started in the container is for the container only (loopback): publish no port for it. It counts the
# container's own memory limit (`docker run --memory`) as what there is. `--init` makes ended processes disappear.
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}

RUN apt-get update \
 && apt-get install -y --no-install-recommends make python3 python3-venv \
 && rm -rf /var/lib/apt/lists/*

RUN useradd --create-home tunewise \
 && mkdir -p /app /data \
 && chown tunewise /app /data
USER tunewise
WORKDIR /app

COPY --chown=tunewise . .
RUN make install
RUN make vllm

ENV TUNEWISE_HOME=/data
VOLUME /data
EXPOSE 7860

# Inside a container the app must listen on all of the container's addresses; it then insists on a password,
# read from TUNEWISE_PASSWORD. Publish the port on 127.0.0.1, as above, unless you mean to share it.
CMD [".venv/bin/tunewise", "app", "--host", "0.0.0.0", "--port", "7860", "--no-browser"]
