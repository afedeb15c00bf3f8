/* SPDX-License-Identifier: MIT */
/*
 * pnpnotify: what just happened on a device, told to everyone who asked.
 *
 * An application connects to the PnP manager, registers for a device, an interface class or
 * everything, waits for one descriptor and takes events:
 *
 *	struct pnpn_connection *c;
 *	const struct pnpn_event *event;
 *
 *	pnpn_connect(&c, NULL);
 *	pnpn_register_device(c, "\\\\.\\Hello", 0, NULL, NULL);
 *	while (pnpn_wait(c, -1) >= 0)
 *		while (pnpn_next_event(c, &event) > 0)
 *			puts(pnpn_event_get_text(event) ?: "no text");
 *
 * A driver process creates a device, starts it and reports:
 *
 *	pnpn_device_new(c, "ROOT\\HELLO\\0000", &device);
 *	pnpn_device_add_link(device, "\\\\.\\Hello");
 *	pnpn_device_start(device);
 *	pnpn_device_report_text(device, &guid, NULL, 0, "Hello!");
 *
 * Errors are negative errno values; a refused call changes nothing and writes no result. Strings are
 * UTF-8, sizes are bytes. Unless a function says otherwise: a connection and what was made from it
 * are used by one thread at a time, different connections by different threads at will; nothing
 * blocks but the round trip to the manager where "asks the manager" stands, which fails with
 * -ENOTCONN once the manager is gone, with -ETIMEDOUT after 25 s (pnpn_connection_set_limit()) and with -EDQUOT at a limit of this user's
 * (D10); every function may return -ENOMEM. The library starts no threads and keeps no globals. The clause ids
 * name the contract.
 *
 * A child that fork() makes has none of its parent's connections (U11): in the child every function on them fails
 * with -ECHILD, or does nothing, and pnpn_disconnect() frees the child's copies and harms nobody. A child that
 * lives long calls it, or exec(): until then the manager can't see that the parent ended.
 */
#ifndef PNPNOTIFY_H
#define PNPNOTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A GUID in the layout of the Windows structure: the first three members in the machine's order. */
struct pnpn_guid {
	uint32_t data1; /* the first eight digits of the text */
	uint16_t data2; /* the next four */
	uint16_t data3; /* the four after them */
	uint8_t data4[8]; /* what is left, two digits each, in the order of the text */
};

/** Bytes that pnpn_guid_to_string() writes: 36 characters and the final zero. */
#define PNPN_GUID_STRING 37

/** name_offset of a report without text. */
#define PNPN_NAME_OFFSET_NONE (-1)

/** A connection to the PnP manager. */
struct pnpn_connection;
/** What one pnpn_register_*() call asked for. */
struct pnpn_registration;
/** A device held open: it can't be taken away in an orderly removal. */
struct pnpn_handle;
/** A device that this process owns and reports on. */
struct pnpn_device;
/** Something that happened, taken with pnpn_next_event(). */
struct pnpn_event;
/** Something that an opener asks of a device of this process. */
struct pnpn_io;
/** The devices as they were when pnpn_list_devices() was called. */
struct pnpn_device_list;
/** One of them. */
struct pnpn_device_info;
/** Counts of devices and registrants, from pnpn_get_status(). */
struct pnpn_status;
/** What is known of one device, from pnpn_get_properties(). */
struct pnpn_properties;
/** What each user has of the manager, from pnpn_get_usage(). */
struct pnpn_usage_list;
/** What a registration is to be for, for pnpn_register_filter(). */
struct pnpn_filter;
/** What the manager was asked and is not waited for, from pnpn_ask_…(). */
struct pnpn_question;

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

/** Flags of the pnpn_register_*() functions; unknown ones are refused with -EINVAL. */
enum pnpn_register_flags {
	/** Begin with the recent past that is still there, not with what comes (R12). */
	PNPN_REGISTER_HISTORY = 1 << 0,
	/** A driver's registration: completion callbacks and synchronous reports of the device's owner
	 *  wait until this registrant took the event after (R2, R9). */
	PNPN_REGISTER_KERNEL_MODE = 1 << 1,
	/** Of a class or everything: tell of interfaces only, not of the devices' own events. */
	PNPN_REGISTER_INTERFACES_ONLY = 1 << 2,
	/** Of a class or everything: tell of the interfaces that are there already (K4), of everything of the
	 *  devices too. Of a device that is waited for: tell if it is there already. */
	PNPN_REGISTER_EXISTING = 1 << 3,
	/** Of everything: tell when devices come and go, of nothing else. */
	PNPN_REGISTER_DEVICES_ONLY = 1 << 4,
	/** Ask before a device is removed, and tell how that ended (D5). Who does not answer within the manager's limit
	 *  (30 s unless set otherwise) is taken to agree (D6). */
	PNPN_REGISTER_QUERY_REMOVE = 1 << 5,
	/** Of a device: it need not be there. PNPN_EVENT_DEVICE_ARRIVED tells when it comes, and its events follow from
	 *  the first one on; after PNPN_EVENT_DEVICE_REMOVED it is waited for again, by the name that was given. */
	PNPN_REGISTER_WAIT = 1 << 6,
};

/** Flags of pnpn_remove(); unknown ones are refused with -EINVAL. */
enum pnpn_remove_flags {
	/** Wait until open handles are closed: they veto nothing. From then on nobody else opens it. */
	PNPN_REMOVE_WAIT = 1 << 0,
	/** By surprise: nobody is asked (D7). One under way is overtaken. */
	PNPN_REMOVE_FORCE = 1 << 1,
};

/** Who kept a device from being removed. */
enum pnpn_veto_kind {
	PNPN_VETO_APPLICATION = 1, /* a registrant that was asked */
	PNPN_VETO_DRIVER = 2, /* one that is PNPN_REGISTER_KERNEL_MODE */
	PNPN_VETO_HANDLE = 3, /* somebody has it open; pid 0: Linux uses it */
	PNPN_VETO_OWNER = 4, /* the device's owner; pid 0: Linux, and why */
	PNPN_VETO_OTHER = 5, /* one of a kind that this library does not know */
};

