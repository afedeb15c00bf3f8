/* SPDX-License-Identifier: MIT */
/* A recording (pnpnotify-json(5)): a JSON object a line, what pnpnotify monitor --json writes and a little more. */
#ifndef PNPN_TOOL_RECORDING_H
#define PNPN_TOOL_RECORDING_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <pnpnotify.h>

/** The version of the format that is written, and the latest that is read. */
#define PNPN_RECORDING_VERSION 1

/** A line is no longer, its end included. */
#define PNPN_RECORDING_LINE_BYTES (512 * 1024)

/** What a line says. */
enum pnpn_recording_kind {
	PNPN_RECORDING_HEADER, /* a recording begins here */
	PNPN_RECORDING_DEVICE, /* there is a device */
	PNPN_RECORDING_LINK, /* it has a name */
	PNPN_RECORDING_INTERFACE, /* it has an interface */
	PNPN_RECORDING_EVENT, /* line is an event of enum pnpn_event_kind */
	PNPN_RECORDING_OTHER, /* something that a later version knows */
};

/** A line, checked: as long as the reader reads no other. */
struct pnpn_recording_entry {
	enum pnpn_recording_kind kind;
	enum pnpn_event_kind event;
	const char *device; /* an instance id; NULL where none is */
	const char *link;
	const char *interface; /* its whole name */
	const char *reference; /* what stands behind the interface's class, or "" */
	struct pnpn_guid guid; /* of the event, or the interface */
	bool enabled; /* the interface */
	uint64_t time; /* nanoseconds of CLOCK_REALTIME; 0 where none is */
	uint64_t lost; /* before this event */
	unsigned char *data; /* may be written to */
	size_t size;
	int32_t name_offset;
};

/** pnpn_recording_read_line() - check one line, which is written to
 *
 *  Returns 0; -EINVAL for one that is none. */
int pnpn_recording_read_line(char *line, struct pnpn_recording_entry *ret_entry);

/** Reads a recording from the beginning to its end. Begins as all zero but for file. */
struct pnpn_recording {
	FILE *file;
	unsigned long number; /* of the line read last, from 1 on */
	unsigned long cut; /* of the last line that was cut off; 0: none was */
	bool begun;
	char *line;
};

/**
 * pnpn_recording_next() - the next line that is one
 *
 * A line that was cut off, because the machine lost its power, is left out: it is the last one, or another recording begins
 * behind it. Returns 1; 0 at the end; -EINVAL for what is no recording, or no line of one, or of a later version: number says
 * where; an errno if it can't be read.
 */
int pnpn_recording_next(struct pnpn_recording *recording, struct pnpn_recording_entry *ret_entry);

/** Frees what it has but the file. */
void pnpn_recording_deinit(struct pnpn_recording *recording);

#endif
