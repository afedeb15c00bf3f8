/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "port/notice.h"

/* Notices at once, and seconds until there may be one more. */
#define BURST	   100
#define PAUSE_SECS 10

/* One is cut off where it would be longer. */
#define FIELD_BYTES 1024
#define FIELDS	    6

struct fields {
	char text[FIELDS][FIELD_BYTES];
	struct iovec all[FIELDS];
	int n;
};

/* systemd says what it connected to it: device and inode of stderr. */
static bool is_in_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	uintmax_t device, inode;
	struct stat status;

	return stream && sscanf(stream, "%ju:%ju", &device, &inode) == 2 &&
	       fstat(STDERR_FILENO, &status) == 0 && status.st_dev == device &&
	       status.st_ino == inode;
}

__attribute__((format(printf, 2, 3))) static void add(struct fields *fields, const char *format,
						      ...)
{
	char *text = fields->text[fields->n];
	va_list arguments;

	va_start(arguments, format);
	int length = vsnprintf(text, FIELD_BYTES, format, arguments);
	va_end(arguments);
	if (length < 0)
		return;
	fields->all[fields->n++] = (struct iovec){.iov_base = text, .iov_len = strlen(text)};
}

static void send_to_journal(const struct pnpn_notice *about, const char *message)
{
	struct fields fields = {0};

	add(&fields, "MESSAGE=%s", message);
	add(&fields, "PRIORITY=%d", LOG_NOTICE);
	if (about && about->device)
		add(&fields, "PNPNOTIFY_DEVICE=%s", about->device);
	if (about && about->resource)
		add(&fields, "PNPNOTIFY_RESOURCE=%s", about->resource);
	if (about && about->pid)
		add(&fields, "PNPNOTIFY_PID=%d", (int)about->pid);
	if (about && about->has_uid)
		add(&fields, "PNPNOTIFY_UID=%u", (unsigned int)about->uid);
	(void)sd_journal_sendv(fields.all, fields.n);
}

static struct {
	pthread_mutex_t lock;
	time_t empty_until; /* where it lies so far ahead that a burst does not fit, nothing more is said */
	unsigned long left_out;
} limit = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Whether it may be said now, and how many before it were not. */
static bool take_turn(unsigned long *ret_left_out)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	pthread_mutex_lock(&limit.lock);
	if (limit.empty_until < now.tv_sec)
		limit.empty_until = now.tv_sec;
	bool allowed = limit.empty_until - now.tv_sec < BURST * PAUSE_SECS;
	*ret_left_out = limit.left_out;
	limit.left_out = allowed ? 0 : limit.left_out + 1;
	if (allowed)
		limit.empty_until += PAUSE_SECS;
	pthread_mutex_unlock(&limit.lock);
	return allowed;
}

static void say(const struct pnpn_notice *about, const char *message)
{
	if (is_in_journal())
		send_to_journal(about, message);
	else
		fprintf(stderr, "pnpnotifyd: %s\n", message);
}

void pnpn_notice(const struct pnpn_notice *about, const char *format, ...)
{
	char message[FIELD_BYTES];
	unsigned long left_out;
	va_list arguments;

	if (!take_turn(&left_out))
		return;
	va_start(arguments, format);
	(void)vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	say(about, message);
	if (!left_out)
		return;
	snprintf(message, sizeof(message), "%lu notices before that were left out", left_out);
	say(NULL, message);
}
