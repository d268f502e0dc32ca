/* SPDX-License-Identifier: Apache-2.0 */
/* JSON that somebody else wrote, read with strict types; JSON of our own,
 * written into a struct str. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str;
struct json_object; /* a value; only json.c looks inside */

#define JSON_DEPTH_MAX  64
#define JSON_TEXT_MAX   (16U << 20)
#define JSON_VALUES_MAX (1U << 17)

#define autojson __attribute__((cleanup(json_free)))
void json_free(struct json_object **json);

/* Parse one whole JSON object of LEN bytes. Returns 0, -EFBIG beyond
 * JSON_TEXT_MAX or JSON_VALUES_MAX, -EINVAL for anything that is not exactly
 * one object (cut off, trailing bytes, a NUL, one in a member's name,
 * deeper than JSON_DEPTH_MAX), or -ENOMEM. On success the caller owns *RET;
 * what the getters return lives as long. */
int json_parse(const char *text, size_t len, struct json_object **ret);

/* Member KEY of the object IN. Returns 0, -ENOENT when it is absent or null,
 * -EINVAL when it is of another type, -ERANGE when the number is negative or
 * not below UINT64_MAX, or not between INT64_MIN and INT64_MAX.
 * *RET is only written on success. A string with a NUL inside is -EINVAL. */
int json_get_object(struct json_object *in, const char *key,
		    struct json_object **ret);
int json_get_array(struct json_object *in, const char *key,
		   struct json_object **ret);
int json_get_string(struct json_object *in, const char *key, const char **ret);
int json_get_u64(struct json_object *in, const char *key, uint64_t *ret);
int json_get_i64(struct json_object *in, const char *key, int64_t *ret);
int json_get_bool(struct json_object *in, const char *key, bool *ret);

/* Hand every string of the object or array IN to EACH; KEY is NULL in an
 * array. Stops when EACH returns non-zero, and returns that. -EINVAL when
 * there is a value that is not a string. */
typedef int json_each(const char *key, const char *value, void *arg);
int json_each_string(struct json_object *in, json_each *each, void *arg);

/* Append a member, with the comma it needs. KEY is NULL inside an array and
 * for the outermost object. */
void json_put_begin(struct str *out, const char *key, char bracket);
void json_put_end(struct str *out, char bracket);
void json_put_string(struct str *out, const char *key, const char *value);
void json_put_u64(struct str *out, const char *key, uint64_t value);
void json_put_i64(struct str *out, const char *key, int64_t value);
void json_put_bool(struct str *out, const char *key, bool value);
void json_put_null(struct str *out, const char *key);
