# SPDX-License-Identifier: GPL-2.0-or-later
#
# The commands of p9xive. Each installs and prepares what it needs by itself;
# "make help" lists them.

BUILD ?= build
STOCK ?= build-stock
RUN_TESTS = /usr/bin/python3 scripts/run-tests.py \
            --build $(BUILD) --stock $(STOCK)
export PREFIX DESTDIR

all: $(BUILD)/build.ninja
	@scripts/build.sh $(BUILD)

help:
	@echo 'make             build $(BUILD)/qemu-system-ppc64'
	@echo 'make demo        install, fetch, build, and boot Linux on it'
	@echo 'make check-core  build and test the core; needs no QEMU'
	@echo 'make check       every test there is'
	@echo 'make check-stock what the tests of gaps say of QEMU without p9xive:'
	@echo '                 QEMU=PATH any binary, QEMU=debian-12|debian-13|newest'
	@echo 'make check-lines build and test with the other lines of QEMU'
	@echo 'make check-full  all of these and what takes too long for make check'
	@echo 'make bench       ours and stock side by side'
	@echo 'make stock       build $(STOCK)/qemu-system-ppc64 without p9xive'
	@echo 'make install     put binary, core library, pages below $$PREFIX'
	@echo 'make clean       remove both build directories (not the cache)'

$(BUILD)/build.ninja: configure
	@scripts/deps.sh qemu
	@scripts/configure-once.sh $(BUILD)

$(STOCK)/build.ninja: configure
	@scripts/deps.sh qemu
	@scripts/configure-once.sh $(STOCK) --stock

stock: $(STOCK)/build.ninja
	@scripts/build.sh $(STOCK)

demo:
	@scripts/demo.sh $(BUILD)

check-core:
	@scripts/deps.sh --check core || { echo 'Debian packages are missing' \
	    '(above): scripts/deps.sh core installs them' >&2; exit 1; }
	@$(RUN_TESTS) check-core

check:
	@scripts/deps.sh all
	@$(RUN_TESTS) check

check-stock:
	@scripts/deps.sh $(if $(QEMU),guest fetch,all)
	@$(RUN_TESTS) $(if $(QEMU),--subject $(QEMU)) check-stock

check-lines:
	@scripts/deps.sh all
	@$(RUN_TESTS) check-lines

check-full:
	@scripts/deps.sh all
	@$(RUN_TESTS) check-full

core:
	@scripts/deps.sh core
	@[ -e $(BUILD)/core/build.ninja ] || meson setup $(BUILD)/core
	@ninja -C $(BUILD)/core

bench: core all stock
	@scripts/deps.sh guest
	@/usr/bin/python3 tests/bench/bench.py \
	    --qemu $(BUILD)/qemu-system-ppc64 \
	    --stock $(STOCK)/qemu-system-ppc64 \
	    --core-bench $(BUILD)/core/tests/bench/core-bench \
	    --json $(BUILD)/bench.json
	@/usr/bin/python3 tests/bench/pnv_bench.py \
	    --qemu $(BUILD)/qemu-system-ppc64 \
	    --stock $(STOCK)/qemu-system-ppc64
	@/usr/bin/python3 tests/bench/linux.py \
	    --qemu $(BUILD)/qemu-system-ppc64 \
	    --stock $(STOCK)/qemu-system-ppc64

install: all
	@scripts/install.sh core $(BUILD)
	@scripts/install.sh qemu $(BUILD)

install-core:
	@scripts/deps.sh --check core
	@scripts/install.sh core $(BUILD)

clean:
	rm -rf $(BUILD) $(STOCK)

.PHONY: all help core stock demo check-core check check-stock check-lines \
        check-full bench install install-core clean
