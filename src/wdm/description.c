/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "wdm/description.h"
#include "wdm/irp.h"
#include "wdm/text.h"

/* As documented for REG_MULTI_SZ ids. */
#define LIST_CHARS_MAX 16384

static NTSTATUS ask(PDEVICE_OBJECT pdo, UCHAR minor, const IO_STACK_LOCATION *parameters,
		    PWCHAR *ret_text)
{
	ULONG_PTR information = 0;
	NTSTATUS status = pnpn_irp_send_pnp(pdo, minor, STATUS_NOT_SUPPORTED, parameters,
					    &information);

	*ret_text = NT_SUCCESS(status) ? (PWCHAR)information : NULL;
	return *ret_text || status == STATUS_INSUFFICIENT_RESOURCES ? status : STATUS_NOT_SUPPORTED;
}

static size_t string_chars(const WCHAR *text)
{
	size_t n = 0;

	while (n < LIST_CHARS_MAX && text[n])
		n++;
	return n;
}

/* The driver's strings, of which a single one is the list's first, as ours; frees the driver's. */
static NTSTATUS take(PWCHAR text, bool list, char **ret_text)
{
	char *taken = calloc(2, 1);
	size_t bytes = 0, chars = 0;
	NTSTATUS status = taken ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;

	while (NT_SUCCESS(status) && chars < LIST_CHARS_MAX && text[chars]) {
		size_t n = string_chars(text + chars);
		UNICODE_STRING string = {(USHORT)(2 * n), (USHORT)(2 * n), text + chars};
		char *one = NULL;
		status = pnpn_text_from_unicode(&string, &one);
		char *more = one ? realloc(taken, bytes + strlen(one) + 2) : NULL;
		if (more) {
			taken = more;
			strcpy(taken + bytes, one);
			bytes += strlen(one) + 1;
			taken[bytes] = 0;
		} else if (one) {
			status = STATUS_INSUFFICIENT_RESOURCES;
		}
		free(one);
		chars += n + 1;
		if (!list)
			break;
	}
	ExFreePool(text);
	if (NT_SUCCESS(status))
		*ret_text = taken;
	else
		free(taken);
	return status;
}

/* Not to be told is no failure. */
static NTSTATUS ask_text(PDEVICE_OBJECT pdo, UCHAR minor, const IO_STACK_LOCATION *parameters,
			 bool list, char **ret_text)
{
	PWCHAR text;
	NTSTATUS status = ask(pdo, minor, parameters, &text);

	if (text)
		return take(text, list, ret_text);
	return status == STATUS_INSUFFICIENT_RESOURCES ? status : STATUS_SUCCESS;
}

static NTSTATUS ask_id(PDEVICE_OBJECT pdo, BUS_QUERY_ID_TYPE type, bool list, char **ret_id)
{
	const IO_STACK_LOCATION parameters = {.Parameters.QueryId.IdType = type};

	return ask_text(pdo, IRP_MN_QUERY_ID, &parameters, list, ret_id);
}

static NTSTATUS ask_words(PDEVICE_OBJECT pdo, DEVICE_TEXT_TYPE type, char **ret_text)
{
	const IO_STACK_LOCATION parameters = {
		.Parameters.QueryDeviceText = {.DeviceTextType = type, .LocaleId = 0x409}};

	return ask_text(pdo, IRP_MN_QUERY_DEVICE_TEXT, &parameters, false, ret_text);
}

static void ask_capabilities(PDEVICE_OBJECT pdo, PDEVICE_CAPABILITIES ret_capabilities)
{
	*ret_capabilities = (DEVICE_CAPABILITIES){.Size = sizeof(*ret_capabilities),
						  .Version = 1,
						  .Address = (ULONG)-1,
						  .UINumber = (ULONG)-1};
	const IO_STACK_LOCATION parameters = {
		.Parameters.DeviceCapabilities.Capabilities = ret_capabilities};
	pnpn_irp_send_pnp(pdo, IRP_MN_QUERY_CAPABILITIES, STATUS_NOT_SUPPORTED, &parameters, NULL);
}

