/* SPDX-License-Identifier: MIT */
/* pnpn_get_properties(): as in device-list.c, the rows point into the answer. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/bus.h"
#include "client/connection.h"
#include "client/export.h"
#include "client/question.h"

struct row {
	const char *key, *value;
};

struct pnpn_properties {
	sd_bus_message *answer;
	const char *device; /* which was asked for; once there is an answer, which they are of */
	struct row *rows;
	size_t n_rows;
};

PNPN_EXPORT struct pnpn_properties *pnpn_properties_free(struct pnpn_properties *properties)
{
	if (!properties)
		return NULL;
	sd_bus_message_unref(properties->answer);
	free(properties->rows);
	free(properties);
	return NULL;
}

static int read_rows(struct pnpn_properties *properties)
{
	sd_bus_message *m = properties->answer;
	struct row row;
	int r = sd_bus_message_read(m, "s", &properties->device);

	if (r >= 0)
		r = sd_bus_message_enter_container(m, 'a', "(ss)");
	while (r >= 0 && (r = sd_bus_message_read(m, "(ss)", &row.key, &row.value)) > 0) {
		struct row *rows = reallocarray(properties->rows, properties->n_rows + 1,
						sizeof(row));
		if (!rows)
			return -ENOMEM;
		properties->rows = rows;
		rows[properties->n_rows++] = row;
	}
	return r;
}

PNPN_EXPORT int pnpn_get_properties(struct pnpn_connection *connection, const char *device,
				    struct pnpn_properties **ret_properties)
{
	struct pnpn_properties *properties = device ? calloc(1, sizeof(*properties)) : NULL;

	if (!properties)
		return device ? -ENOMEM : -EINVAL;
	int r = pnpn_bus_call(connection, &properties->answer, "GetProperties", "s", device);
	if (r >= 0)
		r = read_rows(properties);
	if (r < 0) {
		pnpn_properties_free(properties);
		return r;
	}
	*ret_properties = properties;
	return 0;
}

static int ask(struct pnpn_question *question)
{
	const struct pnpn_properties *properties = question->result;

	return pnpn_question_call(question, "GetProperties", "s", properties->device);
}

static int read_answer(struct pnpn_question *question, sd_bus_message *answer)
{
	struct pnpn_properties *properties = question->result;

	properties->answer = sd_bus_message_ref(answer);
	return read_rows(properties);
}

static void free_result(void *result)
{
	pnpn_properties_free(result);
}

static const struct pnpn_question_kind question_kind = {
	.ask = ask,
	.read = read_answer,
	.free_result = free_result,
};

PNPN_EXPORT int pnpn_ask_properties(struct pnpn_connection *connection, const char *device,
				    void *userdata, struct pnpn_question **ret_question)
{
	if (!device)
		return -EINVAL;
	struct pnpn_properties *properties = calloc(1, sizeof(*properties));
	if (properties)
		properties->device = device;
	return pnpn_question_new(connection, &question_kind, properties, userdata, ret_question);
}

PNPN_EXPORT int pnpn_question_take_properties(struct pnpn_question *question,
					      struct pnpn_properties **ret_properties)
{
	void *properties;
	int r = pnpn_question_take(question, &question_kind, &properties);

	if (r >= 0)
		*ret_properties = properties;
	return r;
}

PNPN_EXPORT const char *pnpn_properties_get_device(const struct pnpn_properties *properties)
{
	return properties->device;
}

PNPN_EXPORT const char *pnpn_properties_get(const struct pnpn_properties *properties,
					    const char *key, size_t index)
{
	for (size_t i = 0; i < properties->n_rows; i++)
		if (strcmp(properties->rows[i].key, key) == 0 && !index--)
			return properties->rows[i].value;
	return NULL;
}

PNPN_EXPORT const char *pnpn_properties_get_at(const struct pnpn_properties *properties,
					       size_t index, const char **ret_value)
{
	if (index >= properties->n_rows)
		return NULL;
	*ret_value = properties->rows[index].value;
	return properties->rows[index].key;
}

PNPN_EXPORT int pnpn_next_child(struct pnpn_connection *connection, const char *parent,
				const char *after, char **ret_child)
{
	sd_bus_message *answer = NULL;
	const char *child;

	if (!parent)
		return -EINVAL;
	int r = pnpn_bus_call(connection, &answer, "NextChild", "ss", parent, after ? after : "");
	if (r >= 0)
		r = sd_bus_message_read(answer, "s", &child);
	char *copy = r >= 0 && *child ? strdup(child) : NULL;
	if (r >= 0 && *child && !copy)
		r = -ENOMEM;
	sd_bus_message_unref(answer);
	if (r < 0 || !copy)
		return r < 0 ? r : 0;
	*ret_child = copy;
	return 1;
}
