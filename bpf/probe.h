/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all probes need: may we, is the module there, does it have BTF, is the
 * event what the BPF program takes it for - and words for when it is not.
 *
 * DOC: Errors
 *
 * Functions return 0 or more on success and a negative errno on failure.  A
 * struct xrs_probe_error may be NULL; else it is written on failure only.
 */
#ifndef XRS_PROBE_H
#define XRS_PROBE_H

#include <stdbool.h>
#include <stddef.h>

struct bpf_program;
struct btf;

/**
 * struct xrs_probe_error - What went wrong, for people
 * @text: one line without a newline: what is missing and how to get it
 */
struct xrs_probe_error {
	char text[512];
};

/**
 * struct xrs_probe_field - Where a BPF program looks for a field of an event
 * @name: the field's name
 * @offset: its offset in the event
 * @size: its size
 */
struct xrs_probe_field {
	const char *name;
	unsigned int offset;
	unsigned int size;
};

/**
 * struct xrs_probe_arg - What an event hands over
 * @points_to: the structure that the argument points to, by name; NULL: it is
 *             an integer
 * @size: the integer's size in bytes
 */
struct xrs_probe_arg {
	const char *points_to;
	unsigned int size;
};

/**
 * xrs_probe_fail() - say what went wrong
 * @error: place for the text, or NULL
 * @ret: negative errno
 * @format: as of printf()
 *
 * Return: @ret.
 */
int xrs_probe_fail(struct xrs_probe_error *error, int ret, const char *format,
		   ...) __attribute__((format
				       (printf, 3, 4)));

/**
 * xrs_probe_fail_to() - say that something cannot be done to a BPF program
 * @what: "load", for instance
 * @ret: negative errno
 * @error: place for the text, or NULL
 *
 * Return: @ret.
 */
int xrs_probe_fail_to(const char *what, int ret, struct xrs_probe_error *error);

/**
 * xrs_probe_may() - may this process load probes?
 * @error: which capability is missing
 *
 * Attaching them takes more: see xrs_probe_why_no_btf(), xrs_probe_event().
 *
 * Return: 0 or -EPERM.
 */
int xrs_probe_may(struct xrs_probe_error *error);

/**
 * xrs_probe_module() - is the module loaded?
 * @error: how to load it
 *
 * Return: 0 or -ENOENT.
 */
int xrs_probe_module(struct xrs_probe_error *error);

/**
 * xrs_probe_why_no_btf() - can probes attach by type information?
 *
 * Return: NULL if they can, else why not; never freed.
 */
const char *xrs_probe_why_no_btf(void);

/**
 * xrs_probe_prototype() - does an event hand over what a program takes?
 * @event: its name
 * @args: its arguments; further ones do no harm
 * @nr: how many; the module's BTF must be there
 * @error: what differs
 *
 * Names and places of structures' members are looked up at load, but nobody
 * looks whether an argument is what the program thinks.
 *
 * Return: 0, -EPROTO (other arguments), or what libbpf says.
 */
int xrs_probe_prototype(const char *event, const struct xrs_probe_arg *args,
			size_t nr, struct xrs_probe_error *error);

/**
 * xrs_probe_fits() - the same, of type information that is there
 * @btf: type information
 * @event: the event's name
 * @args: as of xrs_probe_prototype()
 * @nr: how many
 *
 * Return: yes or no.
 */
bool xrs_probe_fits(const struct btf *btf, const char *event,
		    const struct xrs_probe_arg *args, size_t nr);

/**
 * xrs_probe_event() - is an event of the module laid out as expected?
 * @event: its name
 * @fields: what is expected; further fields do no harm
 * @nr: how many
 * @error: what differs, or what is missing to find out
 *
 * Return: 0, -ENOENT (no tracefs, no such event), -EACCES or -EPERM (may not
 * read it, or not attach to it), or -EPROTO (laid out differently).
 */
int xrs_probe_event(const char *event, const struct xrs_probe_field *fields,
		    size_t nr, struct xrs_probe_error *error);

/**
 * xrs_probe_format() - compare the text of a format file with what is expected
 * @text: the file, NUL-terminated
 * @fields: what is expected
 * @nr: how many
 * @error: which field differs
 *
 * Return: 0 or -EPROTO.
 */
int xrs_probe_format(const char *text, const struct xrs_probe_field *fields,
		     size_t nr, struct xrs_probe_error *error);

/**
 * xrs_probe_missed() - times that the kernel skipped a program
 * @prog: a loaded program
 *
 * It does so rather than have a program interrupt itself.  Counted for tp_btf,
 * and for trace events since Linux 6.7.
 *
 * Return: how often.
 */
unsigned long long xrs_probe_missed(const struct bpf_program *prog);

/** xrs_probe_verbose() - let libbpf and the verifier speak, or not (default) */
void xrs_probe_verbose(bool verbose);

#endif /* XRS_PROBE_H */
