/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /sys/kernel/debug/xrsched: the whole state, for people and tests.
 */
#ifndef XRS_DEBUGFS_H
#define XRS_DEBUGFS_H

struct dentry;
struct xrs_device;

void xrs_debugfs_init(void);
void xrs_debugfs_exit(void);
void xrs_debugfs_add(struct xrs_device *dev);
void xrs_debugfs_remove(struct xrs_device *dev);

/* engine_sim.c: what the kernel's fault injection has for engines. */
void xrs_engine_sim_debugfs(struct dentry *folder);

#endif /* XRS_DEBUGFS_H */
