# camhub: make run, make test. Everything else serves those two.

GO       ?= go
FUZZTIME ?= 10s

.PHONY: run build test check unit browser fuzz bench clean

run: build           ## build and run with four emulated cameras
	./build/camhub serve --demo

build:               ## build/camhub
	@mkdir -p build
	$(GO) build -trimpath -o build/camhub ./cmd/camhub

test: check unit browser fuzz   ## everything that must pass

check:               ## formatting, vet, staticcheck, module files, the page's modules
	@test -z "$$(gofmt -l cmd internal store web)" || { gofmt -d cmd internal store web; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck -checks 'all,-ST1000' ./...
	$(GO) mod tidy -diff
	node --test web/test/*.test.js
	npx --yes --package=typescript@5.9.3 tsc -p web/jsconfig.json

unit:
	$(GO) test -race -shuffle=on $$($(GO) list ./... | grep -v /browsertest)

browser:             ## the pages in a real Chromium
	$(GO) test -count=1 ./web/browsertest

# Each fuzz target for a short time; go test takes one target at a time.
fuzz:
	@for pkg in $$(grep -rl --include=*_test.go '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
		for f in $$(grep -rhoE '^func Fuzz[A-Za-z0-9_]*' $$pkg --include=*_test.go | sed 's/^func //'); do \
			echo "fuzz $$pkg $$f"; \
			$(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
		done; done

bench:               ## every performance claim, as ratios
	$(GO) test -run '^$$' -bench . -benchmem $$($(GO) list ./... | grep -v /feedbench)
	$(GO) test -run '^$$' -bench . -benchtime 1x -timeout 30m ./internal/feedbench

clean:
	rm -rf build
