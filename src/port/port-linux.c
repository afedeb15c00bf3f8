/* SPDX-License-Identifier: MIT */
/* core/port.h for Linux processes. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "core/port.h"

_Static_assert(sizeof(pthread_mutex_t) <= sizeof(struct pnpn_port_lock), "room for the mutex");

static pthread_mutex_t *mutex_of(struct pnpn_port_lock *lock)
{
	return (pthread_mutex_t *)(void *)lock->space;
}

void pnpn_port_lock_init(struct pnpn_port_lock *lock)
{
	pthread_mutex_init(mutex_of(lock), NULL);
}

void pnpn_port_lock_deinit(struct pnpn_port_lock *lock)
{
	pthread_mutex_destroy(mutex_of(lock));
}

void pnpn_port_lock(struct pnpn_port_lock *lock)
{
	pthread_mutex_lock(mutex_of(lock));
}

void pnpn_port_unlock(struct pnpn_port_lock *lock)
{
	pthread_mutex_unlock(mutex_of(lock));
}

void *pnpn_port_alloc(size_t bytes)
{
	return calloc(1, bytes);
}

void pnpn_port_free(void *memory)
{
	free(memory);
}

uint64_t pnpn_port_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int pnpn_port_populate(void *address, size_t bytes)
{
	return madvise(address, bytes, MADV_POPULATE_WRITE) < 0 ? -ENOBUFS : 0;
}

void pnpn_port_give_back(void *address, size_t bytes)
{
	/* Where it can't be given back it stays: nothing is lost but memory. */
	(void)madvise(address, bytes, MADV_REMOVE);
}
