/* SPDX-License-Identifier: MIT */
/* pnpn_get_status(): as in device-list.c, the rows point into the pages. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "client/bus.h"
#include "client/connection.h"
#include "client/export.h"
#include "client/question.h"

struct pnpn_status {
	sd_bus_message **pages;
	size_t n_pages;
	struct pnpn_status_row *rows;
	size_t n_rows;
};

PNPN_EXPORT struct pnpn_status *pnpn_status_free(struct pnpn_status *status)
{
	if (!status)
		return NULL;
	free(status->rows);
	for (size_t i = 0; i < status->n_pages; i++)
		sd_bus_message_unref(status->pages[i]);
	free(status->pages);
	free(status);
	return NULL;
}

static int read_rows(struct pnpn_status *status, sd_bus_message *m)
{
	struct pnpn_status_row row;
	int r = sd_bus_message_enter_container(m, 'a', "(suutttt)");

	while (r >= 0 &&
	       (r = sd_bus_message_read(m, "(suutttt)", &row.device, &row.pid, &row.registrant,
					&row.events, &row.lag, &row.lost, &row.unanswered)) > 0) {
		struct pnpn_status_row *rows = reallocarray(status->rows, status->n_rows + 1,
							    sizeof(row));
		if (!rows)
			return -ENOMEM;
		status->rows = rows;
		rows[status->n_rows++] = row;
	}
	return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* Returns 0; an errno; device is 0 behind the last page. */
static int read_page(struct pnpn_status *status, sd_bus_message *page, uint64_t *device,
		     uint32_t *row)
{
	const uint64_t from_device = *device;
	const uint32_t from_row = *row;
	sd_bus_message **pages = reallocarray(status->pages, status->n_pages + 1, sizeof(*pages));

	if (!pages)
		return -ENOMEM;
	status->pages = pages;
	pages[status->n_pages++] = sd_bus_message_ref(page);
	int r = read_rows(status, page);
	if (r >= 0)
		r = sd_bus_message_read(page, "tu", device, row);
	bool forward = *device > from_device || (*device == from_device && *row > from_row);
	if (r >= 0 && *device && !forward)
		r = -EPROTO;
	return r < 0 ? r : 0;
}

static int ask_page(struct pnpn_status *status, struct pnpn_connection *connection,
		    uint64_t *device, uint32_t *row)
{
	sd_bus_message *page = NULL;
	int r = pnpn_bus_call(connection, &page, "GetStatus", "tu", *device, *row);

	if (r >= 0)
		r = read_page(status, page, device, row);
	sd_bus_message_unref(page);
	return r;
}

PNPN_EXPORT int pnpn_get_status(struct pnpn_connection *connection, struct pnpn_status **ret_status)
{
	struct pnpn_status *status = calloc(1, sizeof(*status));

	if (!status)
		return -ENOMEM;
	uint64_t device = 0;
	uint32_t row = 0;
	int r;
	do
		r = ask_page(status, connection, &device, &row);
	while (r >= 0 && device);
	if (r < 0) {
		pnpn_status_free(status);
		return r;
	}
	*ret_status = status;
	return 0;
}

static int ask(struct pnpn_question *question)
{
	return pnpn_question_call(question, "GetStatus", "tu", question->from, question->from_row);
}

static int read_answer(struct pnpn_question *question, sd_bus_message *answer)
{
	int r = read_page(question->result, answer, &question->from, &question->from_row);

	return r >= 0 && question->from ? -EAGAIN : r;
}

static void free_result(void *result)
{
	pnpn_status_free(result);
}

static const struct pnpn_question_kind question_kind = {
	.ask = ask,
	.read = read_answer,
	.free_result = free_result,
};

PNPN_EXPORT int pnpn_ask_status(struct pnpn_connection *connection, void *userdata,
				struct pnpn_question **ret_question)
{
	return pnpn_question_new(connection, &question_kind, calloc(1, sizeof(struct pnpn_status)),
				 userdata, ret_question);
}

PNPN_EXPORT int pnpn_question_take_status(struct pnpn_question *question,
					  struct pnpn_status **ret_status)
{
	void *status;
	int r = pnpn_question_take(question, &question_kind, &status);

	if (r >= 0)
		*ret_status = status;
	return r;
}

PNPN_EXPORT bool pnpn_status_get(const struct pnpn_status *status, size_t index,
				 struct pnpn_status_row *ret_row, size_t row_size)
{
	size_t size = row_size < sizeof(*ret_row) ? offsetof(struct pnpn_status_row, unanswered)
						  : sizeof(*ret_row);

	if (index >= status->n_rows || row_size < size)
		return false;
	memset(ret_row, 0, row_size);
	memcpy(ret_row, &status->rows[index], size);
	return true;
}
