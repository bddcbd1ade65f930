// SPDX-License-Identifier: GPL-2.0-only
/*
 * Building JSON objects, a member a line.
 */
#include "put.h"

#include <stdlib.h>
#include <string.h>

#include "out.h"

static json_t *made(json_t *value)
{
	if (!value)
		out_of_memory();
	return value;
}

json_t *put_object(void)
{
	return made(json_object());
}

json_t *put_array(void)
{
	return made(json_array());
}

void put_append(json_t *array, json_t *item)
{
	if (json_array_append_new(array, item))
		out_of_memory();
}

void put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value))
		out_of_memory();
}

void put_count(json_t *object, const char *key, uint64_t value)
{
	put(object, key, json_integer(value));
}

void put_real(json_t *object, const char *key, double value)
{
	json_t *number = json_real(value);

	put(object, key, number ? number : json_null());
}

/* Paths may be any bytes. */
static json_t *replace_bytes(const char *text)
{
	char *copy = strdup(text);
	json_t *string;

	if (!copy)
		out_of_memory();
	for (char *c = copy; *c; c++)
		if (*c & 0x80)
			*c = '?';
	string = json_string(copy);
	free(copy);
	return string;
}

void put_text(json_t *object, const char *key, const char *value)
{
	json_t *string;

	if (!value) {
		put_null(object, key);
		return;
	}
	string = json_string(value);
	put(object, key, string ? string : replace_bytes(value));
}

void put_bool(json_t *object, const char *key, bool value)
{
	put(object, key, json_boolean(value));
}

void put_null(json_t *object, const char *key)
{
	put(object, key, json_null());
}

const char *get_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

double get_number(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}
