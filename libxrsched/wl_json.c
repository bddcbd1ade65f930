// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * JSON fields, read with a reason for every refusal; memory.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "wl.h"

#define FORMAT_VERSION 1

/* ----- memory ----------------------------------------------------------- */

struct wl_block {
	struct wl_block *next;
	_Alignas(16) char data[];
};

void *wl_alloc(struct wl_arena *arena, size_t nr, size_t size)
{
	struct wl_block *block;
	size_t bytes;

	if (__builtin_mul_overflow(nr, size, &bytes) ||
	    __builtin_add_overflow(bytes, sizeof(*block), &bytes))
		return NULL;
	block = calloc(1, bytes);
	if (!block)
		return NULL;
	block->next = arena->blocks;
	arena->blocks = block;
	return block->data;
}

char *wl_strdup(struct wl_arena *arena, const char *text)
{
	size_t bytes = strlen(text) + 1;
	char *copy = wl_alloc(arena, bytes, 1);

	return copy ? memcpy(copy, text, bytes) : NULL;
}

void wl_arena_free(struct wl_arena *arena)
{
	struct wl_block *block;

	while ((block = arena->blocks)) {
		arena->blocks = block->next;
		free(block);
	}
}

/* ----- where we are ----------------------------------------------------- */

int wl_refuse(struct wl_file *file, const char *fmt, ...)
{
	char why[320];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	return xrsched_fail(file->error, -EINVAL, "%s: %s: %s", file->path,
			    file->where, why);
}

int wl_no_memory(struct wl_file *file)
{
	return xrsched_fail(file->error, -ENOMEM, "%s: out of memory",
			    file->path);
}

static size_t enter(struct wl_file *file, const char *fmt, ...)
{
	size_t mark = file->len;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(file->where + mark, sizeof(file->where) - mark, fmt, ap);
	va_end(ap);
	file->len = strlen(file->where);
	return mark;
}

size_t wl_enter(struct wl_file *file, const char *key)
{
	return enter(file, ".%.64s", key);
}

size_t wl_enter_index(struct wl_file *file, size_t index)
{
	return enter(file, "[%zu]", index);
}

void wl_leave(struct wl_file *file, size_t mark)
{
	file->where[mark] = '\0';
	file->len = mark;
}

/* ----- fields ----------------------------------------------------------- */

static const char *type_name(const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_STRING:
		return "a string";
	case JSON_INTEGER:
		return "an integer";
	case JSON_REAL:
		return "a number with decimals";
	case JSON_TRUE:
	case JSON_FALSE:
		return "true or false";
	default:
		return "null";
	}
}

static int wrong_type(struct wl_file *file, const json_t *value,
		      const char *wanted)
{
	return wl_refuse(file, "is %s, must be %s", type_name(value), wanted);
}

int wl_fields(struct wl_file *file, json_t *object, const char *const *known)
{
	char list[200] = "";
	const char *key;
	json_t *value;
	int i;

	if (!json_is_object(object))
		return wrong_type(file, object, "an object");
	json_object_foreach(object, key, value) {
		for (i = 0; known[i]; i++)
			if (!strcmp(known[i], key))
				break;
		if (known[i])
			continue;
		for (i = 0; known[i]; i++)
			snprintf(list + strlen(list),
				 sizeof(list) - strlen(list), "%s%s",
				 i ? ", " : "", known[i]);
		wl_enter(file, key);
		return wl_refuse(file, "unknown field; known here: %s", list);
	}
	return 0;
}

/* The field, entered; NULL if it is not there or refused (*ret). */
static json_t *take(struct wl_file *file, json_t *object, const char *key,
		    bool required, size_t *mark, int *ret)
{
	json_t *value = json_object_get(object, key);

	*mark = wl_enter(file, key);
	*ret = 0;
	if (!value) {
		if (required)
			*ret = wl_refuse(file, "is missing");
		else
			wl_leave(file, *mark);
	}
	return value;
}