/** What an opener asks of a device, and its owner is asked. Later versions add kinds. */
enum pnpn_io_kind {
	/** It is opened: whoever completes it with an error has refused. */
	PNPN_IO_OPEN = 1,
	/** It is closed, or the opener is gone. Nothing more comes of that file; error and size say nothing. */
	PNPN_IO_CLOSE = 2,
	/** Bytes to the output. */
	PNPN_IO_READ = 3,
	/** Bytes from the input. */
	PNPN_IO_WRITE = 4,
	/** What its code says. */
	PNPN_IO_CONTROL = 5,
	/** What was written is to be where it belongs. */
	PNPN_IO_FLUSH = 6,
};

/** What pnpn_open_for() opens for; as Windows has them. */
enum pnpn_open_access {
	PNPN_ACCESS_READ = 1, /**< to read, and for IOCTLs that want it */
	PNPN_ACCESS_WRITE = 2, /**< to write, likewise */
};

/* --- connection --------------------------------------------------------------------------------- */

/**
 * pnpn_connect() - connect to the PnP manager
 * @ret_connection: the connection; the caller owns it and ends it with pnpn_disconnect()
 * @address:        "unix:path=…" of a manager; NULL for $PNPNOTIFY_ADDRESS, else the system bus
 *
 * Asks the manager. Any thread. Returns 0; -ECONNREFUSED or -ENOENT if no manager is there; -EINVAL
 * for an address that is none; -EPROTO if what answers there is no manager of this version; -EDQUOT if it
 * has too many connections of this user (D10); -EMFILE, -ENFILE, -ENOSPC or -ENOMEM if it, or this process, has no
 * descriptor or memory for one.
 */
int pnpn_connect(struct pnpn_connection **ret_connection, const char *address);

/**
 * pnpn_connect_lasting() - a connection that outlasts the manager, and may begin before it (U11)
 * @ret_connection: as in pnpn_connect()
 * @address:        as in pnpn_connect()
 *
 * As pnpn_connect(), but without a manager it succeeds too, and when the manager goes it stays:
 *
 * - When the manager goes each registration gets the events that were reported by then, then everything that
 *   it knew is told as gone: PNPN_EVENT_INTERFACE_REMOVED for each interface (those too that were there
 *   before it was made), PNPN_EVENT_DEVICE_REMOVED for each device. Then comes PNPN_EVENT_DISCONNECTED.
 * - From then on the next manager is looked for, while the program dispatches as ever: after pauses of 20 ms
 *   to 1 s. Nothing blocks. When it is found PNPN_EVENT_CONNECTED comes, then what is there, as if every
 *   registration had been made anew with PNPN_REGISTER_EXISTING. One of a device gets
 *   PNPN_EVENT_DEVICE_ARRIVED when its device is there again. A manager that was restarted has all events that
 *   its devices' owners reported to it: registrations get them from the first one on.
 * - The devices of this process come back by themselves, with their names and interfaces, enabled and started
 *   as they were, and PNPN_EVENT_RESTORED says so for each. Their sequence begins anew, and whoever has
 *   pnpn_device_get_handled_fd() in an epoll adds it again. Until then pnpn_device_report() returns -ENODEV.
 * - While there is no manager pnpn_register_class() and pnpn_register_all() succeed, and pnpn_register_device()
 *   with PNPN_REGISTER_WAIT: they begin when it comes.
 *   Whatever else asks the manager fails with -ENOTCONN, but for what takes away: pnpn_unregister(),
 *   pnpn_close(), pnpn_device_remove_link(), pnpn_device_remove(). Handles that were open are open no more.
 *
 * Blocks for one try. Any thread. Returns 0; -EINVAL for an address that is none.
 */
int pnpn_connect_lasting(struct pnpn_connection **ret_connection, const char *address);

/**
 * pnpn_connection_get_error() - whether there is a manager
 *
 * Never blocks. Returns 0 while there is one; -ENOTCONN when it went; else what pnpn_connect() returned if it
 * were called, as of the last try.
 */
int pnpn_connection_get_error(const struct pnpn_connection *connection);

/**
 * pnpn_connection_set_limit() - how long an answer of the manager is waited for
 * @limit_ms: milliseconds, from 1 on; it was 25,000
 *
 * From the next call on that asks the manager: after so long it fails with -ETIMEDOUT. Never blocks. Returns 0;
 * -EINVAL.
 */
int pnpn_connection_set_limit(struct pnpn_connection *connection, int limit_ms);

/**
 * pnpn_connect_fd() - connect over a stream socket whose other end a manager serves
 * @ret_connection: the connection; the caller owns it
 * @fd:             the socket; taken over on success, left to the caller on failure
 *
 * For managers inside a process (pnpnotify/manager.h). Asks the manager. Returns as pnpn_connect().
 */
int pnpn_connect_fd(struct pnpn_connection **ret_connection, int fd);

/**
 * pnpn_disconnect() - end a connection
 * @connection: may be NULL
 *
 * Frees every registration, handle, question and device made from it; its devices are removed (R14, D8). Does
 * not block. Returns NULL.
 */
struct pnpn_connection *pnpn_disconnect(struct pnpn_connection *connection);

/**
 * pnpn_get_fd() - the descriptor to poll for POLLIN
 *
 * The connection owns it. Once it was readable: pnpn_dispatch(), then pnpn_next_event() until that
 * returns 0; only then wait again. Any thread may poll it.
 */
int pnpn_get_fd(const struct pnpn_connection *connection);

/**
 * pnpn_dispatch() - handle what is waiting on the descriptor
 *
 * Never blocks; does a bounded piece of work. Returns 0; -ENOTCONN once the manager is gone and every
 * event, PNPN_EVENT_DISCONNECTED included, was taken (never on a lasting connection).
 */
int pnpn_dispatch(struct pnpn_connection *connection);

/**
 * pnpn_wait() - wait for the descriptor, then pnpn_dispatch()
 * @timeout_ms: how long to wait at most; -1 for ever
 *
 * For programs without an event loop. Blocks. Returns 1 if something was dispatched; 0 after the timeout,
 * or when a signal came, or the process was stopped and goes on: a program whose handlers set flags looks at
 * them; else as pnpn_dispatch().
 */
int pnpn_wait(struct pnpn_connection *connection, int timeout_ms);

