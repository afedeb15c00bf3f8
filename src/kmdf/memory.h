/* SPDX-License-Identifier: MIT */
#ifndef PNPN_KMDF_MEMORY_H
#define PNPN_KMDF_MEMORY_H

#include "kmdf/object.h"

struct pnpn_wdf_memory {
	struct pnpn_wdf_object object;
	PVOID buffer;
	size_t size;
	bool preallocated; /* the buffer is somebody else's */
	struct pnpn_wdf_lookaside *lookaside; /* a reference; NULL: from pool */
};

/** Memory that is somebody else's, below that object. STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES. */
NTSTATUS pnpn_wdf_memory_of(struct pnpn_wdf_object *parent, PVOID buffer, size_t size,
			    struct pnpn_wdf_memory **ret);

/** A part of it: STATUS_SUCCESS; STATUS_BUFFER_TOO_SMALL if it goes beyond the end. NULL memory is nothing, of no size. */
NTSTATUS pnpn_wdf_memory_part(struct pnpn_wdf_memory *memory, const WDFMEMORY_OFFSET *part,
			      PVOID *ret_buffer, size_t *ret_size);

#endif
