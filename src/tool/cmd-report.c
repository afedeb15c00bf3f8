/* SPDX-License-Identifier: MIT */
/* pnpnotify report */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf.h"
#include "tool/catalogue.h"
#include "tool/command.h"

/* The most data that an event carries. */
#define DATA_MAX 65499

struct request {
	const char *device;
	struct pnpn_guid guid;
	_Alignas(2) unsigned char data[DATA_MAX]; /* zero where nothing was put */
	size_t size;
	int32_t name_offset;
};

static int read_hex(struct request *request, const char *hex)
{
	for (; *hex; hex += 2) {
		char digits[3] = {hex[0], hex[1]};
		if (!isxdigit((unsigned char)digits[0]) || !isxdigit((unsigned char)digits[1]))
			return -EINVAL;
		if (request->size == DATA_MAX)
			return -E2BIG;
		request->data[request->size++] = (unsigned char)strtol(digits, NULL, 16);
	}
	return 0;
}

/* Text is UTF-16 in the data, at an even offset, ended by a zero. */
static int add_text(struct request *request, const char *text)
{
	size_t offset = (request->size + 1) & ~(size_t)1, units;
	int r = pnpn_utf8_to_utf16(text, NULL, &units);

	if (r < 0)
		return r;
	if (offset + 2 * (units + 1) > DATA_MAX)
		return -E2BIG;
	(void)pnpn_utf8_to_utf16(text, (uint16_t *)(void *)(request->data + offset), &units);
	request->size = offset + 2 * (units + 1);
	request->name_offset = (int32_t)offset;
	return 0;
}

static int explain(const struct request *request, int error)
{
	char what[300];

	snprintf(what, sizeof(what), "%s", request->device);
	switch (error) {
	case -ENOENT:
		fprintf(stderr, "pnpnotify: there is no device %s; see pnpnotify list\n", what);
		return 1;
	case -EPERM:
		fputs("pnpnotify: that is an event of the system's own; only custom events can be "
		      "reported\n",
		      stderr);
		return 1;
	case -EACCES:
		fprintf(stderr,
			"pnpnotify: %s is another user's: only that user and root may report on "
			"it\n",
			what);
		return 1;
	case -ETIMEDOUT:
		fprintf(stderr, "pnpnotify: the process that owns %s does not answer\n", what);
		return 1;
	default:
		return pnpn_command_failed(what, error);
	}
}

static int report(const struct request *request)
{
	struct pnpn_connection *connection;
	int r = pnpn_command_connect(&connection);

	if (r < 0)
		return pnpn_command_not_connected(r);
	r = pnpn_report_by_hand(connection, request->device, &request->guid, request->data,
				request->size, request->name_offset);
	pnpn_disconnect(connection);
	return r < 0 ? explain(request, r) : 0;
}

static int read_payload(struct request *request, const char *command, const char *hex,
			const char *text)
{
	int r = hex ? read_hex(request, hex) : 0;

	if (r == -EINVAL)
		return pnpn_command_usage(command, "--data has to be pairs of hexadecimal digits");
	if (r >= 0 && text)
		r = add_text(request, text);
	if (r == -E2BIG)
		return pnpn_command_usage(command, "an event carries at most %d bytes", DATA_MAX);
	if (r < 0)
		return pnpn_command_usage(command, "--text has to be UTF-8");
	return 0;
}

int pnpn_cmd_report(int argc, char **argv)
{
	static const struct option known[] = {{"data", required_argument, NULL, 'd'},
					      {"text", required_argument, NULL, 't'},
					      {0}};
	static struct request request = {.name_offset = PNPN_NAME_OFFSET_NONE};
	const char *hex = NULL, *text = NULL;
	int status = 0, option;

	while ((option = pnpn_command_next_option(argc, argv, known, &status)) >= 0)
		*(option == 'd' ? &hex : &text) = optarg;
	if (option == PNPN_OPTION_EXIT)
		return status;
	if (argc - optind != 2)
		return pnpn_command_usage(argv[0], "it takes a DEVICE and a GUID");
	request.device = argv[optind];
	if (pnpn_catalogue_find_event(argv[optind + 1], &request.guid) < 0)
		return pnpn_command_usage(argv[0], "\"%s\" is no GUID and no event's name",
					  argv[optind + 1]);
	status = read_payload(&request, argv[0], hex, text);
	return status ? status : report(&request);
}