/**
 * pnpn_next_event() - take the next event
 * @ret_event: the event; the connection's, valid until the next pnpn_next_event(), pnpn_dispatch(),
 *             pnpn_wait() or pnpn_disconnect()
 *
 * Never blocks. The events of one device come in the order of its reports (R11); taking the next one
 * says that the last one was handled. Returns 1 with an event, 0 without.
 */
int pnpn_next_event(struct pnpn_connection *connection, const struct pnpn_event **ret_event);

/**
 * pnpn_take_events() - take several events at once, as copies that last
 * @ret_events: room for so many; each is the caller's, to be freed with pnpn_event_free()
 * @most:       how many at most
 *
 * As so many pnpn_next_event() and pnpn_event_copy(). Those taken count as handled, but for the last: a registrant that
 * is PNPN_REGISTER_KERNEL_MODE takes them one by one (R2). Never blocks. Returns how many it took, 0 if there was none;
 * -ENOMEM if memory for the first can't be had. Whatever memory can't be had for is handed out by the next call.
 */
int pnpn_take_events(struct pnpn_connection *connection, struct pnpn_event **ret_events,
		     size_t most);

/* --- events: valid as long as the event; never fail, never block ---------------------------------- */

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

/* --- registrations -------------------------------------------------------------------------------- */

/**
 * pnpn_register_device() - ask for the events of one device
 * @device:           instance id, \\.\ name, interface name, or a path under /dev or /sys
 * @flags:            pnpn_register_flags
 * @userdata:         handed back with each event
 * @ret_registration: may be NULL: it then lasts as long as the connection
 *
 * From its return on the registrant gets exactly the events accepted afterwards (R12). Asks the
 * manager. Returns 0; -ENOENT if there is no such device, or it has not started, unless it is waited for
 * (PNPN_REGISTER_WAIT; then on a lasting connection it succeeds without a manager, too); -EACCES if its owner does
 * not allow it (D9); -EDQUOT if too many are waited for (D10); -EINVAL.
 */
int pnpn_register_device(struct pnpn_connection *connection, const char *device, unsigned int flags,
			 void *userdata, struct pnpn_registration **ret_registration);

/**
 * pnpn_register_opened() - ask for the events of one device that is open
 * @handle: pnpn_handle_get_number() of a handle, of this connection or another
 * @device: pnpn_handle_get_device()
 *
 * As pnpn_register_device(), but for no other device that has that id by now: -ENODEV then.
 */
int pnpn_register_opened(struct pnpn_connection *connection, uint64_t handle, const char *device,
			 unsigned int flags, void *userdata,
			 struct pnpn_registration **ret_registration);

/**
 * pnpn_register_class() - ask for the interfaces of a class, and their devices' events
 * @interface_class: the class
 *
 * A device that comes later is followed from its first event on. Otherwise as pnpn_register_device();
 * a class without devices is no error.
 */
int pnpn_register_class(struct pnpn_connection *connection, const struct pnpn_guid *interface_class,
			unsigned int flags, void *userdata,
			struct pnpn_registration **ret_registration);

/** pnpn_register_all() - as pnpn_register_class(), for every class and every device. */
int pnpn_register_all(struct pnpn_connection *connection, unsigned int flags, void *userdata,
		      struct pnpn_registration **ret_registration);

/**
 * pnpn_filter_new() - what a registration is to be for; everything, until something is added
 * @ret_filter: the caller owns it and frees it with pnpn_filter_free()
 *
 * Never blocks. Returns 0.
 */
int pnpn_filter_new(struct pnpn_filter **ret_filter);

/** Frees it, whose registrations stay; NULL is allowed. Returns NULL. */
struct pnpn_filter *pnpn_filter_free(struct pnpn_filter *filter);

/** Devices with an interface of this class, or of another one that was added. Never blocks. Returns 0; -E2BIG after
 *  64. */
int pnpn_filter_add_class(struct pnpn_filter *filter, const struct pnpn_guid *interface_class);

/** Of the devices' own events this one, or another one that was added. Never blocks. Returns 0; -E2BIG after 64. */
int pnpn_filter_add_event(struct pnpn_filter *filter, const struct pnpn_guid *event);

/**
 * pnpn_filter_add_property() - devices of which a property has this value, or another one that was added
 * @key:   as in pnpn_get_properties(), such as ID_BUS or manufacturer
 * @value: such as usb
 *
 * Of several keys each counts. They are looked at when a device comes; what changes later makes no difference. Never
 * blocks. Returns 0; -EINVAL for a key that is none, or a value of two lines.
 */
int pnpn_filter_add_property(struct pnpn_filter *filter, const char *key, const char *value);

/**
 * pnpn_register_filter() - ask for some of the interfaces, devices and events there are
 * @filter: copied
 *
 * With classes as pnpn_register_class(), without as pnpn_register_all(), less what the filter keeps out: of that
 * nothing reaches this process but events of the devices that are meant. Returns as pnpn_register_class(); -EINVAL
 * for more than 64 properties; -EDQUOT for too many with properties (D10).
 */
int pnpn_register_filter(struct pnpn_connection *connection, const struct pnpn_filter *filter,
			 unsigned int flags, void *userdata,
			 struct pnpn_registration **ret_registration);

/**
 * pnpn_unregister() - end a registration
 * @registration: may be NULL
 *
 * After it returned no event of it is handed out, not even one already waiting (U10). An event of it
 * that was taken stays valid as long as it would have. Asks the manager. Returns NULL.
 */
struct pnpn_registration *pnpn_unregister(struct pnpn_registration *registration);

/* --- opening -------------------------------------------------------------------------------------- */

/**
 * pnpn_open() - open a device for reading and writing
 * @name:       as in pnpn_register_device(); a \\.\ or interface name needs a started device, an
 *              interface name an enabled interface (D4). Behind a \\.\ name, after a \, may stand a name that
 *              means something to its owner
 * @ret_handle: the caller owns it and ends it with pnpn_close(), or with the connection
 *
 * If its owner serves it (pnpn_device_serve(), a WDM driver) he is asked. Asks the manager. Returns 0; -ENOENT;
 * -EACCES if its owner does not allow it (D9); -EBUSY while it is
 * about to be removed (D5), or if too much waits for its owner; what its owner says (E1);
 * -ETIMEDOUT if he says nothing for 25 s.
 */
