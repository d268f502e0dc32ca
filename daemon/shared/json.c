/* SPDX-License-Identifier: Apache-2.0 */
/* The one file that knows json-c: what it lets through is checked here. */
#include "json.h"

#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "str.h"

void json_free(struct json_object **json)
{
	json_object_put(*json);
	*json = NULL;
}

/* Bytes after the object are an error: a second document, or garbage. */
static int parse_end(struct json_tokener *tok, const char *text, size_t len)
{
	size_t end = json_tokener_get_parse_end(tok);

	for (; end < len; end++)
		if (!strchr(" \t\r\n", text[end]))
			return -EINVAL;

	return 0;
}

/* What is no string is counted, each value by what is before it: two bytes of
 * text, "{}", take a kilobyte of memory. And json-c ends the name of a member
 * at a NUL, by which "enable\u0000" would be "enable". */
static int look_through(const char *text, size_t len)
{
	size_t count = 0;
	bool string = false;
	bool nul = false; /* in the string before, or in this one */

	for (size_t i = 0; i < len; i++) {
		if (string && text[i] == '\\') {
			nul |= len - i > 6 &&
			       memcmp(text + i, "\\u0000", 6) == 0;
			i++;
		} else if (text[i] == '"') {
			string = !string;
			nul &= !string;
		} else if (!string && strchr("[{,:", text[i])) {
			if (nul && text[i] == ':')
				return -EINVAL;
			count++;
		}
	}

	return count > JSON_VALUES_MAX ? -EFBIG : 0;
}

int json_parse(const char *text, size_t len, struct json_object **ret)
{
	autojson struct json_object *json = NULL;
	struct json_tokener *tok;
	int r;

	if (len > JSON_TEXT_MAX)
		return -EFBIG;
	if (len == 0 || memchr(text, '\0', len))
		return -EINVAL;

	r = look_through(text, len);
	if (r < 0)
		return r;

	tok = json_tokener_new_ex(JSON_DEPTH_MAX);
	if (!tok)
		return -ENOMEM;

	json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
	json = json_tokener_parse_ex(tok, text, (int)len);
	r = json_tokener_get_error(tok) == json_tokener_success
		    ? parse_end(tok, text, len)
		    : -EINVAL;
	json_tokener_free(tok);
	if (r < 0)
		return r;
	if (!json_object_is_type(json, json_type_object))
		return -EINVAL;

	*ret = json;
	json = NULL;
	return 0;
}

static int member(struct json_object *in, const char *key, enum json_type type,
		  struct json_object **ret)
{
	struct json_object *value;

	if (!json_object_object_get_ex(in, key, &value) || !value)
		return -ENOENT;
	if (!json_object_is_type(value, type))
		return -EINVAL;

	*ret = value;
	return 0;
}

int json_get_object(struct json_object *in, const char *key,
		    struct json_object **ret)
{
	return member(in, key, json_type_object, ret);
}

int json_get_array(struct json_object *in, const char *key,
		   struct json_object **ret)
{
	return member(in, key, json_type_array, ret);
}

static int string_value(struct json_object *value, const char **ret)
{
	const char *text;

	if (!json_object_is_type(value, json_type_string))
		return -EINVAL;

	/* "\u0000" would end a path early for us, not for others. */
	text = json_object_get_string(value);
	if (strlen(text) != (size_t)json_object_get_string_len(value))
		return -EINVAL;

	*ret = text;
	return 0;
}

int json_get_string(struct json_object *in, const char *key, const char **ret)
{
	struct json_object *value;
	int r = member(in, key, json_type_string, &value);

	if (r < 0)
		return r;

	return string_value(value, ret);
}

/* json-c cuts off numbers that do not fit, so that the ends of each range may
 * be anything. */
int json_get_u64(struct json_object *in, const char *key, uint64_t *ret)
{
	struct json_object *value;
	uint64_t number;
	int r = member(in, key, json_type_int, &value);

	if (r < 0)
		return r;

	number = json_object_get_uint64(value);
	if (number == UINT64_MAX || json_object_get_int64(value) < 0)
		return -ERANGE;

	*ret = number;
	return 0;
}

int json_get_i64(struct json_object *in, const char *key, int64_t *ret)
{
	struct json_object *value;
	int64_t number;
	int r = member(in, key, json_type_int, &value);

	if (r < 0)
		return r;

	number = json_object_get_int64(value);
	if (number == INT64_MIN || number == INT64_MAX)
		return -ERANGE;

	*ret = number;
	return 0;
}

int json_get_bool(struct json_object *in, const char *key, bool *ret)
{
	struct json_object *value;
	int r = member(in, key, json_type_boolean, &value);

	if (r < 0)
		return r;

	*ret = json_object_get_boolean(value);
	return 0;
}

static int each_element(struct json_object *in, json_each *each, void *arg)
{
	size_t n = json_object_array_length(in);
	const char *text;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		r = string_value(json_object_array_get_idx(in, i), &text);
		if (r == 0)
			r = each(NULL, text, arg);
	}

	return r;
}

int json_each_string(struct json_object *in, json_each *each, void *arg)
{
	struct json_object_iterator at;
	struct json_object_iterator end;
	const char *text;
	int r = 0;

	if (json_object_is_type(in, json_type_array))
		return each_element(in, each, arg);
	if (!json_object_is_type(in, json_type_object))
		return -EINVAL;

	at = json_object_iter_begin(in);
	end = json_object_iter_end(in);
	while (r == 0 && !json_object_iter_equal(&at, &end)) {
		r = string_value(json_object_iter_peek_value(&at), &text);
		if (r == 0)
			r = each(json_object_iter_peek_name(&at), text, arg);
		json_object_iter_next(&at);
	}

	return r;
}

static void quote(struct str *out, const char *text)
{
	str_adds(out, "\"");
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c == '"' || c == '\\')
			str_addf(out, "\\u%04x", c);
		else
			str_add(out, text, 1);
	}
	str_adds(out, "\"");
}

/* The comma and the key; the value follows. */
static void put_key(struct str *out, const char *key)
{
	const char *end = str_text(out) + out->len;

	if (out->len && end[-1] != '{' && end[-1] != '[')
		str_adds(out, ",");
	if (!key)
		return;

	quote(out, key);
	str_adds(out, ":");
}

void json_put_begin(struct str *out, const char *key, char bracket)
{
	put_key(out, key);
	str_add(out, &bracket, 1);
}

void json_put_end(struct str *out, char bracket)
{
	str_add(out, &bracket, 1);
}

void json_put_string(struct str *out, const char *key, const char *value)
{
	put_key(out, key);
	quote(out, value);
}

void json_put_u64(struct str *out, const char *key, uint64_t value)
{
	put_key(out, key);
	str_addu(out, value);
}

void json_put_i64(struct str *out, const char *key, int64_t value)
{
	put_key(out, key);
	str_addf(out, "%" PRId64, value);
}

void json_put_bool(struct str *out, const char *key, bool value)
{
	put_key(out, key);
	str_adds(out, value ? "true" : "false");
}

void json_put_null(struct str *out, const char *key)
{
	put_key(out, key);
	str_adds(out, "null");
}
