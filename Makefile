# bangfu. `make` alone shows this help.
# Everything but the race detector is built without cgo.
export CGO_ENABLED = 0

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS  = -s -w -X bangfu/cmd/internal/version.Number=$(VERSION)
TOOL     = go tool -modfile=tools/go.mod

.DEFAULT_GOAL := help
.PHONY: help run build test test-setup lint check generate pictures bench clean

help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  State of 'make run' lives in ./data; PORT=8080 and TEMPORAL_PORT=7233 choose its ports."

run: bin/standalone ## Start everything on this machine, with demonstration data
	@exec bin/standalone --http-port=$(or $(PORT),8080) --temporal-port=$(or $(TEMPORAL_PORT),7233)

build: bin/bangfu bin/standalone ## Build both programs into bin/

test: test-setup ## Install what the tests need, then run every test
	@scripts/test

test-setup: ## Install what the tests need and nothing else
	@scripts/test-setup

lint: ## Check formatting, rules, imports and workflows' determinism
	@scripts/lint

check: ## Everything that CI runs: the tests and the linters
	@.ci/run

generate: ## Write generated files again (pages, golden histories, OpenAPI document)
	@scripts/generate

pictures: test-setup ## Take pictures of every page of every role into pictures/
	@scripts/pictures

bench: ## Print benchmarks, each beside its floor
	@scripts/bench

clean: ## Remove what was built; ./data stays
	rm -rf bin

# go build decides by itself what is stale; the programs are always asked for.
# The same flags as the tests have, so that the Temporal server is compiled once;
# the Dockerfile builds what is shipped.
.PHONY: bin/bangfu bin/standalone
bin/bangfu:
	@go build -ldflags '$(LDFLAGS)' -o $@ ./cmd/bangfu

bin/standalone:
	@test -x $@ || echo "Building. The first build compiles a whole Temporal server and takes minutes; later ones take seconds."
	@go build -ldflags '$(LDFLAGS)' -o $@ ./cmd/standalone
