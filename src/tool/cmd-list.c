/* SPDX-License-Identifier: MIT */
/* pnpnotify list */
#include <json-c/json.h>
#include <stdio.h>

#include "tool/catalogue.h"
#include "tool/command.h"

static const char *class_text(const struct pnpn_guid *class, char buffer[PNPN_GUID_STRING])
{
	const char *name = pnpn_catalogue_class_name(class);

	if (name)
		return name;
	pnpn_guid_to_string(class, buffer);
	return buffer;
}

static void print_device(const struct pnpn_device_info *info)
{
	char buffer[PNPN_GUID_STRING];
	struct pnpn_guid class;
	bool enabled;
	const char *text;

	printf("%s  %s", pnpn_device_info_get_id(info), pnpn_device_info_get_source(info));
	if (pnpn_device_info_get_pid(info))
		printf(" %u", pnpn_device_info_get_pid(info));
	if (!pnpn_device_info_is_started(info))
		printf(", not started");
	printf(", %u registrants, %u handles\n", pnpn_device_info_get_registrants(info),
	       pnpn_device_info_get_handles(info));
	for (size_t i = 0; (text = pnpn_device_info_get_link(info, i)); i++)
		printf("    %s\n", text);
	for (size_t i = 0; (text = pnpn_device_info_get_interface(info, i, &class, &enabled)); i++)
		printf("    %s  %s%s\n", text, class_text(&class, buffer),
		       enabled ? "" : ", disabled");
}

static json_object *json_interfaces(const struct pnpn_device_info *info)
{
	json_object *interfaces = json_object_new_array();
	struct pnpn_guid class;
	bool enabled;
	const char *name;

	for (size_t i = 0; (name = pnpn_device_info_get_interface(info, i, &class, &enabled));
	     i++) {
		char guid[PNPN_GUID_STRING];
		json_object *interface = json_object_new_object();
		pnpn_guid_to_string(&class, guid);
		json_object_object_add(interface, "name", json_object_new_string(name));
		json_object_object_add(interface, "class", json_object_new_string(guid));
		json_object_object_add(interface, "enabled", json_object_new_boolean(enabled));
		json_object_array_add(interfaces, interface);
	}
	return interfaces;
}

static void print_json(const struct pnpn_device_info *info)
{
	json_object *device = json_object_new_object();
	json_object *links = json_object_new_array();
	const char *link;

	for (size_t i = 0; (link = pnpn_device_info_get_link(info, i)); i++)
		json_object_array_add(links, json_object_new_string(link));
	json_object_object_add(device, "device",
			       json_object_new_string(pnpn_device_info_get_id(info)));
	json_object_object_add(device, "source",
			       json_object_new_string(pnpn_device_info_get_source(info)));
	json_object_object_add(device, "syspath",
			       json_object_new_string(pnpn_device_info_get_syspath(info)));
	json_object_object_add(device, "started",
			       json_object_new_boolean(pnpn_device_info_is_started(info)));
	json_object_object_add(device, "pid",
			       json_object_new_int64(pnpn_device_info_get_pid(info)));
	json_object_object_add(device, "registrants",
			       json_object_new_int64(pnpn_device_info_get_registrants(info)));
	json_object_object_add(device, "handles",
			       json_object_new_int64(pnpn_device_info_get_handles(info)));
	json_object_object_add(device, "links", links);
	json_object_object_add(device, "interfaces", json_interfaces(info));
	puts(json_object_to_json_string_ext(device, JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(device);
}

static int list(bool json)
{
	struct pnpn_connection *connection;
	struct pnpn_device_list *devices;
	int r = pnpn_command_connect(&connection);

	if (r < 0)
		return pnpn_command_not_connected(r);
	r = pnpn_list_devices(connection, &devices);
	pnpn_disconnect(connection);
	if (r < 0)
		return pnpn_command_failed("the manager did not list its devices", r);
	for (size_t i = 0; i < pnpn_device_list_get_size(devices); i++) {
		const struct pnpn_device_info *info = pnpn_device_list_get(devices, i);
		if (json)
			print_json(info);
		else
			print_device(info);
	}
	pnpn_device_list_free(devices);
	return 0;
}

int pnpn_cmd_list(int argc, char **argv)
{
	static const struct option known[] = {{"json", no_argument, NULL, 'j'}, {0}};
	bool json = false;
	int status = 0, option;

	while ((option = pnpn_command_next_option(argc, argv, known, &status)) >= 0)
		json = true;
	if (option == PNPN_OPTION_EXIT)
		return status;
	if (optind < argc)
		return pnpn_command_usage(argv[0], "\"%s\" is one word too many", argv[optind]);
	return list(json);
}
