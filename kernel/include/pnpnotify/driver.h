/* SPDX-License-Identifier: MIT */
/*
 * pnpnotify for Linux drivers: typed events from a driver to everyone who asked, applications and other
 * drivers. Three lines make a driver report:
 *
 *	foo->pnpn = pnpn_device_register(&pdev->dev, NULL);		in probe
 *	pnpn_report_text(foo->pnpn, &FOO_EVENT, "it happened", GFP_ATOMIC);	anywhere but in a hard interrupt
 *	pnpn_device_unregister(foo->pnpn);				in remove
 *
 * Sizes are bytes, strings UTF-8, errors negative errno values (or ERR_PTR()s); the clause ids name the
 * contract. "May sleep" means process context. Those who know the Windows names find them in
 * pnpnotify/windows.h: both stand on the same devices.
 */
#ifndef PNPN_DRIVER_H
#define PNPN_DRIVER_H

#include <linux/device.h>
#include <linux/gfp.h>
#include <linux/module.h>
#include <linux/types.h>

/** struct pnpn_guid - a GUID in the layout of the Windows structure */
struct pnpn_guid {
	u32 data1; /* the first eight digits of the text */
	u16 data2; /* the next four */
	u16 data3; /* the four after them */
	u8 data4[8]; /* what is left, two digits each, in the order of the text */
};

/** Bytes that pnpn_guid_to_string() writes: 36 characters and the final zero. */
#define PNPN_GUID_STRING 37

/** name_offset of a report without text. */
#define PNPN_NAME_OFFSET_NONE (-1)

/** struct pnpn_device - a device that reports; pnpn_device_register() makes it */
struct pnpn_device;
/** struct pnpn_listener - one who hears of events; pnpn_listen_device() and pnpn_listen_class() make it */
struct pnpn_listener;

/** Each event is a change uevent of the struct device too: PNPNOTIFY_EVENT, _SEQUENCE, _LOST. */
#define PNPN_DEVICE_UEVENT BIT(0)
/** pnpn_report_done() will be used: room for its bookkeeping is reserved (R8). */
#define PNPN_DEVICE_COMPLETIONS BIT(1)
/** Not presented yet: pnpn_device_start() does that. */
#define PNPN_DEVICE_NOT_STARTED BIT(2)

/**
 * struct pnpn_device_options - how pnpn_device_register() is to make a device; zero is a good default
 * @id:              instance id, such as ROOT\HELLO\0000; NULL for KERNEL\<subsystem>\<name of the
 *                   struct device>
 * @link:            a \\.\ name, or NULL
 * @interface_class: a class that it has an interface of, enabled when it starts; or NULL
 * @flags:           PNPN_DEVICE_*
 * @mode:            who may watch it, as the mode of a file of @uid and @gid: 0 stands for 0444,
 *                   whoever may open /dev/pnpnotify
 * @uid:             owner of the device for @mode
 * @gid:             group of the device for @mode
 * @backlog:         bytes of events that wait for a slow registrant before it loses the oldest (R15),
 *                   all of them reserved: a power of two from 256 KiB to 64 MiB; 0 stands for 1 MiB
 */
struct pnpn_device_options {
	const char *id;
	const char *link;
	const struct pnpn_guid *interface_class;
	unsigned int flags;
	umode_t mode;
	kuid_t uid;
	kgid_t gid;
	size_t backlog;
};

/**
 * pnpn_device_register() - make a device that reports, and present it
 * @dev:     what it is about: a reference is held; NULL needs an id in the options
 * @options: NULL for all defaults
 *
 * Its memory is reserved now: reports need none. May sleep. Returns the device, the caller's until
 * pnpn_device_unregister(); ERR_PTR(-EINVAL) for an id, a link or an option that is none;
 * -EEXIST if a device has it; -ENOMEM.
 */
struct pnpn_device *pnpn_device_register(struct device *dev,
					 const struct pnpn_device_options *options);

/**
 * devm_pnpn_device_register() - pnpn_device_register() that is undone when the driver lets go of its device
 * @dev:     what it is about, and the driver's: not NULL
 * @options: as in pnpn_device_register()
 *
 * What was acquired for @dev before is there longer, what comes after goes before: an interrupt whose handler reports is
 * requested after it. May sleep. Returns as pnpn_device_register(); nobody calls pnpn_device_unregister().
 */
