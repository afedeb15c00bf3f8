/* SPDX-License-Identifier: MIT */
/* pnpn_get_status(): as in device-list.c, the rows point into the answer. */
#include <errno.h>
#include <stdlib.h>

#include "client/bus.h"
#include "client/connection.h"
#include "client/export.h"

struct pnpn_status {
	sd_bus_message *reply;
	struct pnpn_status_row *rows;
	size_t n_rows;
};

PNPN_EXPORT struct pnpn_status *pnpn_status_free(struct pnpn_status *status)
{
	if (!status)
		return NULL;
	free(status->rows);
	sd_bus_message_unref(status->reply);
	free(status);
	return NULL;
}

static int read_rows(struct pnpn_status *status, sd_bus_message *m)
{
	struct pnpn_status_row row;
	int r = sd_bus_message_enter_container(m, 'a', "(suuttt)");

	while (r >= 0 &&
	       (r = sd_bus_message_read(m, "(suuttt)", &row.device, &row.pid, &row.registrant,
					&row.events, &row.lag, &row.lost)) > 0) {
		struct pnpn_status_row *rows = reallocarray(status->rows, status->n_rows + 1,
							    sizeof(row));
		if (!rows)
			return -ENOMEM;
		status->rows = rows;
		rows[status->n_rows++] = row;
	}
	return r;
}

PNPN_EXPORT int pnpn_get_status(struct pnpn_connection *connection, struct pnpn_status **ret_status)
{
	struct pnpn_status *status = calloc(1, sizeof(*status));

	if (!status)
		return -ENOMEM;
	int r = pnpn_bus_call(connection, &status->reply, "GetStatus", "");
	if (r >= 0)
		r = read_rows(status, status->reply);
	if (r < 0) {
		pnpn_status_free(status);
		return r;
	}
	*ret_status = status;
	return 0;
}

PNPN_EXPORT bool pnpn_status_get(const struct pnpn_status *status, size_t index,
				 struct pnpn_status_row *ret_row)
{
	if (index >= status->n_rows)
		return false;
	*ret_row = status->rows[index];
	return true;
}