int pnpn_open(struct pnpn_connection *connection, const char *name,
	      struct pnpn_handle **ret_handle);

/** pnpn_open_for() - as pnpn_open(), for what enum pnpn_open_access says. */
int pnpn_open_for(struct pnpn_connection *connection, const char *name, unsigned int access,
		  struct pnpn_handle **ret_handle);

/**
 * pnpn_hold() - hold a device, without asking its owner
 *
 * As pnpn_open(): it is there as an open handle, but nothing can be read, written or asked. Asks the manager.
 */
int pnpn_hold(struct pnpn_connection *connection, const char *name,
	      struct pnpn_handle **ret_handle);

/**
 * pnpn_open_socket() - the manager's part of pnpn_open() alone
 * @ret_socket: the way to its owner, the caller's; -1 if he serves nothing. The owner waits for PNPN_IO_OPEN in the
 *              form of core/io-protocol.h: for the faces, which have their own ways of waiting
 *
 * Asks the manager. Returns as pnpn_hold().
 */
int pnpn_open_socket(struct pnpn_connection *connection, const char *name,
		     struct pnpn_handle **ret_handle, int *ret_socket);

/** The open device's instance id; lives as long as the handle. */
const char *pnpn_handle_get_device(const struct pnpn_handle *handle);

/** The manager's number for it, for pnpn_register_opened(); 0 once that manager is gone. */
uint64_t pnpn_handle_get_number(const struct pnpn_handle *handle);

/** pnpn_close() - close; NULL is allowed. What is under way is cancelled (E2). Asks the owner, for at most 25 s, and the
 *  manager. Returns NULL. */
struct pnpn_handle *pnpn_close(struct pnpn_handle *handle);

/* --- reading, writing, asking: what is open and whose owner serves it (E1, E5) ---------------------------- */

/**
 * pnpn_handle_ioctl() - ask what a code says
 * @code:     as of CTL_CODE(): its lowest two bits say how the buffers travel
 * @in:       may be NULL if in_size is 0
 * @out:      may be NULL if out_size is 0
 * @ret_size: what its owner says of the size, mostly of the output; may be NULL
 *
 * Blocks until it is answered. Returns 0; what its owner says; -EOPNOTSUPP if he serves nothing; -ENODEV once he is
 * gone; -EMSGSIZE beyond 64 MiB; -EAGAIN if 256 requests are under way.
 */
int pnpn_handle_ioctl(struct pnpn_handle *handle, uint32_t code, const void *in, size_t in_size,
		      void *out, size_t out_size, size_t *ret_size);
/** pnpn_handle_read() - at most so many bytes from there; as pnpn_handle_ioctl(). */
int pnpn_handle_read(struct pnpn_handle *handle, void *data, size_t size, uint64_t offset,
		     size_t *ret_size);
/** pnpn_handle_write() - as pnpn_handle_read(). */
int pnpn_handle_write(struct pnpn_handle *handle, const void *data, size_t size, uint64_t offset,
		      size_t *ret_size);
/** pnpn_handle_flush() - as pnpn_handle_read(). */
int pnpn_handle_flush(struct pnpn_handle *handle);

/** A request of pnpn_handle_submit(). */
struct pnpn_transfer {
	enum pnpn_io_kind kind; /* READ to FLUSH */
	uint32_t code; /* of PNPN_IO_CONTROL */
	uint64_t offset; /* of PNPN_IO_READ and _WRITE */
	const void *in; /* lives until the answer was taken */
	size_t in_size; /* bytes of it */
	void *out; /* likewise */
	size_t out_size; /* bytes of room there */
	void *userdata; /* comes back */
};

/** Its answer. */
struct pnpn_result {
	void *userdata; /* of the request */
	uint64_t number; /* as pnpn_handle_submit() gave it */
	int error; /* 0; what its owner says */
	int32_t status; /* the same as NTSTATUS, as it came */
	size_t size; /* as ret_size of pnpn_handle_ioctl() */
};

/**
 * pnpn_handle_submit() - ask without waiting
 * @transfer_size: sizeof(*transfer)
 * @ret_number:    for pnpn_handle_cancel(); may be NULL
 *
 * Never blocks. Returns as pnpn_handle_ioctl(); -EAGAIN too while the owner does not read.
 */
int pnpn_handle_submit(struct pnpn_handle *handle, const struct pnpn_transfer *transfer,
		       size_t transfer_size, uint64_t *ret_number);

/** Has it answered soon, which it still is. Never waits for that. Returns 0; -ENOENT if it was answered. */
int pnpn_handle_cancel(struct pnpn_handle *handle, uint64_t number);

/** Readable when there is an answer to take, or the owner is gone; the handle's; -1 if he serves nothing. After it was
 *  readable, and after a call that blocked: pnpn_handle_take() until that returns no 1. */
int pnpn_handle_get_fd(const struct pnpn_handle *handle);

/** pnpn_handle_take() - take an answer; result_size is sizeof(*ret_result). Never blocks. Returns 1 with one; 0;
 *  -ENODEV if the owner is gone and everything was answered. */
int pnpn_handle_take(struct pnpn_handle *handle, struct pnpn_result *ret_result,
		     size_t result_size);

/**
 * pnpn_handle_share_event() - an event that the owner may signal (E3)
 * @ret_fd:     readable when he did: recv() takes a byte, 1 where he set and 0 where he reset it; the caller's
 * @ret_number: the owner gets the event if he finds this as eight bytes in a request's input and asks for it: a driver
 *              takes it for the handle of an event
 *
 * Returns 0; -EOPNOTSUPP if the owner serves nothing; -EMFILE.
 */
int pnpn_handle_share_event(struct pnpn_handle *handle, int *ret_fd, uint64_t *ret_number);

/* --- what is there -------------------------------------------------------------------------------- */

/**
 * pnpn_list_devices() - every device and what it offers
 * @ret_list: the caller owns it and frees it with pnpn_device_list_free()
 *
 * Asks the manager. Returns 0.
 */
int pnpn_list_devices(struct pnpn_connection *connection, struct pnpn_device_list **ret_list);

