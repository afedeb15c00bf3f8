/* SPDX-License-Identifier: MIT */
#include "core/ring.h"
#include "core/port.h"

/* The layout is an ABI: two processes of different builds, or a kernel module, share it. */
_Static_assert(sizeof(struct pnpn_ring_record) == 56, "record size");
_Static_assert(offsetof(struct pnpn_ring_record, size) == 8, "record.size");
_Static_assert(offsetof(struct pnpn_ring_record, kind) == 12, "record.kind");
_Static_assert(offsetof(struct pnpn_ring_record, sequence) == 16, "record.sequence");
_Static_assert(offsetof(struct pnpn_ring_record, time) == 24, "record.time");
_Static_assert(offsetof(struct pnpn_ring_record, guid) == 32, "record.guid");
_Static_assert(offsetof(struct pnpn_ring_record, name_offset) == 48, "record.name_offset");
_Static_assert(offsetof(struct pnpn_ring_record, data_size) == 52, "record.data_size");
_Static_assert(offsetof(struct pnpn_ring_header, data_bytes) == 16, "header.data_bytes");
_Static_assert(offsetof(struct pnpn_ring_header, claim) == 64, "header.claim");
_Static_assert(offsetof(struct pnpn_ring_header, head) == 72, "header.head");
_Static_assert(offsetof(struct pnpn_ring_header, sequence) == 80, "header.sequence");
_Static_assert(offsetof(struct pnpn_ring_header, base) == 88, "header.base");
_Static_assert(offsetof(struct pnpn_ring_header, armed) == 128, "header.armed");
_Static_assert(offsetof(struct pnpn_ring_header, readers) == 192, "header.readers");
_Static_assert(offsetof(struct pnpn_ring_header, handled) == 200, "header.handled");
_Static_assert(offsetof(struct pnpn_ring_header, floor) == 208, "header.floor");
_Static_assert(offsetof(struct pnpn_ring_header, chunk) == 256, "header.chunk");
_Static_assert(sizeof(struct pnpn_ring_header) <= PNPN_RING_HEADER_BYTES, "header fits");
_Static_assert(sizeof(struct pnpn_reader_page) == 64, "reader page");
_Static_assert(sizeof(struct pnpn_guid) == 16, "guid");
_Static_assert(sizeof(struct pnpn_kernel_change) == 760, "change");
_Static_assert(offsetof(struct pnpn_kernel_change, class) == 24, "change.class");
_Static_assert(offsetof(struct pnpn_kernel_change, instance_id) == 40, "change.instance_id");
_Static_assert(offsetof(struct pnpn_kernel_change, name) == 248, "change.name");
_Static_assert(sizeof(struct pnpn_attach) == 24, "attach");
_Static_assert(offsetof(struct pnpn_attach, ring) == 16, "attach.ring");
_Static_assert(sizeof(struct pnpn_report_by_hand) == 48, "report");
_Static_assert(offsetof(struct pnpn_report_by_hand, data) == 32, "report.data");

void pnpn_ring_init(struct pnpn_ring_header *header, uint64_t data_bytes)
{
	header->magic = PNPN_RING_MAGIC;
	header->abi = PNPN_RING_ABI;
	header->header_bytes = PNPN_RING_HEADER_BYTES;
	header->data_bytes = data_bytes;
	header->handled = UINT64_MAX;
}
