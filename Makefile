# `make help` lists the targets. Variables: PORT, PYTHON, DATABASE_URL, PASI_VAR, ARGS (of test).

PORT ?= 8000
VAR := $(or $(PASI_VAR),var)
VENV := .venv
RUN := $(VENV)/bin/python

# A candidate counts only if it really runs (a pyenv shim may exist and fail) and is new enough.
RIGHT_VERSION := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c '$(RIGHT_VERSION)' >/dev/null 2>&1 && echo $$p && break; done)

define MAKE_VENV
	"$(PYTHON)" -c '$(RIGHT_VERSION)' 2>/dev/null || { \
	  echo "PASI needs Python 3.11 or newer: install it, or name it: make PYTHON=/path/to/it" >&2; \
	  exit 1; }; \
	"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) lacks the module venv or ensurepip (Debian: apt install python3-venv)" >&2; \
	  exit 1; }; \
	"$(PYTHON)" -m venv --clear $(VENV)
endef

help:
	@echo "make demo       everything, from nothing to a served province with its awards"
	@echo "make test       the whole test suite (ARGS='-k name' for a part)"
	@echo "make test-thorough  the same with more generated examples, as before a change lands"
	@echo "make bench      the speed of the award, the import, re-issues, creating and finding"
	@echo "                students, alerts, eligibility, pages (STUDENTS=3000000: size of the"
	@echo "                registry; ONLY=award, re-issue, registry, alerts, eligibility, back-office)"
	@echo "make screenshots  the pictures of docs/staff-guide.md, from the pages as they are now"
	@echo "make lint       style, Django checks, migrations, rule catalogue, OpenAPI"
	@echo "make serve      the services and the back office on 127.0.0.1:$(PORT)"
	@echo "make worker     the background workers: alerts, eligibility, runs of awarding in bulk"
	@echo "make stop       stop the embedded PostgreSQL"
	@echo "make clean-var  delete the embedded database (asks first)"

demo: $(VENV)/.installed
	@$(RUN) manage.py demo --port $(PORT)

test: $(VENV)/.installed-dev
	$(RUN) -m pytest -n auto $(ARGS)

test-thorough: $(VENV)/.installed-dev
	PASI_TESTS=thorough $(RUN) -m pytest -n auto $(ARGS)

bench: $(VENV)/.installed-dev
	$(RUN) -m tests.benchmarks $(if $(STUDENTS),--registry $(STUDENTS) --back-office $(STUDENTS)) $(if $(ONLY),--only $(ONLY))

PICTURED = (clerk_signs_in or filters or second_factor or awards_in_bulk or officer
PICTURED += or clerk_creates or administrator) and not telephone

screenshots: $(VENV)/.installed-dev
	PASI_PICTURES=docs/pictures $(RUN) -m pytest -q tests/browser -k '$(PICTURED)'

lint: $(VENV)/.installed-dev
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check
	$(RUN) manage.py check
	$(RUN) manage.py makemigrations --check --dry-run
	$(RUN) manage.py export_rules --check
	$(RUN) manage.py spectacular --validate --fail-on-warn --file /dev/null

serve: $(VENV)/.installed
	$(RUN) manage.py migrate --verbosity 0
	$(RUN) -m gunicorn pasi.wsgi --bind 127.0.0.1:$(PORT) --workers 2 --threads 4 \
	  --no-control-socket

worker: $(VENV)/.installed
	$(RUN) manage.py worker

stop:
	@if $(RUN) -c 'import psycopg' 2>/dev/null; then $(RUN) -m pasi.database stop; \
	  if test -d '$(VAR)/tests'; then PASI_VAR='$(VAR)/tests' $(RUN) -m pasi.database stop; fi; \
	else echo "Nothing to stop: $(VENV) is not installed."; fi

clean-var:
	@printf 'Delete everything in %s, the database included? Type yes: ' "$(VAR)"; read answer; \
	if test "$$answer" = yes; then $(MAKE) -s stop && rm -rf "$(VAR)"; else echo Kept.; fi

$(VENV)/.installed: requirements.txt
	@$(RUN) -c '$(RIGHT_VERSION)' 2>/dev/null || { $(MAKE_VENV); }
	@$(RUN) -m pip --version >/dev/null 2>&1 || $(RUN) -m ensurepip >/dev/null
	@echo "Installing requirements.txt into $(VENV)"
	@$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing requirements-dev.txt into $(VENV)"
	@$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

.PHONY: help demo test test-thorough bench screenshots lint serve worker stop clean-var
