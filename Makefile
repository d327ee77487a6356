# Every chore is one word; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo demo-teacher test test-backend test-plugin lint bench package translations dev constraints clean

# The uv of this machine, else one of the project's own.
export UV := $(shell uv --version >/dev/null 2>&1 && command -v uv || echo $(CURDIR)/.venv-tools/bin/uv)
BACKEND_FILES := backend/pyproject.toml backend/constraints.txt scripts/install_backend.py scripts/torchvision_mend.py
PYTHON := .venv/bin/python

# More threads than cores are slower, and the tests' arrays are too small to share out.
export OMP_NUM_THREADS ?= $(shell nproc 2>/dev/null || echo 1)
TEST_THREADS ?= 1

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: .venv/.ready .venv-run/.ready .venv-plugin/.ready ## make all environments (system packages, backend, plugin tests)

demo: .venv/.ready ## distil the sample in resources/sample into out/demo
	.venv/bin/rskd distill resources/sample/job.yaml

demo-teacher: .venv/.ready ## train the demo's teacher anew and write it to resources/sample
	$(PYTHON) scripts/make_demo_teacher.py

test: test-backend test-plugin ## run all tests

test-backend: .venv/.ready .venv-run/.ready ## run the tests that need no QGIS
	@scripts/install_packages.sh qttools5-dev-tools
	OMP_NUM_THREADS=$(TEST_THREADS) RSKD_RUN_PYTHON=$(CURDIR)/.venv-run/bin/python \
	$(PYTHON) -m pytest tests --ignore=tests/plugin $(PYTEST_ARGS)

test-plugin: .venv-plugin/.ready ## run the plugin's tests inside QGIS (skipped where there is none)
	@if [ -e .venv-plugin/.ready ]; then \
		echo "$(CURDIR)/.venv-plugin/bin/python -m pytest tests/plugin"; \
		QT_QPA_PLATFORM=offscreen PYTHONDONTWRITEBYTECODE=1 .venv-plugin/bin/python -m pytest tests/plugin $(PYTEST_ARGS); \
	else echo "SKIPPED tests/plugin: QGIS's Python bindings are not on this machine and could not be installed"; fi

lint: .venv/.ready ## check style, types, import contracts, security and secrets
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/bandit --quiet --recursive rskd_qgis backend/rskd
	git ls-files -z | xargs -0 .venv/bin/detect-secrets-hook --exclude-files '^benchmarks/distillation/results/' # keys of rows, not in the zip

bench: .venv/.ready ## measure speed on this machine (benchmarks/)
	@set -e; for benchmark in benchmarks/[!_]*.py; do echo "== $$benchmark"; $(PYTHON) $$benchmark; done

package: ## build the plugin's zip and plugins.xml in dist/ (ADDRESS=https://… is where they will lie)
	@scripts/install_packages.sh qttools5-dev-tools
	python3 scripts/package.py dist $(if $(ADDRESS),--address $(ADDRESS))

translations: ## bring rskd_qgis/i18n up to date with the plugin's words
	python3 scripts/translations.py

dev: .venv-plugin/.ready ## start QGIS with the plugin in a throwaway profile (out/dev)
	/usr/bin/python3 scripts/dev.py out/dev

constraints: $(UV) ## resolve backend/constraints.txt anew
	printf 'torch==$(TORCH)\ntorchvision==$(TORCHVISION)\n' | env -u UV_FIND_LINKS $(UV) pip compile --upgrade --quiet \
		--universal --python-version 3.11 --no-annotate --custom-compile-command "make constraints" \
		--extra train --group backend/pyproject.toml:dev backend/pyproject.toml - --output-file backend/constraints.txt
# The newest pair of which a CPU build of torch is at hand wherever we work.
TORCH := 2.13.0
TORCHVISION := 0.28.0

clean: ## remove what the other targets made, environments included
	rm -rf .venv .venv-run .venv-plugin .venv-tools .qgis-settings out dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp in each environment: nothing happens while the files that it depends on stay the same.
$(CURDIR)/.venv-tools/bin/uv:
	scripts/install_packages.sh python3-venv
	python3 -m venv .venv-tools
	.venv-tools/bin/python -m pip install --quiet "uv>=0.9"

.venv/.ready: $(BACKEND_FILES) | $(UV)
	python3 scripts/install_backend.py train .venv
	@touch $@

.venv-run/.ready: backend/pyproject.toml backend/constraints.txt scripts/install_backend.py | $(UV)
	python3 scripts/install_backend.py run .venv-run
	@touch $@

.venv-plugin/.ready: tests/plugin/requirements.txt scripts/install_plugin_tests.sh scripts/install_packages.sh
	scripts/install_plugin_tests.sh