/** Frees the list; NULL is allowed. Returns NULL. */
struct pnpn_device_list *pnpn_device_list_free(struct pnpn_device_list *list);
/** How many devices it holds. */
size_t pnpn_device_list_get_size(const struct pnpn_device_list *list);
/** The device at index, or NULL past the end; it and its strings live as long as the list. */
const struct pnpn_device_info *pnpn_device_list_get(const struct pnpn_device_list *list,
						    size_t index);

/** Its instance id. */
const char *pnpn_device_info_get_id(const struct pnpn_device_info *info);
/** Where it comes from: "driver" for a process's device, "kernel" for a kernel module's, "linux" for one that
 *  Linux reported. */
const char *pnpn_device_info_get_source(const struct pnpn_device_info *info);
/** Its path below /sys, or "" if it has none. */
const char *pnpn_device_info_get_syspath(const struct pnpn_device_info *info);
/** Its setup class, which tells its kind as on Windows; all zero if it is of none (U17). Lives as long as the list. */
const struct pnpn_guid *pnpn_device_info_get_setup_class(const struct pnpn_device_info *info);
/** Whether it was started. */
bool pnpn_device_info_is_started(const struct pnpn_device_info *info);
/** When it was started, as its manager knows: nanoseconds of CLOCK_REALTIME; 0 unless it was. Whatever takes its id
 *  after it has another time. */
uint64_t pnpn_device_info_get_since(const struct pnpn_device_info *info);
/** The process that owns it; 0 for the manager. */
uint32_t pnpn_device_info_get_pid(const struct pnpn_device_info *info);
/** How many registrants follow it. */
uint32_t pnpn_device_info_get_registrants(const struct pnpn_device_info *info);
/** How many handles are open. */
uint32_t pnpn_device_info_get_handles(const struct pnpn_device_info *info);
/** Its index-th \\.\ name, or the other id of one that has two (L1), or NULL past the end. */
const char *pnpn_device_info_get_link(const struct pnpn_device_info *info, size_t index);
/** Its index-th interface's name, or NULL past the end; class and whether it is enabled go to where
 *  the other two point, if not NULL. */
const char *pnpn_device_info_get_interface(const struct pnpn_device_info *info, size_t index,
					   struct pnpn_guid *ret_class, bool *ret_enabled);

/**
 * pnpn_get_properties() - everything that is known of one device (U17)
 * @device:         as in pnpn_register_device(); HTREE\ROOT\0 is what all devices are below
 * @ret_properties: the caller owns it and frees it with pnpn_properties_free()
 *
 * What is known, under these keys: description, friendly-name, manufacturer, hardware-id and compatible-id (of
 * which there may be several, the most special first), setup-class (a GUID), service (Linux's driver),
 * driver-version, location, container (a GUID), bus-number, address, node (its path below /dev), parent (an instance
 * id); and each property that udev has, under udev's own name, such as ID_SERIAL. What is not known is not there.
 * Of a process's device: what its owner gave it. Asks the manager. Returns 0; -ENOENT if there is no such device, or
 * it has not started; -EINVAL.
 */
int pnpn_get_properties(struct pnpn_connection *connection, const char *device,
			struct pnpn_properties **ret_properties);

/** Frees them; NULL is allowed. Returns NULL. */
struct pnpn_properties *pnpn_properties_free(struct pnpn_properties *properties);
/** The instance id of the device that they are of; lives as long as they. */
const char *pnpn_properties_get_device(const struct pnpn_properties *properties);
/** The index-th value of a key, or NULL past the end, or without one; lives as long as the properties. */
const char *pnpn_properties_get(const struct pnpn_properties *properties, const char *key,
				size_t index);
/**
 * pnpn_properties_get_at() - all of them, one after the other
 * @ret_value: the value, the properties' own: valid as long as they
 *
 * Never blocks. Returns the index-th value's key, which lives as long, or NULL past the end.
 */
const char *pnpn_properties_get_at(const struct pnpn_properties *properties, size_t index,
				   const char **ret_value);

/**
 * pnpn_next_child() - the devices below one, one after the other (U17)
 * @parent:    as in pnpn_get_properties()
 * @after:     a child; NULL for the first one
 * @ret_child: instance id of the child that comes next, the caller's, to be freed with free(); only where there is one
 *
 * In the order in which they came. Asks the manager. Returns 1; 0 if there is none; -ENOENT if one of both is gone;
 * -EINVAL.
 */
int pnpn_next_child(struct pnpn_connection *connection, const char *parent, const char *after,
		    char **ret_child);

/**
 * pnpn_get_status() - per device and registrant: events, lag, losses
 * @ret_status: the caller owns it and frees it with pnpn_status_free()
 *
 * Asks the manager. Returns 0.
 */
int pnpn_get_status(struct pnpn_connection *connection, struct pnpn_status **ret_status);

/** Frees it; NULL is allowed. Returns NULL. */
struct pnpn_status *pnpn_status_free(struct pnpn_status *status);

/** One registrant of one device; registrant 0 is the device itself, without a reader. */
struct pnpn_status_row {
	const char *device; /* instance id; lives as long as the status */
	uint32_t pid; /* the registrant's process; in a device's own row the owner's */
	uint32_t registrant; /* number of the registration; 0 in a device's own row */
	uint64_t events; /* taken by the registrant; in a device's own row reported */
	uint64_t lag; /* bytes that wait for the registrant; in a device's own row 0 */
	uint64_t lost; /* events that the registrant lost; in a device's own row 0 */
	uint64_t
		unanswered; /* in the row of a process that left queries in removals unanswered: how many, device
				being that of the last one, which may be gone (D6); registrant is 0; in other rows 0 */
};

/**
 * pnpn_status_get() - one row
 * @row_size: sizeof(*ret_row): members that a later version adds are written to programs that know them
 *
 * Returns whether there is one; false too for a row_size that no version has had.
 */
bool pnpn_status_get(const struct pnpn_status *status, size_t index,
		     struct pnpn_status_row *ret_row, size_t row_size);

/**
 * pnpn_get_usage() - what each user has of the manager, and may have (D10)
 * @ret_list: the caller owns it and frees it with pnpn_usage_list_free()
 *
 * Asks the manager. Returns 0.
 */
