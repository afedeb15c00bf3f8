/* SPDX-License-Identifier: MIT */
/* pnpn_get_usage(): as in device-list.c, the rows point into the pages. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/bus.h"
#include "client/connection.h"
#include "client/export.h"
#include "client/question.h"

struct pnpn_usage_list {
	sd_bus_message **pages;
	size_t n_pages;
	struct pnpn_usage_row *rows;
	size_t n_rows;
};

PNPN_EXPORT struct pnpn_usage_list *pnpn_usage_list_free(struct pnpn_usage_list *list)
{
	if (!list)
		return NULL;
	free(list->rows);
	for (size_t i = 0; i < list->n_pages; i++)
		sd_bus_message_unref(list->pages[i]);
	free(list->pages);
	free(list);
	return NULL;
}

static int read_rows(struct pnpn_usage_list *list, sd_bus_message *m)
{
	struct pnpn_usage_row row;
	int r = sd_bus_message_enter_container(m, 'a', "(ustt)");

	while (r >= 0 && (r = sd_bus_message_read(m, "(ustt)", &row.uid, &row.resource, &row.used,
						  &row.limit)) > 0) {
		struct pnpn_usage_row *rows = reallocarray(list->rows, list->n_rows + 1,
							   sizeof(row));
		if (!rows)
			return -ENOMEM;
		list->rows = rows;
		rows[list->n_rows++] = row;
	}
	return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* Returns 0; an errno; from is 0 behind the last page. */
static int read_page(struct pnpn_usage_list *list, sd_bus_message *page, uint64_t *from)
{
	uint64_t next = 0;
	sd_bus_message **pages = reallocarray(list->pages, list->n_pages + 1, sizeof(*pages));

	if (!pages)
		return -ENOMEM;
	list->pages = pages;
	pages[list->n_pages++] = sd_bus_message_ref(page);
	int r = read_rows(list, page);
	if (r >= 0)
		r = sd_bus_message_read(page, "t", &next);
	if (r >= 0 && next && next <= *from)
		r = -EPROTO;
	*from = next;
	return r < 0 ? r : 0;
}

static int ask_page(struct pnpn_usage_list *list, struct pnpn_connection *connection,
		    uint64_t *from)
{
	sd_bus_message *page = NULL;
	int r = pnpn_bus_call(connection, &page, "GetUsage", "t", *from);

	if (r >= 0)
		r = read_page(list, page, from);
	sd_bus_message_unref(page);
	return r;
}

PNPN_EXPORT int pnpn_get_usage(struct pnpn_connection *connection,
			       struct pnpn_usage_list **ret_list)
{
	struct pnpn_usage_list *list = calloc(1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	uint64_t from = 0;
	int r;
	do
		r = ask_page(list, connection, &from);
	while (r >= 0 && from);
	if (r < 0) {
		pnpn_usage_list_free(list);
		return r;
	}
	*ret_list = list;
	return 0;
}

static int ask(struct pnpn_question *question)
{
	return pnpn_question_call(question, "GetUsage", "t", question->from);
}

static int read_answer(struct pnpn_question *question, sd_bus_message *answer)
{
	int r = read_page(question->result, answer, &question->from);

	return r >= 0 && question->from ? -EAGAIN : r;
}

static void free_result(void *result)
{
	pnpn_usage_list_free(result);
}

static const struct pnpn_question_kind question_kind = {
	.ask = ask,
	.read = read_answer,
	.free_result = free_result,
};

PNPN_EXPORT int pnpn_ask_usage(struct pnpn_connection *connection, void *userdata,
			       struct pnpn_question **ret_question)
{
	return pnpn_question_new(connection, &question_kind,
				 calloc(1, sizeof(struct pnpn_usage_list)), userdata, ret_question);
}

PNPN_EXPORT int pnpn_question_take_usage(struct pnpn_question *question,
					 struct pnpn_usage_list **ret_list)
{
	void *list;
	int r = pnpn_question_take(question, &question_kind, &list);

	if (r >= 0)
		*ret_list = list;
	return r;
}

PNPN_EXPORT bool pnpn_usage_list_get(const struct pnpn_usage_list *list, size_t index,
				     struct pnpn_usage_row *ret_row, size_t row_size)
{
	if (index >= list->n_rows || row_size < sizeof(*ret_row))
		return false;
	memset(ret_row, 0, row_size);
	*ret_row = list->rows[index];
	return true;
}
