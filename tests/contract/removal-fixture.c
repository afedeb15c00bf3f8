/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "removal-fixture.h"

void removal_begin(struct removal_fixture *f, const char *query_timeout)
{
	manager_process_init_impatient(&f->manager, query_timeout);
	assert_int_equal(pnpn_connect(&f->owner, f->manager.address), 0);
	assert_int_equal(pnpn_connect(&f->application, f->manager.address), 0);
	assert_int_equal(pnpn_connect(&f->driver, f->manager.address), 0);
	f->device = native_device(f->owner, REMOVED_ID, NULL);
	pnpn_device_set_asked(f->device, true);
}

void removal_end(struct removal_fixture *f)
{
	pnpn_disconnect(f->application);
	pnpn_disconnect(f->driver);
	pnpn_disconnect(f->owner);
	manager_process_deinit(&f->manager);
}

struct pnpn_registration *removal_ask(struct pnpn_connection *connection, unsigned int flags)
{
	struct pnpn_registration *registration;

	assert_int_equal(pnpn_register_device(connection, REMOVED_ID,
					      PNPN_REGISTER_QUERY_REMOVE | flags, NULL,
					      &registration),
			 0);
	return registration;
}

/* Of the registrants that the tests have: one of each kind. */
void removal_ask_both(struct removal_fixture *f)
{
	removal_ask(f->application, 0);
	removal_ask(f->driver, PNPN_REGISTER_KERNEL_MODE);
}

/* --- whoever removes it: on a thread, for it blocks ------------------------------------------------ */

static void *remove_it(void *userdata)
{
	struct remover *remover = userdata;

	remover->result = pnpn_remove(remover->connection, REMOVED_ID, remover->flags,
				      &remover->veto, sizeof(remover->veto));
	return NULL;
}

void remover_start(struct remover *remover, const struct removal_fixture *f, unsigned int flags)
{
	*remover = (struct remover){.flags = flags};
	assert_int_equal(pnpn_connect(&remover->connection, f->manager.address), 0);
	assert_int_equal(pthread_create(&remover->thread, NULL, remove_it, remover), 0);
}

int remover_join(struct remover *remover)
{
	assert_int_equal(pthread_join(remover->thread, NULL), 0);
	pnpn_disconnect(remover->connection);
	return remover->result;
}

void remover_expect_veto(struct remover *remover, enum pnpn_veto_kind kind, pid_t pid,
			 const char *who)
{
	assert_int_equal(remover_join(remover), 1);
	assert_int_equal(remover->veto.kind, kind);
	assert_int_equal(remover->veto.pid, pid);
	assert_string_equal(remover->veto.who, who);
}

void removal_expect_and_answer(struct pnpn_connection *connection, bool agrees, const char *who)
{
	const struct pnpn_event *event = native_expect(connection, PNPN_EVENT_QUERY_REMOVE,
						       REMOVED_ID);

	assert_int_not_equal(pnpn_event_get_query(event), 0);
	assert_int_equal(pnpn_event_answer(event, agrees, who), 0);
}

/* Nothing came of it: it is there, may be opened, and reports arrive. */
void removal_expect_unharmed(struct removal_fixture *f)
{
	struct pnpn_handle *handle;

	native_report(f->device, 7);
	native_expect_number(f->application, REMOVED_ID, 7);
	assert_int_equal(pnpn_open(f->application, REMOVED_ID, &handle), 0);
	pnpn_close(handle);
}
