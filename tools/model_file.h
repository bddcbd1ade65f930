/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Model files with costs that were measured.
 */
#ifndef MODEL_FILE_H
#define MODEL_FILE_H

/**
 * model_file_write() - write a model anew, with a measured class among its costs
 * @name: name or path of the model.
 * @class_name: the class.
 * @table: what was measured, a cost table of this class alone.
 * @dir: directory that MODEL.json and its tables are written into.
 *
 * All of its cost sets have the class then, in place of what they said of it.
 *
 * Return: 0, or the exit code after having said what is wrong.
 */
int model_file_write(const char *name, const char *class_name,
		     const char *table, const char *dir);

#endif /* MODEL_FILE_H */