int pnpn_get_usage(struct pnpn_connection *connection, struct pnpn_usage_list **ret_list);

/** Frees it; NULL is allowed. Returns NULL. */
struct pnpn_usage_list *pnpn_usage_list_free(struct pnpn_usage_list *list);

/** One resource of one user. */
struct pnpn_usage_row {
	uint32_t uid; /* the user */
	const char *resource; /* such as "connections"; lives as long as the list */
	uint64_t used; /* how much the user's processes have of it */
	uint64_t limit; /* how much they may have; 0: as much as there is */
};

/** pnpn_usage_list_get() - one row, as pnpn_status_get(). */
bool pnpn_usage_list_get(const struct pnpn_usage_list *list, size_t index,
			 struct pnpn_usage_row *ret_row, size_t row_size);

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

/* --- removing ------------------------------------------------------------------------------------- */

/** Who vetoed. */
struct pnpn_veto {
	enum pnpn_veto_kind kind; /* in which part he had a say */
	uint32_t pid; /* his process */
	char who[128]; /* as he said with his answer, or "" */
};

/**
 * pnpn_remove() - have a device removed that somebody else owns (D5, D7)
 * @device:    as in pnpn_register_device()
 * @flags:     pnpn_remove_flags
 * @ret_veto:  who vetoed, if somebody did; may be NULL
 * @veto_size: sizeof(*ret_veto): members that a later version adds are written to programs that know them
 *
 * Applications that asked to be asked are, then such drivers; then nobody may have it open; then its owner is asked.
 * It goes once all agree, and this returns when it went. Registrations of this connection are not asked. In the place
 * of an owner Linux is asked for its loop disks: whether whoever asks may write to the disk, before anybody else is; whether
 * nothing uses it (a veto PNPN_VETO_HANDLE of pid 0; who says what: "mounted at /mnt"); and to let it go.
 *
 * Asks the manager. Blocks until all have answered or their time is over, with PNPN_REMOVE_WAIT for as long as
 * somebody has it open; a process that ends meanwhile gives up. Returns 0 if it is removed; 1 if somebody vetoed;
 * -ENOENT; -EACCES unless asked by its owner's user or root (D9); -EALREADY if somebody else is at it; -EDEADLK for a
 * device of this connection; -EOPNOTSUPP for a device of a kernel module's, for one of Linux's that is no loop disk, or with
 * PNPN_REMOVE_FORCE.
 */
int pnpn_remove(struct pnpn_connection *connection, const char *device, unsigned int flags,
		struct pnpn_veto *ret_veto, size_t veto_size);

/* --- the same without waiting -------------------------------------------------------------------------- */

/**
 * pnpn_ask_devices() - pnpn_list_devices() that is not waited for
 * @userdata:     pnpn_event_get_userdata() of the answer
 * @ret_question: the caller owns it and frees it with pnpn_question_free(), or it ends with the connection
 *
 * The manager is asked, PNPN_EVENT_ANSWERED tells that there is an answer, and it is taken with
 * pnpn_question_take_devices(). Many may be under way; they are answered in their order, but for removals. There is no
 * limit in time: who has waited long enough frees the question. When the manager goes the answer is -ENOTCONN, on a
 * lasting connection too. Never blocks. Returns 0; -ENOTCONN.
 */
int pnpn_ask_devices(struct pnpn_connection *connection, void *userdata,
		     struct pnpn_question **ret_question);

/** pnpn_ask_properties() - pnpn_get_properties(), as pnpn_ask_devices(). */
int pnpn_ask_properties(struct pnpn_connection *connection, const char *device, void *userdata,
			struct pnpn_question **ret_question);

/** pnpn_ask_status() - pnpn_get_status(), as pnpn_ask_devices(). */
int pnpn_ask_status(struct pnpn_connection *connection, void *userdata,
		    struct pnpn_question **ret_question);

/** pnpn_ask_usage() - pnpn_get_usage(), as pnpn_ask_devices(). */
int pnpn_ask_usage(struct pnpn_connection *connection, void *userdata,
		   struct pnpn_question **ret_question);

/** pnpn_ask_removal() - pnpn_remove(), as pnpn_ask_devices() (D5). Freeing the question does not take it back. */
int pnpn_ask_removal(struct pnpn_connection *connection, const char *device, unsigned int flags,
		     void *userdata, struct pnpn_question **ret_question);

/** The question that was answered; NULL in events of other kinds, in copies, and once it was freed. */
struct pnpn_question *pnpn_event_get_question(const struct pnpn_event *event);

/** What the function that waits would have returned; -EINPROGRESS before there is an answer. Never blocks. */
int pnpn_question_get_result(const struct pnpn_question *question);

/**
 * pnpn_question_take_devices() - the answer to pnpn_ask_devices()
 * @ret_list: the caller owns it, as of pnpn_list_devices()
 *
 * Never blocks. Returns as pnpn_question_get_result(); -EINVAL for another question, or if it was taken.
 */
int pnpn_question_take_devices(struct pnpn_question *question, struct pnpn_device_list **ret_list);
/** pnpn_question_take_properties() - of pnpn_ask_properties(); as pnpn_question_take_devices(). */
int pnpn_question_take_properties(struct pnpn_question *question,
				  struct pnpn_properties **ret_properties);
/** pnpn_question_take_status() - of pnpn_ask_status(); as pnpn_question_take_devices(). */
int pnpn_question_take_status(struct pnpn_question *question, struct pnpn_status **ret_status);
/** pnpn_question_take_usage() - of pnpn_ask_usage(); as pnpn_question_take_devices(). */
int pnpn_question_take_usage(struct pnpn_question *question, struct pnpn_usage_list **ret_list);
/** pnpn_question_take_veto() - who vetoed, of a pnpn_ask_removal() that returned 1; veto_size is sizeof(*ret_veto), as in
 *  pnpn_remove(). Never blocks. Returns as pnpn_question_get_result(); -EINVAL for another question. */
int pnpn_question_take_veto(struct pnpn_question *question, struct pnpn_veto *ret_veto,
			    size_t veto_size);

/** Frees it, answered or not: nothing of it is handed out any more. NULL is allowed. Returns NULL. */
struct pnpn_question *pnpn_question_free(struct pnpn_question *question);

