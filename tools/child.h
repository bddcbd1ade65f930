/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watching while a command runs, or until somebody ends it.
 */
#ifndef CHILD_H
#define CHILD_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/** child_interrupted - set once SIGINT, SIGTERM or SIGHUP has come */
extern volatile sig_atomic_t child_interrupted;

/**
 * child_catch_signals() - let these set child_interrupted
 *
 * The first one ends what is under way in good order, a second one at once.
 */
void child_catch_signals(void);

/**
 * child_start() - start a command
 * @command: its words, NULL-terminated.
 * @aside: what it prints goes to stderr, as stdout is ours alone.
 *
 * Return: its process, or -1 after having said what is wrong.
 */
pid_t child_start(char **command, bool aside);

/**
 * child_ended() - has the command ended?
 * @child: its process; 0 or less: there is none.
 * @status: set if it has, as by wait(2).
 *
 * Return: true once, then false.
 */
bool child_ended(pid_t child, int *status);

/**
 * child_stop() - end the command and wait for that
 * @child: its process; 0 or less: there is none.
 */
void child_stop(pid_t child);

/**
 * child_result() - what the command's end means for ours
 * @name: its name.
 * @status: as child_ended() set it.
 *
 * Return: 0, or 1 after having said what is wrong.
 */
int child_result(const char *name, int status);

/**
 * child_poll() - sleep until there is something to do
 * @fd: to be readable.
 * @timeout_ns: at most, UINT64_MAX: for ever.
 *
 * Also returns when one of the signals or a child's end has come; none that
 * came since child_catch_signals() is slept through.
 *
 * Return: 1 if @fd is readable, 0 if not, or -errno.
 */
int child_poll(int fd, uint64_t timeout_ns);

#endif /* CHILD_H */
