/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include <pnpnotify/events.h>
#include "linux-told.h"

#define MARKER "NET\\ENDOFPNP" /* an interface that says where a situation ends */
#define RULE   "/run/udev/rules.d/00-slow.rules"

static bool has_udev, is_slow;

bool linux_told_has_udev(void)
{
	return has_udev;
}

/* --- words ---------------------------------------------------------------------------------------- */

/* NULL for classes that no test here is about. */
static const char *class_word(const struct pnpn_guid *class)
{
	static const char *const words[][2] = {
		{NETWORK_CLASS, "network"},
		{"53f56307-b6bf-11d0-94f2-00a0c91efb8b", "disk"},
		{"53f5630a-b6bf-11d0-94f2-00a0c91efb8b", "partition"},
		{"53f5630d-b6bf-11d0-94f2-00a0c91efb8b", "volume"},
	};
	char text[PNPN_GUID_STRING];

	pnpn_guid_to_string(class, text);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strstr(text, words[i][0]))
			return words[i][1];
	return NULL;
}

/* NULL for what has no word: other changes of Linux's, and the second event of a label. */
static const char *event_word(const struct pnpn_event *event)
{
	const struct {
		struct pnpn_guid guid;
		const char *word;
	} words[] = {
		{PNPN_LINK_UP, "link-up"},
		{PNPN_LINK_DOWN, "link-down"},
		{PNPN_VOLUME_MOUNT, "mount"},
		{PNPN_VOLUME_DISMOUNT, "unmount"},
		{PNPN_VOLUME_CHANGE, "label"},
		{PNPN_VOLUME_CHANGE_SIZE, "size"},
		{PNPN_MEDIA_ARRIVAL, "media-arrival"},
		{PNPN_MEDIA_REMOVAL, "media-removal"},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (linux_is_event(event, words[i].guid))
			return words[i].word;
	return NULL;
}

/* Allocated; NULL for what has no word. */
static char *to_word(const struct pnpn_event *event)
{
	enum pnpn_event_kind kind = pnpn_event_get_kind(event);
	bool is_interface = kind == PNPN_EVENT_INTERFACE_ARRIVED ||
			    kind == PNPN_EVENT_INTERFACE_REMOVED;
	const char *word = is_interface		       ? class_word(pnpn_event_get_guid(event))
			   : kind == PNPN_EVENT_CUSTOM ? event_word(event)
						       : NULL;
	const char *text = is_interface ? NULL : pnpn_event_get_text(event);
	const char *sign = !is_interface ? "" : kind == PNPN_EVENT_INTERFACE_ARRIVED ? "+" : "-";
	char *line = NULL;

	if (word)
		assert_true(asprintf(&line, "%s%s%s%s", sign, word, text ? " " : "",
				     text ? text : "") > 0);
	return line;
}

/* --- what was told -------------------------------------------------------------------------------- */

/* Told and not waited for yet: devices are told side by side. */
static struct {
	char *device, *word;
} told[64];
static size_t n_told;
static char waits_for[192]; /* a device's word */

static bool is_our_own(const char *device)
{
	static const char net[] = "LINUX\\NET\\PNP", loop[] = "LINUX\\BLOCK\\LOOP";

	return strncmp(device, net, strlen(net)) == 0 || strncmp(device, loop, strlen(loop)) == 0 ||
	       strcmp(device, "LINUX\\" MARKER) == 0;
}

static void read_one(struct linux_fixture *f)
{
	const struct pnpn_event *event = linux_next(f->watcher);
	const char *device = pnpn_event_get_device(event);
	char *word = is_our_own(device) ? to_word(event) : NULL;

	if (!word)
		return;
	assert_true(n_told < sizeof(told) / sizeof(*told));
	told[n_told].device = strdup(device + strlen("LINUX\\"));
	told[n_told].word = word;
	assert_non_null(told[n_told].device);
	n_told++;
}

/* The first of a device's, waited for. */
static size_t find_first(struct linux_fixture *f, const char *device)
{
	size_t i = 0;

	for (;;) {
		for (; i < n_told; i++)
			if (strcmp(told[i].device, device) == 0)
				return i;
		read_one(f);
	}
}

static void take(size_t at)
{
	free(told[at].device);
	free(told[at].word);
	n_told--;
	memmove(&told[at], &told[at + 1], (n_told - at) * sizeof(*told));
}

void linux_told(struct linux_fixture *f, const char *device, ...)
{
	va_list words;
	const char *word;

	va_start(words, device);
	while ((word = va_arg(words, const char *))) {
		bool may_be_missing = *word == '?';
		snprintf(waits_for, sizeof(waits_for), "%s %s", device, word);
		size_t first = find_first(f, device);
		if (may_be_missing && strcmp(told[first].word, word + 1) != 0)
			continue;
		if (!may_be_missing && strcmp(told[first].word, word) != 0)
			fail_msg("%s: told \"%s\", not \"%s\"", device, told[first].word, word);
		take(first);
	}
	va_end(words);
	*waits_for = 0;
}

/* What udev is at work on comes before it, and what others told by then is read with it. */
void linux_told_no_more(struct linux_fixture *f)
{
	if (has_udev)
		linux_command(f, "udevadm settle");
	linux_command(f, "ip link add endofpnp type bridge");
	linux_told(f, MARKER, "+network", NULL);
	linux_command(f, "ip link del endofpnp");
	linux_told(f, MARKER, "-network", NULL);
	for (size_t i = 0; i < n_told; i++)
		print_error("told besides: %s %s\n", told[i].device, told[i].word);
	assert_int_equal(n_told, 0);
}

/* --- running -------------------------------------------------------------------------------------- */

/* Every udev that these tests start reads the rule; the first one runs already. */
static void slow_udev_down(struct linux_fixture *f)
{
	if (access(RULE, F_OK) == 0)
		return;
	linux_command(f, "mkdir -p $(dirname " RULE ") && "
			 "echo 'ACTION!=\"remove\", KERNEL==\"pnp*|loop*\", "
			 "PROGRAM=\"/bin/sleep 0.3\"' >" RULE " && udevadm control --reload");
}

int linux_told_setup(void **state)
{
	int r = linux_setup(state);

	if (r == 0 && is_slow)
		slow_udev_down(*state);
	if (r == 0) {
		struct linux_fixture *f = *state;
		r = pnpn_register_all(f->watcher, 0, NULL, NULL);
	}
	return r;
}

int linux_told_teardown(void **state)
{
	struct linux_fixture *f = *state;

	if (*waits_for)
		print_error("waited for: %s\n", waits_for);
	*waits_for = 0;
	while (n_told)
		take(0);
	/* What a failed test left. */
	linux_command(f,
		      "exec 2>/dev/null; ip -all netns del; cd /sys/class/net; "
		      "for i in pnp* endofpnp; do ip link del $i; done; "
		      "until ! umount -l $(grep -o '%s/[^ ]*' /proc/self/mountinfo); do :; done",
		      f->folder);
	return linux_teardown(state);
}

int linux_told_main(int argc, char **argv, int (*run)(void))
{
	has_udev = argc < 2 || strcmp(argv[1], "--no-udev") != 0;
	is_slow = argc > 1 && strcmp(argv[1], "--slow-udev") == 0;
	return linux_run_tests(run, has_udev);
}
