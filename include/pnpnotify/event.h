/* SPDX-License-Identifier: MIT */
/*
 * What happened: what an event says, keeping it, answering it, and having one reported by hand.
 *
 * Part of pnpnotify.h, which says what holds for all of it: threads, what blocks, errors, sizes in bytes; the clause ids name the
 * contract. What an event's functions return is valid as long as the event.
 */
#ifndef PNPNOTIFY_EVENT_H
#define PNPNOTIFY_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pnpnotify/connection.h>
#include <pnpnotify/guid.h>

#ifdef __cplusplus
extern "C" {
#endif

/** name_offset of a report without text. */
#define PNPN_NAME_OFFSET_NONE (-1)

/** What one pnpn_register_*() call asked for. */
struct pnpn_registration;

/** What an event is about. Later versions add kinds: a program skips those that it does not know. */
enum pnpn_event_kind {
	/** A report of the device's driver, or a change that Linux told of: GUID, data, maybe text. */
	PNPN_EVENT_CUSTOM = 1,
	/** An interface was enabled (class and everything registrations; D3). */
	PNPN_EVENT_INTERFACE_ARRIVED = 2,
	/** An interface was disabled or its device went (class and everything registrations; D3). */
	PNPN_EVENT_INTERFACE_REMOVED = 3,
	/** The device is gone; the last event of this device for this registration (D8). */
	PNPN_EVENT_DEVICE_REMOVED = 4,
	/** The manager is gone. Registration and device are absent. The last event of a connection, which is of
	 *  no more use, unless it is a lasting one. */
	PNPN_EVENT_DISCONNECTED = 5,
	/** A device started (pnpn_register_all(), unless interfaces alone were asked for), whether it has
	 *  interfaces or not; it goes with PNPN_EVENT_DEVICE_REMOVED. Or one that a device registration asked for
	 *  is there again (pnpn_connect_lasting()), or is there at last (PNPN_REGISTER_WAIT). */
	PNPN_EVENT_DEVICE_ARRIVED = 6,
	/** A manager was found (pnpn_connect_lasting()); what is there follows. Registration and device are
	 *  absent. */
	PNPN_EVENT_CONNECTED = 7,
	/** The device can't be followed: its events are lost to this registration, and no other event tells how
	 *  many. pnpn_event_get_lost() is at least 1 (R15). */
	PNPN_EVENT_LOST = 8,
	/** A device of this process is back at a manager, as it was (pnpn_connect_lasting()): it may report again.
	 *  Registration is absent. */
	PNPN_EVENT_RESTORED = 9,
	/** May the device be removed (D5)? To registrations that asked to be asked (PNPN_REGISTER_QUERY_REMOVE), and to
	 *  its owner, if it did (pnpn_device_set_asked()). Close what is open of it and answer: pnpn_event_answer(). */
	PNPN_EVENT_QUERY_REMOVE = 10,
	/** It is not removed after all, to who was asked (D5). */
	PNPN_EVENT_REMOVE_CANCELLED = 11,
	/** Nobody vetoed: it goes (D5). PNPN_EVENT_DEVICE_REMOVED follows; or, where its owner fails,
	 *  PNPN_EVENT_REMOVE_CANCELLED. A PNPN_REGISTER_KERNEL_MODE registrant is waited for until it took the event
	 *  after. The owner, if it asked to be asked, calls pnpn_device_remove(). */
	PNPN_EVENT_REMOVE_PENDING = 12,
	/** To an owner that asked to be asked: the device is taken away by force (D7). Reports are accepted until it is
	 *  answered, pnpn_event_answer(); when nobody has it open any more PNPN_EVENT_REMOVE_PENDING follows. */
	PNPN_EVENT_SURPRISE_REMOVED = 13,
	/** A question was answered: pnpn_event_get_question(). Registration is absent, userdata the question's. */
	PNPN_EVENT_ANSWERED = 14,
};

/* --- what it says: valid as long as the event; never fails, never blocks ---------------------- */

/** What happened. */
enum pnpn_event_kind pnpn_event_get_kind(const struct pnpn_event *event);
/** The registration that it is for; NULL in PNPN_EVENT_DISCONNECTED, _CONNECTED, _RESTORED and _ANSWERED, and in what a
 *  device's owner is told of its removal. */
struct pnpn_registration *pnpn_event_get_registration(const struct pnpn_event *event);
/** Its userdata, as given to pnpn_register_*() or pnpn_ask_*(). */
void *pnpn_event_get_userdata(const struct pnpn_event *event);
/** Instance id of the device, such as ROOT\HELLO\0000; "" in PNPN_EVENT_DISCONNECTED, _CONNECTED and _ANSWERED. */
const char *pnpn_event_get_device(const struct pnpn_event *event);
/** Name of the interface that came or went, \\?\…; NULL in events of other kinds. */
const char *pnpn_event_get_interface(const struct pnpn_event *event);
/** The event's GUID; the interface class in arrivals and removals of interfaces; else all zero. */
const struct pnpn_guid *pnpn_event_get_guid(const struct pnpn_event *event);
/** 1 for the device's first report, one more for each; 0 where kind is not PNPN_EVENT_CUSTOM. */
uint64_t pnpn_event_get_sequence(const struct pnpn_event *event);
/** When it was reported: nanoseconds of CLOCK_REALTIME. */
uint64_t pnpn_event_get_time(const struct pnpn_event *event);
/** The same time, in nanoseconds of CLOCK_MONOTONIC: for how long after another event it was, and beside the kernel's
 *  log. It is worked out when it is asked for, of a copy when it is copied: a clock that was set between the report and
 *  that makes a difference, one that is set later none. At most what it is then; 0 before the machine started. */
uint64_t pnpn_event_get_monotonic_time(const struct pnpn_event *event);
/** How many events of this device this registration lost just before this one (R15). */
uint64_t pnpn_event_get_lost(const struct pnpn_event *event);
/** The data, 8-byte aligned, and its size; may be written to. */
void *pnpn_event_get_data(const struct pnpn_event *event, size_t *ret_size);
/** Where text starts in the data, in bytes; PNPN_NAME_OFFSET_NONE without. */
int32_t pnpn_event_get_name_offset(const struct pnpn_event *event);
/** The text as UTF-8, up to its first zero, or NULL if there is none (U6). Of a serial port's or a volume's interface
 *  that comes or goes: its name as on Windows, COM3 or E: (U16). */
const char *pnpn_event_get_text(const struct pnpn_event *event);

/**
 * pnpn_event_copy() - an event that lasts
 * @event:    one that pnpn_next_event() handed out, or a copy
 * @ret_copy: the caller's, to be freed with pnpn_event_free(); it outlasts its connection
 *
 * The getters say of it what they say of the event, from any thread, for several copies at once; its registration is
 * one that may have ended. It is not answered itself: pnpn_connection_answer(). Never blocks. Returns 0.
 */
int pnpn_event_copy(const struct pnpn_event *event, struct pnpn_event **ret_copy);

/** Frees a copy, and no other event; NULL is allowed. Any thread. Returns NULL. */
struct pnpn_event *pnpn_event_free(struct pnpn_event *copy);

/** Which query it is, for pnpn_connection_answer(); 0 unless it is PNPN_EVENT_QUERY_REMOVE or _SURPRISE_REMOVED. */
uint64_t pnpn_event_get_query(const struct pnpn_event *event);

/**
 * pnpn_event_answer() - answer a PNPN_EVENT_QUERY_REMOVE, or a _SURPRISE_REMOVED
 * @agrees: whether the device may be removed; a surprise is only taken notice of
 * @who:    who says so, for people: a window's title, a driver's name; at most 127 bytes; NULL for none
 *
 * Asks the manager. Returns 0; -ENOENT if that query is not, or not any more, to be answered: it was already, it
 * was cancelled, or the limit is over (D6); -EINVAL for another event, or a longer who.
 */
int pnpn_event_answer(const struct pnpn_event *event, bool agrees, const char *who);

/** pnpn_connection_answer() - pnpn_event_answer() once the event is not at hand any more: by its query. Asks the
 *  manager. Returns as pnpn_event_answer(). */
int pnpn_connection_answer(struct pnpn_connection *connection, uint64_t query, bool agrees,
			   const char *who);

/* --- by hand ---------------------------------------------------------------------------------- */

/**
 * pnpn_report_by_hand() - have an event reported on a device that somebody else owns
 * @device:      as in pnpn_register_device()
 * @name_offset: where text starts in the data, or PNPN_NAME_OFFSET_NONE
 *
 * The device's owner does it when it next dispatches; on a device of Linux the manager does. Asks the
 * manager. Returns 0; as pnpn_device_report(); -ENOENT; -EACCES if its owner does not allow it (D9); -EBUSY
 * if too much waits for its owner already; -ETIMEDOUT if its owner does not answer.
 */
int pnpn_report_by_hand(struct pnpn_connection *connection, const char *device,
			const struct pnpn_guid *guid, const void *data, size_t size,
			int32_t name_offset);

#ifdef __cplusplus
}
#endif

#endif
