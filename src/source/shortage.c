/* SPDX-License-Identifier: MIT */
#include "source/shortage.h"

/* Each manager has its thread. */
static _Thread_local uint64_t count;

bool pnpn_is_shortage(int error)
{
	error = error < 0 ? -error : error;
	return error == ENOMEM || error == EMFILE || error == ENFILE || error == ENOSPC;
}

void pnpn_shortage_note(int error)
{
	count += pnpn_is_shortage(error);
}

uint64_t pnpn_shortage_count(void)
{
	return count;
}