struct pnpn_device *devm_pnpn_device_register(struct device *dev,
					      const struct pnpn_device_options *options);

/**
 * pnpn_device_unregister() - the device is gone
 * @device: the device; NULL and ERR_PTR()s are allowed
 *
 * Registrants get every event reported before, then the removal (D8). When it returns every callback of
 * the device has run and none will. Memory goes when the last registrant unmapped it. No report may be
 * under way or follow. May sleep. Inside a callback it does not wait for listeners of classes to hear of it; nor
 * for the device's callbacks, which follow then, if those wait for the very callback: inside the device's own,
 * or where two callbacks end each other's device or listener.
 */
void pnpn_device_unregister(struct pnpn_device *device);

/** pnpn_device_start() - present a PNPN_DEVICE_NOT_STARTED one (D3). May sleep. Returns 0; -EALREADY. */
int pnpn_device_start(struct pnpn_device *device);

/** pnpn_device_id() - its instance id; lives as long as the device. */
const char *pnpn_device_id(const struct pnpn_device *device);

/** pnpn_device_add_link() - a \\.\ name. May sleep. Returns 0; -EINVAL; -EEXIST; -ENOMEM. */
int pnpn_device_add_link(struct pnpn_device *device, const char *link);

/** pnpn_device_remove_link() - take it away. May sleep. Returns 0; -ENOENT. */
int pnpn_device_remove_link(struct pnpn_device *device, const char *link);

/**
 * pnpn_device_add_interface() - an interface of a class, disabled (D1, D2)
 * @device:          the device
 * @interface_class: the class
 * @reference:       tells interfaces of one class apart; NULL for none
 * @ret_name:        the name, \\?\…, the device's own: valid as long as that; may be NULL
 *
 * May sleep. Returns 0; 1 if it was there (name written); -EINVAL; -ENOMEM.
 */
int pnpn_device_add_interface(struct pnpn_device *device, const struct pnpn_guid *interface_class,
			      const char *reference, const char **ret_name);

/**
 * pnpn_device_enable_interface() - tell of its arrival or removal (D3)
 * @device: the device
 * @name:   of the interface
 * @enable: which
 *
 * Before the device started the arrival waits. May sleep. Returns 0; -EEXIST; -ENOENT.
 */
int pnpn_device_enable_interface(struct pnpn_device *device, const char *name, bool enable);

/**
 * pnpn_report() - tell every registrant that something happened (R1)
 * @device:      the device
 * @guid:        what; no system event (R3)
 * @data:        copied; may be NULL if @size is 0
 * @size:        at most 65,499
 * @name_offset: where UTF-16 text starts in @data, even, or PNPN_NAME_OFFSET_NONE
 * @gfp:         what the caller may do; nothing is allocated, but a GFP_KERNEL caller is checked
 *
 * Process and softirq context, under spinlocks, with interrupts off; waits for nobody. Returns 0;
 * -EPERM for a system event; -EINVAL; -ENODEV if the device has not started or is gone; -EWOULDBLOCK
 * in a hard interrupt, with a warning (R7).
 */
int pnpn_report(struct pnpn_device *device, const struct pnpn_guid *guid, const void *data,
		size_t size, int name_offset, gfp_t gfp);

/**
 * pnpn_report_text() - pnpn_report() with a text as its data
 * @device: the device
 * @guid:   what
 * @text:   UTF-8, at most 255 characters
 * @gfp:    as in pnpn_report()
 *
 * As pnpn_report(); -EILSEQ if it is no UTF-8; -E2BIG.
 */
int pnpn_report_text(struct pnpn_device *device, const struct pnpn_guid *guid, const char *text,
		     gfp_t gfp);

/**
 * pnpn_report_done() - pnpn_report(), and a callback once every kernel-mode registrant was told (R9)
 * @device:      the device; made with PNPN_DEVICE_COMPLETIONS
 * @guid:        as in pnpn_report()
 * @data:        as in pnpn_report()
 * @size:        as in pnpn_report()
 * @name_offset: as in pnpn_report()
 * @done:        runs once, in process context, in the order of the reports; never for a refused one
 * @context:     handed to @done
 *
 * As pnpn_report(); -ENOBUFS while some 18,000 callbacks wait (R8).
 */
