# Everything a newcomer and CI run. `make help` lists it.
SHELL := /bin/bash
SOURCES := Sources Tests Benchmarks pieces Package.swift
EXAMPLE := .build/example
# All at once on two cores, every test is slow and those that wait for a server run into their time limits.
TESTS_AT_ONCE := 8

.PHONY: help setup build run test check crash-test broken-builds chaos fuzz mutations real-peers bench format format-check floors install

help: ## List what there is to run
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

setup: ## Install the system packages that build and tests need (Debian: through apt)
	@scripts/setup tests

build: ## Build the command, debug
	@scripts/setup
	@scripts/build --product maestro

run: build ## Build Maestro and reflect on an example session: no model, no network
	@rm -rf $(EXAMPLE)
	@.build/debug/maestro reflect examples/first-session.jsonl --data $(EXAMPLE) --reflector offline --example

test: setup ## Run every test
	@scripts/build --build-tests
	@SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(TESTS_AT_ONCE) scripts/test

crash-test: setup ## Crashes, full disks and power failures at every effect, from inside and (needs strace) outside: half an hour
	@scripts/build --build-tests
	@MAESTRO_CRASH_TEST=$(or $(ONLY),all) SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(TESTS_AT_ONCE) \
		swift test --skip-build --filter 'A crash|A power failure|A local store|A holder of a job|The binary|What the binary makes durable|A disk that stays full'

broken-builds: setup ## The test of the crash test: a fault at a time in the source, each of which must be noticed
	@scripts/broken-builds

chaos: setup ## Processes in each other's way for MINUTES (3), killed at random; STORE=postgres: 20,000 JOBS of 2,000 USERS
	@scripts/build --build-tests
ifeq ($(STORE),postgres)
	@MAESTRO_CHAOS_JOBS=$(or $(JOBS),20000) MAESTRO_CHAOS_USERS=$(or $(USERS),2000) \
		MAESTRO_CHAOS_NOISY_JOBS=$(or $(NOISY_JOBS),$$(( $(or $(JOBS),20000) / 4 ))) \
		swift test --skip-build --filter 'Workers on PostgreSQL'
else
	@MAESTRO_CHAOS_SECONDS=$$(( $(or $(MINUTES),3) * 60 )) swift test --skip-build --filter 'Several processes'
endif

real-peers: build ## Run maestro against a llama-cpp-python server with random weights, installed below FOLDER, outside the tree
	@scripts/real-peers $(or $(FOLDER),$${TMPDIR:-/tmp}/maestro-real-peers)

check: format-check floors test ## Format, floors and tests: what CI runs

format: ## Rewrite the sources in the project's format
	@swift format -i -r -p $(SOURCES)

format-check: ## Fail where the format or a rule of the linter is broken
	@swift format lint --strict -r -p $(SOURCES)

floors: ## Fail where a folder of the engine uses one above it, or the engine imports the outside world
	@scripts/floors

fuzz: setup ## Run libFuzzer over every parser of other people's bytes, SECONDS=60 each; PARSER=reply for one
	@scripts/fuzz-build
	@scripts/fuzz $(or $(SECONDS),60) $(PARSER)

mutations: setup ## Mutate good replies and documents, MUTATIONS=100000 of each kind, in a release build
	@MAESTRO_FUZZ=tests scripts/build -c release --scratch-path .build-mutations --build-tests -Xswiftc -enable-testing
	@MAESTRO_FUZZ=tests MAESTRO_MUTATIONS=$(or $(MUTATIONS),100000) swift test -c release --skip-build \
	    --scratch-path .build-mutations --filter 'A mutated|A hostile'

install: ## Build a release binary and install it as PREFIX/bin/maestro (default ~/.local)
	@scripts/setup
	@scripts/build -c release --scratch-path .build-release --product maestro
	@install -D -m 755 .build-release/release/maestro "$${PREFIX:-$$HOME/.local}/bin/maestro"
	@echo "installed $${PREFIX:-$$HOME/.local}/bin/maestro"

bench: ## Measure a release build with a scripted model: a quarter of an hour; QUICK=1 for three minutes, ONLY=postgres for one part
	@scripts/setup
	@scripts/build -c release --scratch-path .build-release --product maestro
	@scripts/build -c release --scratch-path .build-release --product maestro-bench
	@.build-release/release/maestro-bench --binary .build-release/release/maestro $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY))