/* How deep it lies, and whose it is: 1&3fa51c20&0&. */
static void format_prefix(const char *parent, char *prefix, size_t size)
{
	uint32_t hash = 2166136261u;

	for (const char *c = parent; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	snprintf(prefix, size, "1&%" PRIx32 "&0&", hash);
}

static void replace_spaces(char *text)
{
	for (; *text; text++)
		if (*text == ' ')
			*text = '_';
}

static NTSTATUS make_id(struct pnpn_description *description, const char *parent,
			const char *instance, bool unique)
{
	char prefix[32] = "", text[2 * PNPN_INSTANCE_ID_BYTES];

	if (!description->device_id || !*description->device_id) {
		fprintf(stderr, "pnpnotify host: %s: its driver has a device without a device id\n",
			parent);
		return STATUS_UNSUCCESSFUL;
	}
	if (!unique)
		format_prefix(parent, prefix, sizeof(prefix));
	snprintf(text, sizeof(text), "%s\\%s%s", description->device_id, prefix,
		 instance && *instance ? instance : "0");
	/* Windows does so, too. */
	replace_spaces(text);
	if (pnpn_instance_id_normalize(text, description->id) >= 0)
		return STATUS_SUCCESS;
	fprintf(stderr, "pnpnotify host: %s: its driver has a device whose id can't be used: %s\n",
		parent, text);
	return STATUS_UNSUCCESSFUL;
}

/* In braces, or "". */
static void strip_braces(char *text)
{
	size_t length = text ? strlen(text) : 0;

	if (length < 2 || text[0] != '{' || text[length - 1] != '}')
		return;
	memmove(text, text + 1, length - 2);
	text[length - 2] = 0;
}

static NTSTATUS ask_all(PDEVICE_OBJECT pdo, const char *parent,
			struct pnpn_description *description)
{
	DEVICE_CAPABILITIES capabilities;
	char *instance = NULL;
	NTSTATUS status = ask_id(pdo, BusQueryDeviceID, false, &description->device_id);

	ask_capabilities(pdo, &capabilities);
	description->raw = capabilities.RawDeviceOK;
	if (NT_SUCCESS(status))
		status = ask_words(pdo, DeviceTextDescription, &description->text);
	if (NT_SUCCESS(status))
		status = ask_words(pdo, DeviceTextLocationInformation, &description->location);
	if (NT_SUCCESS(status))
		status = ask_id(pdo, BusQueryInstanceID, false, &instance);
	if (NT_SUCCESS(status))
		status = ask_id(pdo, BusQueryHardwareIDs, true, &description->hardware_ids);
	if (NT_SUCCESS(status))
		status = ask_id(pdo, BusQueryCompatibleIDs, true, &description->compatible_ids);
	if (NT_SUCCESS(status))
		status = ask_id(pdo, BusQueryContainerID, false, &description->container);
	strip_braces(description->container);
	if (NT_SUCCESS(status))
		status = make_id(description, parent, instance, capabilities.UniqueID);
	free(instance);
	return status;
}

NTSTATUS pnpn_description_new(PDEVICE_OBJECT pdo, const char *parent,
			      struct pnpn_description **ret_description)
{
	struct pnpn_description *description = calloc(1, sizeof(*description));

	if (!description)
		return STATUS_INSUFFICIENT_RESOURCES;
	NTSTATUS status = ask_all(pdo, parent, description);
	if (NT_SUCCESS(status))
		*ret_description = description;
	else
		pnpn_description_free(description);
	return status;
}

struct pnpn_description *pnpn_description_free(struct pnpn_description *description)
{
	if (!description)
		return NULL;
	free(description->device_id);
	free(description->hardware_ids);
	free(description->compatible_ids);
	free(description->text);
	free(description->location);
	free(description->container);
	free(description);
	return NULL;
}

static bool list_has(const char *list, const char *id)
{
	for (; list && *list; list += strlen(list) + 1)
		if (pnpn_name_equal(list, id))
			return true;
	return false;
}

bool pnpn_description_has_id(const struct pnpn_description *description, const char *id)
{
	return pnpn_name_equal(description->id, id) ||
	       pnpn_name_equal(description->device_id, id) ||
	       list_has(description->hardware_ids, id) || list_has(description->compatible_ids, id);
}