int pnpn_report_done(struct pnpn_device *device, const struct pnpn_guid *guid, const void *data,
		     size_t size, int name_offset, void (*done)(void *context), void *context);

/**
 * pnpn_report_sync() - pnpn_report(), then wait until every kernel-mode registrant was told (R2)
 *
 * Arguments and errors as pnpn_report(). May sleep: -EWOULDBLOCK where that can't be; -EDEADLK inside
 * any callback of pnpnotify (K7).
 */
int pnpn_report_sync(struct pnpn_device *device, const struct pnpn_guid *guid, const void *data,
		     size_t size, int name_offset);

/** What a notice is about. */
enum pnpn_notice_kind {
	PNPN_NOTICE_EVENT, /* a report */
	PNPN_NOTICE_REMOVED, /* the device is gone; nothing follows (D8) */
	PNPN_NOTICE_INTERFACE_ARRIVED, /* of a class (D3) */
	PNPN_NOTICE_INTERFACE_REMOVED, /* one went, or its device did */
};

/**
 * struct pnpn_notice - what a kernel-mode registrant is told; lent for the call
 * @kind:           what it is about
 * @device_id:      instance id of the device
 * @interface_name: of interface notices, else NULL
 * @guid:           the event; the class in interface notices
 * @data:           the event's data, 4-byte aligned
 * @size:           its bytes
 * @name_offset:    where text starts, or PNPN_NAME_OFFSET_NONE
 * @sequence:       1 for the device's first report
 * @time:           when it was reported: nanoseconds of CLOCK_REALTIME
 * @lost:           events that were lost just before this one (R15)
 */
struct pnpn_notice {
	enum pnpn_notice_kind kind;
	const char *device_id;
	const char *interface_name;
	const struct pnpn_guid *guid;
	const void *data;
	u32 size;
	s32 name_offset;
	u64 sequence;
	u64 time;
	u64 lost;
};

/** Called in process context, one notice of a device after the other. */
typedef void (*pnpn_notice_fn)(const struct pnpn_notice *notice, void *context);

/**
 * pnpn_listen_device() - be told of a device's events (K3)
 * @name:    instance id, \\.\ name or name of an enabled interface
 * @fn:      called for each event accepted after this returned
 * @context: handed to @fn
 * @owner:   THIS_MODULE: it can't be unloaded before pnpn_unlisten() (K6)
 *
 * May sleep. Returns the listener; ERR_PTR(-ENOENT); -ENOMEM; -EINVAL.
 */
struct pnpn_listener *pnpn_listen_device(const char *name, pnpn_notice_fn fn, void *context,
					 struct module *owner);

/**
 * pnpn_listen_class() - be told when interfaces of a class come and go (K4)
 * @interface_class: the class
 * @existing:        tell of those that are enabled already, too
 * @fn:              called for each
 * @context:         handed to @fn
 * @owner:           THIS_MODULE
 *
 * May sleep. Returns the listener; ERR_PTR(-ENOMEM); -EINVAL.
 */
struct pnpn_listener *pnpn_listen_class(const struct pnpn_guid *interface_class, bool existing,
					pnpn_notice_fn fn, void *context, struct module *owner);

/**
 * pnpn_unlisten() - end it: no call is under way any more when it returns, and none follows (K5)
 * @listener: NULL and ERR_PTR()s are allowed
 *
 * From inside its own callback it does not wait; nor from inside one that its callback is waiting for, since it
 * ends that one's listener or device. May sleep.
 */
void pnpn_unlisten(struct pnpn_listener *listener);

/** pnpn_unlisten_nowait() - the same, but a call under way may still finish (K5). */
void pnpn_unlisten_nowait(struct pnpn_listener *listener);

/** pnpn_guid_to_string() - as xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx. Any context. */
void pnpn_guid_to_string(const struct pnpn_guid *guid, char ret_string[PNPN_GUID_STRING]);

/** pnpn_guid_from_string() - with or without braces. Any context. Returns 0; -EINVAL. */
int pnpn_guid_from_string(const char *string, struct pnpn_guid *ret_guid);

#endif