/* --- devices of this process ---------------------------------------------------------------------- */

/**
 * pnpn_device_new() - create a device
 * @instance_id: three parts of letters, digits, _ - . & and { }, as in ROOT\HELLO\0000; at most 200
 *               bytes; upper and lower case are one
 * @ret_device:  the caller owns it and ends it with pnpn_device_remove(), or with the connection
 *
 * Nobody sees it until it starts. Asks the manager. Returns 0; -EEXIST if there is one of that id;
 * -EINVAL for an id that is none; -EACCES for one of the system's (LINUX, KERNEL, USB, USBSTOR,
 * HID, PCI, SCSI, STORAGE, HTREE), for another machine's (FLEET) unless the manager's file of owners names this user for it, or
 * where the manager serves everybody and does not let this user have it (D9).
 */
int pnpn_device_new(struct pnpn_connection *connection, const char *instance_id,
		    struct pnpn_device **ret_device);

/**
 * pnpn_device_set_access() - say who may do what with it (D9)
 * @mode: as of a file, for the user, the group and others: 4 to register, 2 to have events reported by hand,
 *        1 to open; unless set 0755
 * @uid:  the user; (uint32_t)-1 leaves it: the process's
 * @gid:  the group; (uint32_t)-1 leaves it: the process's
 *
 * Root may do everything. Asks the manager. Returns 0; -EINVAL for another mode; -EALREADY once it started.
 */
int pnpn_device_set_access(struct pnpn_device *device, uint32_t mode, uint32_t uid, uint32_t gid);

/**
 * pnpn_device_set_sequence() - its events are another machine's, and keep the numbers that they have there (F4)
 * @sequence: of the last one before the first that this device is to report: none up to it counts as lost;
 *            UINT64_MAX if it is not known: none before the first does
 *
 * For whoever reports with pnpn_device_report_as(). At another manager the numbers go on (pnpn_connect_lasting()).
 * Never blocks. Returns 0; -EALREADY once it started.
 */
int pnpn_device_set_sequence(struct pnpn_device *device, uint64_t sequence);

/**
 * pnpn_device_set_asked() - whether this process is asked before the device is removed (D5)
 * @asked: if so PNPN_EVENT_QUERY_REMOVE, _REMOVE_CANCELLED, _REMOVE_PENDING and _SURPRISE_REMOVED come for it, without a
 *         registration
 *
 * Otherwise, as at first, the library agrees for it when it dispatches, and the device is gone then: reports return
 * -ENODEV. Never blocks.
 */
void pnpn_device_set_asked(struct pnpn_device *device, bool asked);

/**
 * pnpn_device_add_property() - one more value of something that is known of it (U17)
 * @key:   as in pnpn_get_properties(), or one of its own: letters, digits and _-. , at most 63
 * @value: 1 to 511 bytes
 *
 * Another device of the same connection, by its instance id, is what this one is on, if it is given as parent: before this one
 * starts and after that one has. It goes before that one then, and whoever is asked about it may keep that one, too (D5).
 *
 * Asks the manager. Returns 0; -EINVAL for a key or a value that is none, and for another setup-class. For a parent:
 * -ENOENT if there is none such; -EALREADY for another one, or too late; -EDQUOT for more than 15 above each other.
 */
int pnpn_device_add_property(struct pnpn_device *device, const char *key, const char *value);

/** pnpn_device_start() - present it to the world (D3, D4). Asks the manager. Returns 0; -EALREADY. */
int pnpn_device_start(struct pnpn_device *device);

/**
 * pnpn_device_add_link() - give it a \\.\ name
 *
 * Asks the manager. Returns 0; -EEXIST if a device has it; -EINVAL for a name that is none; -EACCES for one
 * that Linux gives to devices, such as \\.\sda (D9): should a device of Linux come with another name of this
 * device's, it gets that.
 */
int pnpn_device_add_link(struct pnpn_device *device, const char *link);

/** pnpn_device_remove_link() - take the name away. Asks the manager. Returns 0; -ENOENT. */
int pnpn_device_remove_link(struct pnpn_device *device, const char *link);

/**
 * pnpn_device_add_interface() - register an interface of a class, disabled at first (D1, D2)
 * @reference: distinguishes interfaces of one class, without / and \; NULL or "" for none
 * @ret_name:  the interface's name, the caller's, to be freed with free(); may be NULL
 *
 * Asks the manager. Returns 0; 1 if it was there already (name written all the same); -EINVAL.
 */
int pnpn_device_add_interface(struct pnpn_device *device, const struct pnpn_guid *interface_class,
			      const char *reference, char **ret_name);

/**
 * pnpn_device_enable_interface() - tell of its arrival, or of its removal (D3)
 * @name:   as add_interface gave it
 * @enable: which
 *
 * Before the device started the arrival waits for that. Asks the manager. Returns 0; -EEXIST if it is
 * enabled already; -ENOENT if it is not enabled, or is not there.
 */
int pnpn_device_enable_interface(struct pnpn_device *device, const char *name, bool enable);

/**
 * pnpn_device_report() - tell every registrant that something happened (R1)
 * @guid:        what; no system event (R3)
 * @data:        copied before it returns; may be NULL if size is 0
 * @size:        at most 65,499
 * @name_offset: where text (UTF-16, ended by a zero) starts in the data, even, or
 *               PNPN_NAME_OFFSET_NONE
 *
 * Any number of threads, also while another uses the connection, but not after pnpn_device_remove()
 * was called. Never waits for a registrant; no system call while none sleeps and memory is at hand.
 * Returns 0; -EPERM for a system event; -EINVAL; -ENODEV if the device has not started or is gone;
 * -ENOBUFS if memory can't be had (R8).
 */
int pnpn_device_report(struct pnpn_device *device, const struct pnpn_guid *guid, const void *data,
		       size_t size, int32_t name_offset);

/**
 * pnpn_device_report_text() - pnpn_device_report() with text behind the data
 * @text: UTF-8
 *
 * Returns as pnpn_device_report(); -EILSEQ for text that is no UTF-8.
 */
int pnpn_device_report_text(struct pnpn_device *device, const struct pnpn_guid *guid,
			    const void *data, size_t size, const char *text);

