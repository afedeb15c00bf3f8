/* SPDX-License-Identifier: MIT */
/* pnpnotify info */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tool/command.h"
#include "tool/device-text.h"
#include "tool/json.h"
#include "tool/terminal.h"

struct info {
	const char *key; /* this property alone; NULL: everything */
	bool json;
	bool colours;
};

static void print_line(const struct info *info, const char *key, const char *value)
{
	printf("%s%-16s%s %s\n", pnpn_terminal_colour(info->colours, PNPN_COLOUR_NAME), key,
	       pnpn_terminal_colour(info->colours, PNPN_COLOUR_NONE), value);
}

static void print_number(const struct info *info, const char *key, uint64_t number)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRIu64, number);
	print_line(info, key, digits);
}

static void print_device(const struct info *info, const struct pnpn_device_info *device)
{
	char buffer[PNPN_GUID_STRING];
	struct pnpn_guid class;
	const char *text;
	bool enabled;

	print_line(info, "source", pnpn_device_info_get_source(device));
	if (*pnpn_device_info_get_syspath(device))
		print_line(info, "syspath", pnpn_device_info_get_syspath(device));
	if (pnpn_device_info_get_pid(device))
		print_number(info, "process", pnpn_device_info_get_pid(device));
	print_number(info, "registrants", pnpn_device_info_get_registrants(device));
	print_number(info, "handles", pnpn_device_info_get_handles(device));
	for (size_t i = 0; (text = pnpn_device_info_get_link(device, i)); i++)
		print_line(info, "link", text);
	for (size_t i = 0; (text = pnpn_device_info_get_interface(device, i, &class, &enabled));
	     i++) {
		print_line(info, "interface", text);
		printf("%-16s %s%s\n", "", pnpn_device_class_text(&class, buffer),
		       enabled ? "" : ", disabled");
	}
}

/* What has one value is that; several are an array. */
static void add_properties(struct pnpn_json *json, const struct pnpn_properties *properties)
{
	const char *key, *value;

	pnpn_json_key(json, "properties");
	pnpn_json_begin(json, '{');
	for (size_t i = 0; (key = pnpn_properties_get_at(properties, i, &value)); i++) {
		if (pnpn_properties_get(properties, key, 0) != value)
			continue;
		pnpn_json_key(json, key);
		pnpn_json_begin(json, '[');
		for (size_t k = 0; (value = pnpn_properties_get(properties, key, k)); k++)
			pnpn_json_string(json, value);
		pnpn_json_end(json, ']');
	}
	pnpn_json_end(json, '}');
}

static void print_json(const struct pnpn_device_info *device,
		       const struct pnpn_properties *properties)
{
	struct pnpn_json json = {0};

	pnpn_json_begin(&json, '{');
	if (device)
		pnpn_device_add_json(&json, device);
	else
		pnpn_json_add_string(&json, "device", pnpn_properties_get_device(properties));
	add_properties(&json, properties);
	pnpn_json_end(&json, '}');
	putchar('\n');
}

/* Each value a line, for scripts. */
static int print_property(const struct info *info, const struct pnpn_properties *properties)
{
	const char *value;
	size_t n = 0;

	for (; (value = pnpn_properties_get(properties, info->key, n)); n++)
		puts(value);
	if (!n)
		fprintf(stderr, "pnpnotify: %s has no property %s\n",
			pnpn_properties_get_device(properties), info->key);
	return n ? 0 : 1;
}

static int print_info(struct info *info, const struct pnpn_device_list *devices,
		      const struct pnpn_properties *properties)
{
	const char *id = pnpn_properties_get_device(properties), *key, *value;
	const struct pnpn_device_info *device = NULL;

	for (size_t i = 0; (device = pnpn_device_list_get(devices, i)); i++)
		if (strcmp(pnpn_device_info_get_id(device), id) == 0)
			break;
	if (info->key)
		return print_property(info, properties);
	if (info->json) {
		print_json(device, properties);
		return 0;
	}
	info->colours = pnpn_terminal_has_colours();
	pnpn_terminal_begin_pages();
	print_line(info, "device", id);
	if (device)
		print_device(info, device);
	for (size_t i = 0; (key = pnpn_properties_get_at(properties, i, &value)); i++)
		print_line(info, key, value);
	return 0;
}

/* Returns an exit status. */
static int ask(struct info *info, struct pnpn_connection *connection, const char *name)
{
	struct pnpn_properties *properties;
	struct pnpn_device_list *devices;
	int r = pnpn_get_properties(connection, name, &properties);

	if (r == -ENOENT) {
		fprintf(stderr, "pnpnotify: there is no device %s; see pnpnotify list\n", name);
		return 1;
	}
	if (r < 0)
		return pnpn_command_failed(name, r);
	r = pnpn_list_devices(connection, &devices);
	int status = r < 0 ? pnpn_command_failed("the manager did not list its devices", r)
			   : print_info(info, devices, properties);
	if (r >= 0)
		pnpn_device_list_free(devices);
	pnpn_properties_free(properties);
	return status;
}

int pnpn_cmd_info(int argc, char **argv)
{
	static const struct option known[] = {
		{"property", required_argument, NULL, 'p'}, {"json", no_argument, NULL, 'j'}, {0}};
	struct pnpn_connection *connection;
	struct info info = {0};
	int status = 0, option;

	while ((option = pnpn_command_next_option(argc, argv, known, &status)) >= 0) {
		info.json |= option == 'j';
		if (option == 'p')
			info.key = optarg;
	}
	if (option == PNPN_OPTION_EXIT)
		return status;
	if (optind == argc)
		return pnpn_command_usage(argv[0], "which device?");
	int r = pnpn_command_connect(&connection);
	if (r < 0)
		return pnpn_command_not_connected(r);
	for (int i = optind; i < argc && !status; i++) {
		if (i > optind && !info.json && !info.key)
			putchar('\n');
		status = ask(&info, connection, argv[i]);
	}
	pnpn_disconnect(connection);
	return status;
}
