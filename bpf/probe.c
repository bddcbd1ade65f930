// SPDX-License-Identifier: GPL-2.0-only
/*
 * What all probes need of the system, and words for when it is not there.
 */
#include <errno.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "probe.h"

/* Debian 12's capability header has them; older ones may not. */
#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#endif
#ifndef CAP_BPF
#define CAP_BPF 39
#endif

#define FORMAT_MAX 16384

/* libbpf looks in the second if it is there, and both show the same. */
static const char *const tracefs[] = {
	"/sys/kernel/tracing",
	"/sys/kernel/debug/tracing",
};

int xrs_probe_fail(struct xrs_probe_error *error, int ret, const char *format,
		   ...)
{
	va_list args;

	if (error) {
		va_start(args, format);
		vsnprintf(error->text, sizeof(error->text), format, args);
		va_end(args);
	}
	return ret;
}

/* What an errno of bpf() or perf_event_open() mostly means. */
static const char *hint_of(int ret)
{
	switch (-ret) {
	case EPERM:
	case EACCES:
		return ": forbidden by lockdown, a security module or seccomp?";
	case ENOMEM:
		return "";
	default:
		return ": no CONFIG_BPF_SYSCALL or CONFIG_BPF_EVENTS? --verbose says more";
	}
}

int xrs_probe_fail_to(const char *what, int ret, struct xrs_probe_error *error)
{
	return xrs_probe_fail(error, ret, "cannot %s the BPF program: %s%s",
			      what, strerror(-ret), hint_of(ret));
}

static int effective_capabilities(unsigned long long *mask)
{
	char line[256];
	FILE *file = fopen("/proc/self/status", "re");
	bool found = false;

	if (!file)
		return -errno;
	while (!found && fgets(line, sizeof(line), file))
		found = sscanf(line, "CapEff: %llx", mask) == 1;
	fclose(file);
	return found ? 0 : -ENOENT;
}

/* If /proc cannot tell, the kernel will. */
static bool have(int capability)
{
	unsigned long long mask;

	return effective_capabilities(&mask) || mask >> capability & 1;
}

int xrs_probe_may(struct xrs_probe_error *error)
{
	const bool admin = have(CAP_SYS_ADMIN);
	const bool bpf = admin || have(CAP_BPF);
	const bool perfmon = admin || have(CAP_PERFMON);

	if (bpf && perfmon)
		return 0;
	return xrs_probe_fail(error, -EPERM, "missing %s%s%s: run as root",
			      bpf ? "" : "CAP_BPF",
			      bpf || perfmon ? "" : " and ",
			      perfmon ? "" : "CAP_PERFMON");
}

int xrs_probe_module(struct xrs_probe_error *error)
{
	if (!access("/sys/module/xrsched", F_OK))
		return 0;
	return xrs_probe_fail(error, -ENOENT,
			      "module xrsched is not loaded: modprobe xrsched, or insmod kmod/xrsched.ko");
}

const char *xrs_probe_why_no_btf(void)
{
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		return "the kernel has no BTF (CONFIG_DEBUG_INFO_BTF)";
	if (access("/sys/kernel/btf/xrsched", R_OK))
		return "the module was built without BTF";
	if (!have(CAP_SYS_ADMIN))
		return "missing CAP_SYS_ADMIN, for type information of modules";
	return NULL;
}

/* The struct that a (const) pointer points to; NULL if it points elsewhere. */
static const char *pointee(const struct btf *btf, __u32 id)
{
	const struct btf_type *type = btf__type_by_id(btf, id);

	if (!type || !btf_is_ptr(type))
		return NULL;
	type = btf__type_by_id(btf, type->type);
	while (type && btf_is_mod(type))
		type = btf__type_by_id(btf, type->type);
	if (!type || !btf_is_struct(type))
		return NULL;
	return btf__name_by_offset(btf, type->name_off);
}

