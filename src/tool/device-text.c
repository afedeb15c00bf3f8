/* SPDX-License-Identifier: MIT */
#include "tool/catalogue.h"
#include "tool/device-text.h"

const char *pnpn_device_class_text(const struct pnpn_guid *class, char buffer[PNPN_GUID_STRING])
{
	const char *name = pnpn_catalogue_class_name(class);

	if (name)
		return name;
	pnpn_guid_to_string(class, buffer);
	return buffer;
}

static void add_links(struct pnpn_json *json, const struct pnpn_device_info *info)
{
	const char *link;

	pnpn_json_key(json, "links");
	pnpn_json_begin(json, '[');
	for (size_t i = 0; (link = pnpn_device_info_get_link(info, i)); i++)
		pnpn_json_string(json, link);
	pnpn_json_end(json, ']');
}

static void add_interfaces(struct pnpn_json *json, const struct pnpn_device_info *info)
{
	struct pnpn_guid class;
	bool enabled;
	const char *name;

	pnpn_json_key(json, "interfaces");
	pnpn_json_begin(json, '[');
	for (size_t i = 0; (name = pnpn_device_info_get_interface(info, i, &class, &enabled));
	     i++) {
		char guid[PNPN_GUID_STRING];
		pnpn_guid_to_string(&class, guid);
		pnpn_json_begin(json, '{');
		pnpn_json_add_string(json, "name", name);
		pnpn_json_add_string(json, "class", guid);
		pnpn_json_add_boolean(json, "enabled", enabled);
		pnpn_json_end(json, '}');
	}
	pnpn_json_end(json, ']');
}

void pnpn_device_add_json(struct pnpn_json *json, const struct pnpn_device_info *device)
{
	pnpn_json_add_string(json, "device", pnpn_device_info_get_id(device));
	pnpn_json_add_string(json, "source", pnpn_device_info_get_source(device));
	pnpn_json_add_string(json, "syspath", pnpn_device_info_get_syspath(device));
	pnpn_json_add_boolean(json, "started", pnpn_device_info_is_started(device));
	pnpn_json_add_unsigned(json, "pid", pnpn_device_info_get_pid(device));
	pnpn_json_add_unsigned(json, "registrants", pnpn_device_info_get_registrants(device));
	pnpn_json_add_unsigned(json, "handles", pnpn_device_info_get_handles(device));
	add_links(json, device);
	add_interfaces(json, device);
}
