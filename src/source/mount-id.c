/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "source/mount-id.h"

/* Debian 12's headers are older than these calls (Linux 6.8). */
#ifndef SYS_statmount
#define SYS_statmount 457
#define SYS_listmount 458
#endif

#define EVERY_MOUNT	  UINT64_MAX
#define WITH_MOUNT_NUMBER 2
#define IDS_AT_ONCE	  256

struct request {
	uint32_t size, spare;
	uint64_t id, parameter;
};

/* What the kernel says of a mount, as far as it is asked for; its structure has 512 bytes. */
struct answer {
	uint32_t size, options;
	uint64_t mask;
	uint64_t file_system[3];
	uint64_t id, parent_id;
	uint32_t number, parent_number;
	uint64_t others[56];
};

static int compare(const void *a, const void *b)
{
	uint32_t left = ((const struct pnpn_mount_id *)a)->number;
	uint32_t right = ((const struct pnpn_mount_id *)b)->number;

	return (left > right) - (left < right);
}

/* One that is gone meanwhile has no number. */
static void add(struct pnpn_mount_ids *ids, uint64_t id)
{
	struct request request = {
		.size = sizeof(request), .id = id, .parameter = WITH_MOUNT_NUMBER};
	struct answer answer = {0};

	if (syscall(SYS_statmount, &request, &answer, sizeof(answer), 0) == 0)
		ids->ids[ids->n_ids++] = (struct pnpn_mount_id){answer.number, id};
}

/* Those behind the last that was listed. Returns how many there were; an errno. */
static int list_more(struct pnpn_mount_ids *ids, uint64_t *last)
{
	struct request request = {.size = sizeof(request), .id = EVERY_MOUNT, .parameter = *last};
	uint64_t listed[IDS_AT_ONCE];
	long n = syscall(SYS_listmount, &request, listed, IDS_AT_ONCE, 0);

	if (n <= 0)
		return n < 0 ? -errno : 0;
	struct pnpn_mount_id *more = realloc(ids->ids,
					     (ids->n_ids + (size_t)n) * sizeof(*ids->ids));
	if (!more)
		return -ENOMEM;
	ids->ids = more;
	for (long i = 0; i < n; i++)
		add(ids, listed[i]);
	*last = listed[n - 1];
	return (int)n;
}

int pnpn_mount_ids_read(struct pnpn_mount_ids *ret_ids)
{
	struct pnpn_mount_ids ids = {0};
	uint64_t last = 0;
	int r;

	do
		r = list_more(&ids, &last);
	while (r > 0);
	if (r < 0) {
		pnpn_mount_ids_deinit(&ids);
		return r;
	}
	qsort(ids.ids, ids.n_ids, sizeof(*ids.ids), compare);
	*ret_ids = ids;
	return 0;
}

void pnpn_mount_ids_deinit(struct pnpn_mount_ids *ids)
{
	free(ids->ids);
	*ids = (struct pnpn_mount_ids){0};
}

uint64_t pnpn_mount_ids_find(const struct pnpn_mount_ids *ids, uint32_t number)
{
	const struct pnpn_mount_id wanted = {.number = number};
	const struct pnpn_mount_id *found = bsearch(&wanted, ids->ids, ids->n_ids,
						    sizeof(*ids->ids), compare);

	return found ? found->id : 0;
}