static bool arg_fits(const struct btf *btf, __u32 id,
		     const struct xrs_probe_arg *arg)
{
	const struct btf_type *type;
	const char *name;
	int resolved;

	if (arg->points_to) {
		name = pointee(btf, id);
		return name && !strcmp(name, arg->points_to);
	}
	resolved = btf__resolve_type(btf, id);
	type = resolved > 0 ? btf__type_by_id(btf, resolved) : NULL;
	return type && btf_is_int(type) && type->size == arg->size;
}

/* A tracepoint's arguments are those of its probes, after a private pointer. */
bool xrs_probe_fits(const struct btf *btf, const char *event,
		    const struct xrs_probe_arg *args, size_t nr)
{
	const struct btf_type *type;
	char probe[64];
	size_t i;
	int id;

	snprintf(probe, sizeof(probe), "btf_trace_%s", event);
	id = btf__find_by_name_kind(btf, probe, BTF_KIND_TYPEDEF);
	type = id > 0 ? btf__type_by_id(btf, id) : NULL;
	if (type)
		type = btf__type_by_id(btf, type->type);
	if (type && btf_is_ptr(type))
		type = btf__type_by_id(btf, type->type);
	if (!type || !btf_is_func_proto(type) || btf_vlen(type) <= nr)
		return false;
	for (i = 0; i < nr; i++)
		if (!arg_fits(btf, btf_params(type)[i + 1].type, &args[i]))
			return false;
	return true;
}

int xrs_probe_prototype(const char *event, const struct xrs_probe_arg *args,
			size_t nr, struct xrs_probe_error *error)
{
	struct btf *vmlinux, *module;
	bool fits;

	vmlinux = btf__load_vmlinux_btf();
	if (!vmlinux)
		return xrs_probe_fail(error, -errno,
				      "cannot read the kernel's BTF: %s",
				      strerror(errno));
	module = btf__load_module_btf("xrsched", vmlinux);
	if (!module) {
		btf__free(vmlinux);
		return xrs_probe_fail(error, -errno,
				      "cannot read the module's BTF: %s",
				      strerror(errno));
	}
	fits = xrs_probe_fits(module, event, args, nr);
	btf__free(module);
	btf__free(vmlinux);
	if (fits)
		return 0;
	return xrs_probe_fail(error, -EPROTO,
			      "this xrsched module's event %s has other arguments",
			      event);
}

/* The last word before the ';', brackets of an array cut off. */
static bool field_is(const char *declaration, size_t len, const char *name)
{
	size_t end = len, start;

	if (end && declaration[end - 1] == ']') {
		while (end && declaration[end - 1] != '[')
			end--;
		end = end ? end - 1 : 0;
	}
	for (start = end; start && declaration[start - 1] != ' ' &&
	     declaration[start - 1] != '*'; start--)
		;
	return end - start == strlen(name) &&
	       !memcmp(declaration + start, name, end - start);
}

static int find_field(const char *text, const char *name, unsigned int *offset,
		      unsigned int *size)
{
	static const char key[] = "field:";
	const char *at = text, *end;

	while ((at = strstr(at, key))) {
		at += sizeof(key) - 1;
		end = strchr(at, ';');
		if (!end)
			break;
		if (field_is(at, end - at, name) &&
		    sscanf(end, "; offset:%u; size:%u;", offset, size) == 2)
			return 0;
	}
	return -ENOENT;
}

int xrs_probe_format(const char *text, const struct xrs_probe_field *fields,
		     size_t nr, struct xrs_probe_error *error)
{
	unsigned int offset, size;
	size_t i;

	for (i = 0; i < nr; i++) {
		const struct xrs_probe_field *field = &fields[i];

		if (find_field(text, field->name, &offset, &size))
			return xrs_probe_fail(error, -EPROTO,
					      "has no field '%s'", field->name);
		if (offset != field->offset || size != field->size)
			return xrs_probe_fail(error, -EPROTO,
					      "has field '%s' at offset %u with %u bytes, not at %u with %u",
					      field->name, offset, size,
					      field->offset, field->size);
	}
	return 0;
}

