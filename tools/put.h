/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Building JSON objects, a member a line.  Out of memory ends the program, so
 * that nobody has to look at what comes back.
 */
#ifndef PUT_H
#define PUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * put_object() - make an empty object
 *
 * Return: the object.
 */
json_t *put_object(void);

/**
 * put_array() - make an empty array
 *
 * Return: the array.
 */
json_t *put_array(void);

/**
 * put_append() - append to an array
 * @array: the array.
 * @item: what to append, given up here.
 */
void put_append(json_t *array, json_t *item);

/**
 * put() - set a member to any value
 * @object: the object.
 * @key: name of the member.
 * @value: the value, given up here.
 */
void put(json_t *object, const char *key, json_t *value);

/**
 * put_count() - set a member to a whole number
 * @object: the object.
 * @key: name of the member.
 * @value: the number.
 */
void put_count(json_t *object, const char *key, uint64_t value);

/**
 * put_real() - set a member to a number
 * @object: the object.
 * @key: name of the member.
 * @value: the number; one that is not finite becomes null.
 */
void put_real(json_t *object, const char *key, double value);

/**
 * put_text() - set a member to a text
 * @object: the object.
 * @key: name of the member.
 * @value: the text, NULL becomes null; bytes that are no UTF-8 are replaced.
 */
void put_text(json_t *object, const char *key, const char *value);

/**
 * put_bool() - set a member to true or false
 * @object: the object.
 * @key: name of the member.
 * @value: which.
 */
void put_bool(json_t *object, const char *key, bool value);

/**
 * put_null() - set a member to null
 * @object: the object.
 * @key: name of the member.
 */
void put_null(json_t *object, const char *key);

/**
 * get_text() - a member that is a text
 * @object: the object.
 * @key: name of the member.
 *
 * Return: the text, NULL if there is none.
 */
const char *get_text(const json_t *object, const char *key);

/**
 * get_number() - a member that is a number
 * @object: the object.
 * @key: name of the member.
 *
 * Return: the number, 0 if there is none.
 */
double get_number(const json_t *object, const char *key);

#endif /* PUT_H */