int wl_string(struct wl_file *file, json_t *object, const char *key,
	      bool required, const char **out)
{
	json_t *value;
	size_t mark;
	char *copy;
	int ret;

	value = take(file, object, key, required, &mark, &ret);
	if (!value)
		return ret;
	if (!json_is_string(value))
		return wrong_type(file, value, "a string");
	copy = wl_strdup(file->arena, json_string_value(value));
	if (!copy)
		return wl_no_memory(file);
	*out = copy;
	wl_leave(file, mark);
	return 0;
}

bool wl_name_valid(const char *name, size_t max)
{
	size_t i;

	for (i = 0; name[i]; i++) {
		bool ok = isalnum((unsigned char)name[i]) ||
			  (i && strchr("._+-", name[i]));

		if (!ok || (unsigned char)name[i] > 0x7f)
			return false;
	}
	return i && i <= max;
}

int wl_name(struct wl_file *file, json_t *object, const char *key,
	    bool required, size_t max, const char **out)
{
	const char *name = NULL;
	size_t mark;
	int ret = wl_string(file, object, key, required, &name);

	if (ret || !name)
		return ret;
	mark = wl_enter(file, key);
	if (!wl_name_valid(name, max))
		return wl_refuse(file,
				 "\"%.80s\" is no name: 1 to %zu of A-Z a-z "
				 "0-9 . _ + -, a letter or digit first",
				 name, max);
	*out = name;
	wl_leave(file, mark);
	return 0;
}

int wl_integer_value(struct wl_file *file, json_t *value, uint64_t min,
		     uint64_t max, uint64_t *out)
{
	json_int_t number;

	if (!json_is_integer(value))
		return wrong_type(file, value, "an integer");
	number = json_integer_value(value);
	if (number < 0 || (uint64_t)number < min || (uint64_t)number > max)
		return wl_refuse(file,
				 "%lld is out of range %" PRIu64 "..%" PRIu64,
				 (long long)number, min, max);
	*out = number;
	return 0;
}

int wl_integer(struct wl_file *file, json_t *object, const char *key,
	       bool required, uint64_t min, uint64_t max, uint64_t *out)
{
	json_t *value;
	size_t mark;
	int ret;

	value = take(file, object, key, required, &mark, &ret);
	if (!value)
		return ret;
	ret = wl_integer_value(file, value, min, max, out);
	if (ret)
		return ret;
	wl_leave(file, mark);
	return 0;
}

int wl_u32(struct wl_file *file, json_t *object, const char *key, bool required,
	   uint32_t min, uint32_t max, uint32_t *out)
{
	uint64_t value = *out;
	int ret;

	ret = wl_integer(file, object, key, required, min, max, &value);
	*out = value;
	return ret;
}

int wl_ppm(struct wl_file *file, json_t *object, const char *key, bool required,
	   uint32_t *out)
{
	double number, millionths;
	json_t *value;
	size_t mark;
	int ret;

	value = take(file, object, key, required, &mark, &ret);
	if (!value)
		return ret;
	if (!json_is_number(value))
		return wrong_type(file, value, "a number");
	number = json_number_value(value);
	millionths = rint(number * XRSCHED_PPM);
	if (number < 0 || number > 1)
		return wl_refuse(file, "%g is out of range 0..1", number);
	if (fabs(number * XRSCHED_PPM - millionths) > 1e-6)
		return wl_refuse(file, "%.12g has more than six decimals",
				 number);
	*out = millionths;
	wl_leave(file, mark);
	return 0;
}

int wl_bool(struct wl_file *file, json_t *object, const char *key, bool *out)
{
	json_t *value;
	size_t mark;
	int ret;

	value = take(file, object, key, false, &mark, &ret);
	if (!value)
		return ret;
	if (!json_is_boolean(value))
		return wrong_type(file, value, "true or false");
	*out = json_is_true(value);
	wl_leave(file, mark);
	return 0;
}