/**
 * pnpn_device_report_tracked() - pnpn_device_report(), and where in the ring the event ended
 * @ret_position: the event is handled by every kernel-mode registrant once
 *                pnpn_device_get_handled() is at least this (R2, R9)
 *
 * Returns as pnpn_device_report().
 */
int pnpn_device_report_tracked(struct pnpn_device *device, const struct pnpn_guid *guid,
			       const void *data, size_t size, int32_t name_offset,
			       uint64_t *ret_position);

/**
 * pnpn_device_report_as() - pnpn_device_report() of an event that has its number and its time already (F4)
 * @sequence: above those of the events before; registrants are told of those in between as lost (R15)
 * @time:     when it was reported there: nanoseconds of CLOCK_REALTIME
 *
 * Returns as pnpn_device_report(); -EALREADY for a number that was there.
 */
int pnpn_device_report_as(struct pnpn_device *device, const struct pnpn_guid *guid,
			  const void *data, size_t size, int32_t name_offset, uint64_t sequence,
			  uint64_t time);

/** Kernel-mode registrants have handled everything below. Any thread; never blocks. */
uint64_t pnpn_device_get_handled(const struct pnpn_device *device);

/** A descriptor, the device's, to be polled and read like an eventfd, that is written to whenever
 *  pnpn_device_get_handled() grew while a kernel-mode registrant was behind. Whoever polls it reads
 *  it. Returns -1 before the device is at a manager. */
int pnpn_device_get_handled_fd(const struct pnpn_device *device);

/** Who opened a device, in pnpn_opened. */
struct pnpn_opener {
	uint64_t handle; /* the manager's number */
	const char *rest; /* what stands behind the device's name, from the \ on; "" for most */
	uint32_t uid; /* his user */
	uint32_t pid; /* his process */
};

/** Called when somebody opens a device of this process, by pnpn_dispatch() or while a call waits for the manager; the
 *  socket is the callee's. It may not use the connection. */
typedef void pnpn_opened(struct pnpn_device *device, const struct pnpn_opener *opener, int socket,
			 void *userdata);

/**
 * pnpn_device_serve() - hear of who opens it, and what they ask (E1)
 * @opened: NULL: pnpn_next_io() hands out what is asked. The faces have their own ways
 *
 * Lasts as long as the device, over managers that restart. Asks the manager. Returns 0.
 */
int pnpn_device_serve(struct pnpn_device *device, pnpn_opened *opened, void *userdata);

/**
 * pnpn_next_io() - take the next thing that somebody asks of a device of this process
 * @ret_io: the caller owns it and gives it back with pnpn_io_complete(), at any time
 *
 * pnpn_get_fd() tells of these, too. One whose opener wants it no more, or is gone, is handed out a second time:
 * pnpn_io_is_cancelled() says so, and it is to be completed soon. Each file is one PNPN_IO_OPEN, then, unless that is
 * refused, others, then one PNPN_IO_CLOSE. What one user may have under way is limited (D10). What is left of them goes with the connection. Never blocks. Returns
 * 1 with one, 0 without.
 */
int pnpn_next_io(struct pnpn_connection *connection, struct pnpn_io **ret_io);

/**
 * pnpn_io_complete() - answer it; frees it
 * @error: 0, or a negative errno
 * @size:  bytes of the output that count, of a write those that were taken
 *
 * Never blocks, never fails. Returns NULL.
 */
struct pnpn_io *pnpn_io_complete(struct pnpn_io *io, int error, size_t size);

/** What is asked. What these return lives as long as the io. */
enum pnpn_io_kind pnpn_io_get_kind(const struct pnpn_io *io);
/** The device; NULL once that was removed. */
struct pnpn_device *pnpn_io_get_device(const struct pnpn_io *io);
/** The code of a PNPN_IO_CONTROL; what a PNPN_IO_OPEN asks for (enum pnpn_open_access). */
uint32_t pnpn_io_get_code(const struct pnpn_io *io);
/** Where a PNPN_IO_READ or _WRITE begins. */
uint64_t pnpn_io_get_offset(const struct pnpn_io *io);
/** The input and its size: a copy, which nobody changes; of PNPN_IO_OPEN the rest of the name, ended by a zero. */
const void *pnpn_io_get_input(const struct pnpn_io *io, size_t *ret_size);
/** The output buffer and its size. The opener may see what is written there at once, and change it. */
void *pnpn_io_get_output(const struct pnpn_io *io, size_t *ret_size);
/** Whether its opener wants it no more. */
bool pnpn_io_is_cancelled(const struct pnpn_io *io);
/** Who opened the file, as the kernel says. */
uint32_t pnpn_io_get_uid(const struct pnpn_io *io);
/** Its process, likewise. */
uint32_t pnpn_io_get_pid(const struct pnpn_io *io);
/** A pointer of the owner's for each file: the same in everything that is asked of it. */
void pnpn_io_set_file_data(struct pnpn_io *io, void *userdata);
/** That pointer; NULL at first. */
void *pnpn_io_get_file_data(const struct pnpn_io *io);

/** Its instance id; lives as long as the device. */
const char *pnpn_device_get_id(const struct pnpn_device *device);

/**
 * pnpn_device_remove() - the device is gone; frees it
 * @device: may be NULL
 *
 * Registrants get every event reported before, then the removal (D8). Asks the manager. Returns NULL.
 */
struct pnpn_device *pnpn_device_remove(struct pnpn_device *device);

/* --- GUIDs and version ---------------------------------------------------------------------------- */

/** Writes a guid as xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx, lower case. Any thread. */
void pnpn_guid_to_string(const struct pnpn_guid *guid, char ret_string[PNPN_GUID_STRING]);

/** Reads a guid with or without braces, either case. Any thread. Returns 0; -EINVAL. */
int pnpn_guid_from_string(const char *string, struct pnpn_guid *ret_guid);

/** Whether two GUIDs are the same. Any thread. */
bool pnpn_guid_equal(const struct pnpn_guid *a, const struct pnpn_guid *b);

/** The library's version, such as "0.1.0"; static. Any thread. */
const char *pnpn_get_version(void);

#ifdef __cplusplus
}
#endif

#endif
