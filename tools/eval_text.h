/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Summaries of an evaluation for people.
 */
#ifndef EVAL_TEXT_H
#define EVAL_TEXT_H

#include <jansson.h>

/**
 * eval_text() - print summaries as tables
 * @summaries: what eval_summaries() made.
 */
void eval_text(const json_t *summaries);

#endif /* EVAL_TEXT_H */
