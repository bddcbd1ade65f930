# SPDX-License-Identifier: GPL-2.0-only
#
#   make           kmod/xrsched.ko, build/lib/libxrsched.*, build/bin/xrsched, BPF
#   make demo      lookahead, DREAM, EDF and FCFS on VR_Gaming inside a test VM
#   make demo-host the same on this machine's own kernel (as root)
#   make demo-cpu  layers executed for real, by two processes, in a test VM
#   make test      everything that is tested; ends with "N passed, N failed"
#   make eval      the standard evaluation: Documentation/evaluation.md
#                  (EVAL_SEEDS, EVAL_SECONDS)
#   make check     checkpatch, sparse, W=1, shellcheck, clang-format
#   make install   library, tool, man pages and udev rule under PREFIX (/usr/local)
#   make install-module  xrsched.ko, and what engines' drivers are built with

BUILD := $(CURDIR)/build
export BUILD
PREFIX ?= /usr/local
DESTDIR ?=

# Kernel to build kmod/xrsched.ko for: the one that runs if its headers are
# installed, else the test VM's stock kernel, unpacked into a cache.
KDIR ?= $(wildcard /lib/modules/$(shell uname -r)/build)
# Where it is built.
KMOD ?= $(CURDIR)/kmod

.PHONY: all packages module lib tools bpf demo demo-host demo-cpu test eval \
	bench bench-json bench-check check install install-man install-driver \
	install-module clean

all: module lib tools bpf

# Debian packages, by name; says which are missing before it installs them.
packages:
	@tests/vm/packages --install

module:
ifneq ($(KDIR),)
	$(MAKE) -C $(KDIR) M=$(KMOD) W=1 modules
else
	@tests/vm/build-module stock >$(BUILD)/.module-path
	@from=$$(dirname "$$(cat $(BUILD)/.module-path)"); \
		cp "$$from"/xrsched.ko "$$from"/Module.symvers kmod; \
		cp "$$from"/samples/xrsched_sample.ko kmod/samples
	@echo "kmod/xrsched.ko is for the test VM's kernel: this one has no headers installed"
endif

lib:
	@$(MAKE) --no-print-directory -C libxrsched

tools: lib bpf
	@$(MAKE) --no-print-directory -C tools

bpf:
	@$(MAKE) --no-print-directory -C bpf

module lib tools bpf: | $(BUILD)
$(BUILD):
	@mkdir -p $@

demo: packages
	@$(MAKE) --no-print-directory all
	@tests/vm/run --icount --timeout 170 -- tools/demo

demo-host:
	@$(MAKE) --no-print-directory packages
	@$(MAKE) --no-print-directory all
	@tools/demo

demo-cpu: packages
	@$(MAKE) --no-print-directory all
	@tests/vm/run --timeout 300 -- tools/demo-cpu

test: packages
	@tests/run

eval: packages lib tools
	@tools/eval-report

bench: packages lib tools
	@tests/bench/run $(BENCH_ARGS)
	@tests/bench/sim
	@tests/bench/kernel

bench-json: packages lib
	@tests/bench/kernel --json

bench-check: packages lib
	@tests/bench/kernel --check

check:
	@tests/check/run

# A page is found by each of its names.
install-man:
	@set -e; for page in Documentation/man/*.[1-9]; do \
		section=$${page##*.}; name=$$(basename $$page); \
		dir=$(DESTDIR)$(PREFIX)/share/man/man$$section; \
		install -D -m 644 $$page $$dir/$$name; \
		for other in $$(sed -n '/^\.Sh SYNOPSIS/q; s/^\.Nm \([^ ]*\).*/\1/p' $$page); do \
			[ $$other.$$section = $$name ] || ln -sf $$name $$dir/$$other.$$section; \
		done; \
	done

# What a driver of an engine is built with, out of this tree; the versions of the
# module's symbols come with the module that has them, one file for each kernel.
SRC := $(DESTDIR)$(PREFIX)/src/xrsched
install-driver:
	install -d $(SRC)/samples
	install -m 644 kmod/xrsched_engine.h $(SRC)
	install -m 644 kmod/samples/Kbuild kmod/samples/xrsched_sample.c $(SRC)/samples

install-module: module install-driver
ifneq ($(KDIR),)
	@# Of Debian's headers, "make kernelrelease" says another than uname does.
	@set -e; release=$$(sed -n 's/^#define UTS_RELEASE "\(.*\)"/\1/p' \
			$(KDIR)/include/generated/utsrelease.h); set -x; \
		install -D -m 644 $(KMOD)/xrsched.ko \
			"$(DESTDIR)/lib/modules/$$release/extra/xrsched.ko"; \
		$(if $(DESTDIR),,depmod "$$release";) \
		install -D -m 644 -t "$(SRC)/$$release" $(KMOD)/Module.symvers
	@# Older installations had one for all.
	rm -f $(SRC)/Module.symvers
else
	@echo "this kernel has no headers: apt-get install linux-headers-$$(uname -r)" >&2
	@exit 1
endif

install: lib tools bpf install-man install-driver
	@$(MAKE) --no-print-directory -C libxrsched install PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)
	@$(MAKE) --no-print-directory -C tools install PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)
	install -D -m 644 kmod/99-xrsched.rules $(DESTDIR)/lib/udev/rules.d/99-xrsched.rules

clean:
	rm -rf $(BUILD)
	rm -f kmod/Module.symvers kmod/modules.order kmod/samples/modules.order
	for dir in kmod kmod/core kmod/samples; do (cd $$dir && \
		rm -f *.o *.ko *.mod *.mod.c .*.cmd); done