/* Reads a small file; the caller frees the text. */
static int slurp(const char *path, char **text)
{
	FILE *file = fopen(path, "re");
	size_t len;

	if (!file)
		return -errno;
	*text = malloc(FORMAT_MAX);
	if (!*text) {
		fclose(file);
		return -ENOMEM;
	}
	len = fread(*text, 1, FORMAT_MAX - 1, file);
	(*text)[len] = '\0';
	fclose(file);
	return 0;
}

static int read_format(const char *event, char **text,
		       struct xrs_probe_error *error)
{
	bool mounted = false;
	struct stat info;
	char path[256];
	size_t i;
	int ret;

	for (i = 0; i < sizeof(tracefs) / sizeof(*tracefs); i++) {
		snprintf(path, sizeof(path), "%s/events/xrsched/%s/format",
			 tracefs[i], event);
		ret = slurp(path, text);
		if (!ret)
			return 0;
		if (ret != -ENOENT)
			return xrs_probe_fail(error, ret, "cannot read %s: %s",
					      path, strerror(-ret));
		snprintf(path, sizeof(path), "%s/events", tracefs[i]);
		mounted |= !stat(path, &info);
	}
	if (mounted)
		return xrs_probe_fail(error, -ENOENT,
				      "this xrsched module has no event xrsched:%s",
				      event);
	return xrs_probe_fail(error, -ENOENT,
			      "tracefs is not mounted: mount -t tracefs nodev %s",
			      tracefs[0]);
}

/* Debian's kernels know 3, and begin with it: CAP_PERFMON is not enough then. */
static int paranoia(void)
{
	FILE *file = fopen("/proc/sys/kernel/perf_event_paranoid", "re");
	int level = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%d", &level) != 1)
		level = 0;
	fclose(file);
	return level;
}

/* @ret: what came of reading tracefs. */
static int may_trace(int ret, struct xrs_probe_error *error)
{
	const bool read = ret != -EACCES && ret != -EPERM;
	const int paranoid = paranoia();
	const bool attach = paranoid < 3 || have(CAP_SYS_ADMIN);
	char why[64];

	if (read && attach)
		return ret;
	/* It is not for want of this one. */
	if (!read && have(CAP_DAC_READ_SEARCH) && attach)
		return ret;
	snprintf(why, sizeof(why),
		 "CAP_SYS_ADMIN (kernel.perf_event_paranoid is %d)", paranoid);
	return xrs_probe_fail(error, -EPERM, "missing %s%s%s: run as root",
			      attach ? "" : why, attach || read ? "" : " and ",
			      read ? "" : "CAP_DAC_READ_SEARCH (for tracefs)");
}

int xrs_probe_event(const char *event, const struct xrs_probe_field *fields,
		    size_t nr, struct xrs_probe_error *error)
{
	struct xrs_probe_error why;
	char *text;
	int ret;

	ret = read_format(event, &text, error);
	if (may_trace(ret, error)) {
		if (!ret)
			free(text);
		return ret ? ret : -EPERM;
	}
	ret = xrs_probe_format(text, fields, nr, &why);
	free(text);
	if (ret)
		return xrs_probe_fail(error, ret,
				      "this xrsched module's event %s %s: module and tool are of different versions",
				      event, why.text);
	return 0;
}

unsigned long long xrs_probe_missed(const struct bpf_program *prog)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_program__fd(prog), &info, &len))
		return 0;
	return info.recursion_misses;
}

static bool speaks;

static int print(enum libbpf_print_level level, const char *format,
		 va_list args)
{
	if (!speaks || level == LIBBPF_DEBUG)
		return 0;
	return vfprintf(stderr, format, args);
}

void xrs_probe_verbose(bool verbose)
{
	speaks = verbose;
	libbpf_set_print(print);
}
