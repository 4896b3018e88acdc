# `make` = environment + demo; `make test` = environment + tests.
PYTHON ?= python3
CORES ?= all
VENV := .venv
DOCS := .venv-docs
TORCH_VENV := .venv-torch
OPENL3_VENV := .venv-openl3
NAMED_VENV := .venv-named-sets
AUDIT := .venv-audit
# Where pip finds torch without CUDA, e.g. TORCH_INDEX="--index-url <PyTorch's CPU index>".
TORCH_INDEX ?=
# A bar of the progress where someone watches, a line a job elsewhere.
PROGRESS := --logger $(shell [ -t 2 ] && echo rich || echo lines)
UV := $(shell command -v uv)
# $(call install,environment,arguments): uv takes half of pip's time; where it is not, or fails, pip.
# Compiled as pip does it: jobs in a folder that is not theirs to write would compile all anew.
install = { $(if $(UV),$(UV) pip install --quiet --compile-bytecode --python $(1)/bin/python $(2) ||) \
  $(1)/bin/python -m pip install --quiet $(2); }
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: demo env test test-slow test-torch torch test-openl3 openl3 test-named-sets named-sets lint audit docs format lock clean

demo: env
	snakemake --cores $(CORES) $(PROGRESS)

env: $(VENV)/.installed

$(VENV)/.installed: envs/dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(call install,$(VENV),--require-hashes -r envs/dev.txt)
	$(call install,$(VENV),--no-deps --no-build-isolation --editable .)
	touch $@

test: env
	pytest -m "not slow" -n 2 --dist loadfile

test-slow: env
	pytest -m slow -n 2 --dist loadfile

# The encoders' tests, in an environment of their own with PyTorch.
test-torch: $(TORCH_VENV)/.installed
	$(TORCH_VENV)/bin/python -m pytest tests/encoders

torch: $(TORCH_VENV)/.installed

$(TORCH_VENV)/.installed: envs/torch-test.in envs/torch.in envs/core.in
	$(PYTHON) -m venv $(TORCH_VENV)
	$(TORCH_VENV)/bin/python -m pip install --quiet "$$(grep ^torch== envs/torch.in)" $(TORCH_INDEX)
	$(TORCH_VENV)/bin/python -m pip install --quiet -r envs/torch-test.in
	touch $@

# The package openl3 beside our own reading of its weights. Its set-up downloads weights, which the
# tests do not need: it is built without, or with those in the folder OPENL3_WEIGHTS.
test-openl3: $(OPENL3_VENV)/.installed
	$(OPENL3_VENV)/bin/python -m pytest tests/openl3_package

openl3: $(OPENL3_VENV)/.installed

$(OPENL3_VENV)/.installed: envs/openl3.yaml envs/openl3_offline/sitecustomize.py
	$(PYTHON) -m venv $(OPENL3_VENV)
	sed -n 's/^      - //p' envs/openl3.yaml | grep -v ^openl3= > $(OPENL3_VENV)/pins.txt
	$(call install,$(OPENL3_VENV),-r $(OPENL3_VENV)/pins.txt wheel pytest)
	PYTHONPATH=$(CURDIR)/envs/openl3_offline $(OPENL3_VENV)/bin/python -m pip install --quiet \
	  --no-deps --no-build-isolation "$$(grep ^openl3== envs/openl3.in)"
	touch $@

# The readers mirdata and soundata, on miniatures that a local server hands out.
test-named-sets: $(NAMED_VENV)/.installed
	$(NAMED_VENV)/bin/python -m pytest tests/named_sets

named-sets: $(NAMED_VENV)/.installed

$(NAMED_VENV)/.installed: envs/named_sets-test.in envs/named_sets.yaml
	$(PYTHON) -m venv $(NAMED_VENV)
	sed -n 's/^      - //p' envs/named_sets.yaml > $(NAMED_VENV)/pins.txt
	$(call install,$(NAMED_VENV),-r $(NAMED_VENV)/pins.txt -r envs/named_sets-test.in)
	touch $@

lint: env
	ruff format --check .
	ruff check .
	snakefmt --check Snakefile workflow
	mypy
	numpydoc lint $$(find workflow/audio_debias -name '*.py')
	snakemake --lint

# Known vulnerabilities of the pins, looked up by pip-audit in an environment of its own: advice, no
# test. Without a network it says so in one line.
audit:
	@said=$$(mktemp); trap 'rm -f "$$said"' EXIT; \
	[ -x $(AUDIT)/bin/pip-audit ] || { $(PYTHON) -m venv $(AUDIT) && \
	  $(AUDIT)/bin/python -m pip install --quiet pip-audit; } >"$$said" 2>&1 || \
	  { echo "audit: not done: pip-audit cannot be installed (no network?)"; exit 0; }; \
	for pins in envs/dev.txt envs/docs.txt; do \
	  if $(AUDIT)/bin/pip-audit --require-hashes --disable-pip --progress-spinner off -r $$pins >"$$said" 2>&1; \
	  then echo "audit: $$pins: no known vulnerability"; \
	  elif grep -qE '^Name +Version' "$$said"; then cat "$$said"; \
	  else echo "audit: $$pins: not done (no network?): $$(tail -n 1 "$$said" | cut -c 1-120)"; fi; \
	done

# The site, in site/: links within it are checked, and nothing is fetched to build or to read it.
docs: $(DOCS)/.installed
	NO_MKDOCS_2_WARNING=1 $(DOCS)/bin/mkdocs build
	! grep -rlE --include=*.html '<(script|img)[^>]* src="?(https?:)?//|<link[^>]* rel="?(stylesheet|preconnect)[^>]* href="?(https?:)?//' site

$(DOCS)/.installed: envs/docs.txt
	$(PYTHON) -m venv $(DOCS)
	$(call install,$(DOCS),--require-hashes -r envs/docs.txt)
	touch $@

format: env
	ruff format .
	ruff check --fix .
	snakefmt Snakefile workflow

# Pins again from envs/*.in (needs uv), then writes the conda files from the pins.
lock:
	uv pip compile --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate envs/dev.in -o envs/dev.txt
	uv pip compile --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate envs/docs.in -o envs/docs.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate envs/uv.in -o envs/uv.txt
	$(PYTHON) envs/conda_from_pins.py

clean:
	rm -rf $(VENV) $(DOCS) $(TORCH_VENV) $(OPENL3_VENV) $(NAMED_VENV) $(AUDIT) .venv-uv site