int wl_array(struct wl_file *file, json_t *object, const char *key,
	     bool required, size_t min, size_t max, json_t **out)
{
	json_t *value;
	size_t mark;
	size_t nr;
	int ret;

	*out = NULL;
	value = take(file, object, key, required, &mark, &ret);
	if (!value)
		return ret;
	if (!json_is_array(value))
		return wrong_type(file, value, "an array");
	nr = json_array_size(value);
	if (nr < min || nr > max)
		return wl_refuse(file, "has %zu elements, must have %zu..%zu",
				 nr, min, max);
	*out = value;
	wl_leave(file, mark);
	return 0;
}

int wl_object(struct wl_file *file, json_t *object, const char *key,
	      bool required, json_t **out)
{
	json_t *value;
	size_t mark;
	int ret;

	*out = NULL;
	value = take(file, object, key, required, &mark, &ret);
	if (!value)
		return ret;
	if (!json_is_object(value))
		return wrong_type(file, value, "an object");
	*out = value;
	wl_leave(file, mark);
	return 0;
}

/* ----- the file --------------------------------------------------------- */

static int check_head(struct wl_file *file, enum xrsched_workload_kind kind)
{
	static const char *const formats[] = {
		[XRSCHED_WORKLOAD_SCENARIO] = "xrsched-scenario",
		[XRSCHED_WORKLOAD_HARDWARE] = "xrsched-hardware",
		[XRSCHED_WORKLOAD_MODEL] = "xrsched-model",
	};
	const char *base = file->path + file->dir;
	const char *format = NULL, *name = NULL;
	uint64_t version = 0;
	size_t mark, len;
	int ret;

	if (!json_is_object(file->root))
		return wrong_type(file, file->root, "an object");
	ret = wl_string(file, file->root, "format", true, &format);
	if (ret)
		return ret;
	if (strcmp(format, formats[kind])) {
		wl_enter(file, "format");
		return wl_refuse(file, "is \"%.40s\", must be \"%s\"", format,
				 formats[kind]);
	}
	ret = wl_integer(file, file->root, "version", true, 0, INT64_MAX,
			 &version);
	if (ret)
		return ret;
	mark = wl_enter(file, "version");
	if (version != FORMAT_VERSION)
		return wl_refuse(file, "%" PRIu64 " is not known, must be %d",
				 version, FORMAT_VERSION);
	wl_leave(file, mark);
	ret = wl_name(file, file->root, "name", true, WL_MAX_NAME, &name);
	if (ret)
		return ret;
	len = strlen(base);
	if (len < 5 || strncmp(base, name, len - 5) || name[len - 5]) {
		wl_enter(file, "name");
		return wl_refuse(
			file,
			"is \"%s\", must be the file's name without .json",
			name);
	}
	return 0;
}

int wl_open(struct wl_file *file, enum xrsched_workload_kind kind,
	    const char *path, struct wl_arena *arena,
	    struct xrsched_error *error)
{
	const char *slash = strrchr(path, '/');
	json_error_t why;
	FILE *stream;
	int ret;

	memset(file, 0, sizeof(*file));
	file->path = path;
	file->dir = slash ? (size_t)(slash + 1 - path) : 0;
	file->arena = arena;
	file->error = error;
	file->len = snprintf(file->where, sizeof(file->where), "$");
	stream = fopen(path, "re");
	if (!stream)
		return xrsched_fail(error, -errno, "%s: %s", path,
				    strerror(errno));
	file->root = json_loadf(stream, JSON_REJECT_DUPLICATES, &why);
	fclose(stream);
	if (!file->root)
		return xrsched_fail(error, -EINVAL,
				    "%s: line %d, column %d: %s", path,
				    why.line, why.column, why.text);
	ret = check_head(file, kind);
	if (ret)
		wl_close(file);
	return ret;
}

void wl_close(struct wl_file *file)
{
	json_decref(file->root);
	file->root = NULL;
}
