# make demo    train a physical neural network on MNIST, five ways, and show the table
# make test    run every test
# make bench NAME=pat_overhead    run benchmarks/pat_overhead.py
# make docs    build docs/_build/html
# make lint    format, lint, types, import contracts
PYTHON ?= python3
CONSTRAINTS ?= constraints.txt
PYTEST ?=
BIN := .venv/bin
PACKAGES := -e '.[report,new,dev]' -e plugins/tasks -e 'plugins/acoustic[sound]' \
            -e 'plugins/electronic[daq,visa]' -e 'plugins/optical[lab]' \
            -e plugins/fluid -e 'plugins/mechanical[mujoco]'
# What drivers are tested against: sound servers, PortAudio, ngspice.
SYSTEM := jackd2 libasound2-plugins libportaudio2 ngspice pulseaudio

.PHONY: setup system demo test bench docs lint clean
setup: .venv/ready

.venv/ready: pyproject.toml $(wildcard plugins/*/pyproject.toml) $(CONSTRAINTS)
	@$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "pnn needs Python 3.11 or newer, this is " + sys.version + "; try make PYTHON=python3.12"'
	@echo "setting up .venv (about a minute, most of it torch) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install -q --disable-pip-version-check -c $(CONSTRAINTS) $(PACKAGES)
	@touch $@

# Installs them where that is allowed without asking; elsewhere says how.
system:
	@if dpkg -s $(SYSTEM) >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing $(SYSTEM) ..."; \
	  echo jackd2 jackd/tweak_rt_limits boolean false | debconf-set-selections; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
	    --no-install-recommends $(SYSTEM) >/dev/null; \
	else echo "tests against sound servers and ngspice will skip: they need $(SYSTEM)"; fi

demo: .venv/ready
	$(BIN)/python examples/demo.py

test: .venv/ready system
	$(BIN)/python -m pytest -n 2 $(PYTEST)

bench: .venv/ready
	$(BIN)/python benchmarks/$(NAME).py

docs: .venv/ready
	$(BIN)/python -m sphinx -W -q -b html docs docs/_build/html

lint: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf .venv docs/_build
