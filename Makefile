# One release build serves the demo and the tests: the tests use package access, never @testable, so nothing has
# to be built a second time for them.
SHELL := /bin/bash
SWIFT ?= swift

formatted  := Package.swift $(wildcard Sources Tests Examples Benchmarks Fuzzing)
format     := --recursive --parallel --configuration .swift-format
benchmarks := fidelity board-runs versaslot-classes granularity cache broker cluster bitstream mutations configuration hostile

.PHONY: demo test bench build format lint protos clean setup

demo: build
	scripts/demo

test: build
	$(SWIFT) test -c release --skip-build --disable-xctest

bench: build
	for name in $(benchmarks); do .build/release/benchmarks $$name || exit; done

build: setup
	$(SWIFT) build -c release --build-tests --disable-xctest

setup:
	scripts/setup

format:
	$(SWIFT) format --in-place $(format) $(formatted)

lint:
	$(SWIFT) format lint --strict $(format) $(formatted)

protos:
	scripts/protos

clean:
	$(SWIFT) package clean
	rm -rf .demo
