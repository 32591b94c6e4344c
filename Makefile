# camhub: make run, make test. Everything else serves those two.

GO       ?= go
FUZZTIME ?= 10s
SOAK     ?= 10m

.PHONY: run build test check vulncheck unit browser fuzz bench soak dist test-dist test-v4l2 bench-v4l2 cross clean

run: build           ## build and run with four emulated cameras
	./build/camhub serve --demo

build:               ## build/camhub
	@mkdir -p build
	$(GO) build -trimpath -o build/camhub ./cmd/camhub

test: check vulncheck unit browser fuzz   ## everything that must pass

check:               ## formatting, vet, staticcheck, module files, the page's modules
	@test -z "$$(gofmt -l cmd internal store web)" || { gofmt -d cmd internal store web; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck -checks 'all,-ST1000' ./...
	$(GO) mod tidy -diff
	node --test web/test/*.test.js
	npx --yes --package=typescript@5.9.3 tsc -p web/jsconfig.json

vulncheck:           ## known weaknesses of what the program is built of
	GO=$(GO) bash internal/release/vulncheck.sh ./...

# Tests wait most of the time, and a test program that waits takes the place of one that
# is to be built, so there are more at once than processors. "check" has vetted them all.
unit:                ## all but the browser, with the race detector
	GO=$(GO) bash .ci/gotest.sh -race -shuffle=on -vet=off -timeout=20m -p=$$(( $$(getconf _NPROCESSORS_ONLN) + 2 )) -parallel=6 $$($(GO) list ./... | grep -v /browsertest)

browser:             ## the pages in a real Chromium
	GO=$(GO) bash .ci/gotest.sh -count=1 -vet=off -timeout=20m ./web/browsertest

# Each fuzz target for a short time. A package is built once for all that it has. Go may
# report the end of that time as a failure, without an input that fails.
fuzz:
	@mkdir -p build
	@for pkg in $$(grep -rl --include=*_test.go '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
		$(GO) test -c -fuzz Fuzz -o build/fuzz.test $$pkg || exit 1; \
		for f in $$(grep -rhoE '^func Fuzz[A-Za-z0-9_]*' $$pkg/*_test.go | sed 's/^func //'); do \
			echo "fuzz $$pkg $$f"; \
			(cd $$pkg && $(CURDIR)/build/fuzz.test -test.run '^$$' -test.fuzz "^$$f$$" -test.fuzztime $(FUZZTIME) -test.fuzzminimizetime 10x \
				-test.fuzzcachedir "$$($(GO) env GOCACHE)/fuzz/camhub/$$pkg") >build/fuzz.log 2>&1 || \
			{ grep -qx '    context deadline exceeded' build/fuzz.log && ! grep -q 'Failing input' build/fuzz.log; } || \
			{ cat build/fuzz.log; exit 1; }; \
		done; done

bench:               ## every performance claim, as ratios
	$(GO) test -run '^$$' -bench . -benchmem $$($(GO) list ./... | grep -v /feedbench)
	$(GO) test -run '^$$' -bench . -benchtime 1x -timeout 30m ./internal/feedbench

soak:                ## the hub for SOAK under all that happens in years; it ends with a table of faults
	$(GO) test -count=1 -v -timeout 24h ./internal/soak -soak $(SOAK) $(SOAK_FLAGS)

dist:                ## build/dist: archives of a release, the same bytes every time
	GO=$(GO) bash internal/release/dist.sh build/dist

test-dist: dist      ## builds them again, and runs them, those for other processors under qemu-user
	GO=$(GO) bash internal/release/try.sh build/dist

# Local cameras, in a virtual machine with real drivers. It needs Debian's apt-get
# (see internal/source/v4l2/testvm/v4l2vm.sh), no root and no camera.
V4L2     = internal/source/v4l2
V4L2VM   = $(V4L2)/testvm/v4l2vm.sh
V4L2_RUN ?= .

build/v4l2.test: FORCE
	@mkdir -p build
	CGO_ENABLED=0 $(GO) build -trimpath -o build/uvcsim ./$(V4L2)/testvm/uvcsim
	$(GO) test -c -tags 'v4l2 netgo osusergo' -ldflags '-s -w -linkmode external -extldflags -static' -o build/v4l2.test ./$(V4L2)
FORCE:

test-v4l2: build/v4l2.test   ## local cameras, and the hub with them
	$(V4L2VM) prepare
	$(V4L2VM) run -t 900 -m 768 -f build/uvcsim build/v4l2.test -test.v -test.timeout 5h -test.run '$(V4L2_RUN)'
	$(GO) test -tags v4l2 -count=1 ./$(V4L2)/testvm

bench-v4l2: build/v4l2.test  ## instructions for a frame, beside ustreamer
	$(V4L2VM) prepare
	$(V4L2VM) run -l -t 900 -m 768 -f build/uvcsim -f $$(command -v ustreamer) build/v4l2.test -test.run '^$$' -test.bench . -test.benchtime 1x

# What a Raspberry Pi runs, with local cameras (as in a release) and without.
STATIC = -trimpath -tags netgo,osusergo -ldflags '-linkmode external -extldflags -static'
cross:
	@mkdir -p build
	CGO_ENABLED=1 CC=aarch64-linux-gnu-gcc GOOS=linux GOARCH=arm64 $(GO) build $(STATIC) -o build/camhub-arm64 ./cmd/camhub
	CGO_ENABLED=1 CC=arm-linux-gnueabihf-gcc GOOS=linux GOARCH=arm GOARM=7 $(GO) build $(STATIC) -o build/camhub-armv7 ./cmd/camhub
	CGO_ENABLED=0 GOOS=linux GOARCH=arm GOARM=7 $(GO) build -trimpath -o build/camhub-armv7-nocgo ./cmd/camhub
	CGO_ENABLED=0 $(GO) test ./$(V4L2)

clean:
	rm -rf build
