# chainring. On a fresh Debian 12 with git and make, as root:  make run  shows a campaign,  make test  proves the build.
# Everything is quick when nothing changed; build/ holds all that is made.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build
.PHONY: run cluster test deps build bench nightly asan asan-all tsan fuzz clean help

jobs ?= $(shell nproc)
fuzz_seconds ?= 60
sample := build/sample
export CTEST_PARALLEL_LEVEL ?= $(jobs)
# Compiler caches serve every clone of the project on a machine.
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1

help: ## what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

deps: ## install missing packages (apt) and QuickJS
	@.ci/deps

build: build/release/build.ninja ## release build: build/release/chainring
	@cmake --build --preset release -j $(jobs)

run: build $(sample)/families.csv ## build, then run the sample campaign to its end
	@rm -f $(sample)/sample.db $(sample)/sample.db-wal $(sample)/sample.db-shm $(sample)/calls.jsonl
	@build/release/chainring run --config conf/sample/campaign.toml

cluster: build $(sample)/families.csv ## three nodes on one PostgreSQL dial a campaign, one is killed in the middle
	@python3 conf/cluster/show.py build/release/chainring $(sample)

test: build/dev/build.ninja ## build for development and run the tests
	@cmake --build --preset dev -j $(jobs)
	@ctest --preset dev

asan: build/asan/build.ninja ## engine and domain, which read what is hostile, under address and undefined-behaviour sanitizers
	@cmake --build --preset asan -j $(jobs) --target test_scxml test_dialer test_conformance
	@ctest --preset asan

asan-all: build/asan/build.ninja ## all tests under these sanitizers: the actors take a quarter of an hour to build
	@cmake --build --preset asan -j $(jobs)
	@ctest --preset asan-all

tsan: build/tsan/build.ninja ## what has threads, actors and the program, under the thread sanitizer
	@cmake --build --preset tsan -j $(jobs) --target test_actors chainring chainring_next
	@ctest --preset tsan

fuzz: build/fuzz/build.ninja ## each fuzz target for fuzz_seconds (60), two at a time
	@cmake --build --preset fuzz -j $(jobs) --target fuzz
	@python3 tests/fuzz/run.py build/fuzz $(fuzz_seconds)

nightly: test asan-all tsan ## all tests, the long ones too
	@ctest --preset nightly

bench: build ## the benches; figures as Google Benchmark JSON in build/bench.json
	@build/release/chainring-bench --benchmark_out=build/bench.json --benchmark_out_format=json
	@python3 bench/servers.py build/release/chainring

clean: ## forget all that was built
	@rm -rf build

$(sample)/families.csv: conf/sample/make_list.py
	@python3 conf/sample/make_list.py $(sample)

# Ninja configures again by itself when a CMakeLists.txt changes; presets it does not watch.
build/%/build.ninja: CMakePresets.json | deps
	@mkdir -p build && cmake --preset $* > build/configure-$*.log 2>&1 || { cat build/configure-$*.log >&2; exit 1; }
	@touch $@
