/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copies of the small correct workload in tests/lib/data, for tests to spoil.
 *
 * t.json is a scenario of three streams on two models, h.json hardware of two
 * classes; tiny.json has its layers inline, two variants, a block and an exit;
 * tabled.json has tables beside it.
 *
 * For the sake of those who read them, ' in texts given here stands for ".
 */
#ifndef TESTS_LIB_FILES_H
#define TESTS_LIB_FILES_H

#include <xrsched/workload.h>

/* Makes a directory with the copies; the path of a file there. */
void files_make(void);
const char *files_path(const char *name);

/* Writes a copy anew, the first @from in it changed to @to. */
void files_spoil(const char *name, const char *from, const char *to);
/* Writes a copy anew, correct. */
void files_restore(const char *name);
/* Writes whatever text as a file. */
void files_text(const char *name, const char *text);
void files_remove(void);

/* Loads t.json on h.json. */
int files_load(struct xrsched_workload **w, struct xrsched_error *error);

#endif /* TESTS_LIB_FILES_H */
