/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>
#include <cfgmgr32.h>
#define INITGUID
#include <devpkey.h>
#include <pnpnotify.h>

#include "core/name.h"
#include "core/protocol.h"
#include "core/setup-class.h"
#include "wincommon/utf.h"
#include "wincommon/wcs.h"
#include "win32/connect.h"
#include "win32/property.h"

/* Of mingw-w64's headers not all have it. */
#define FIRST_AFTER_REGISTRY 0x25u

/* A device that is asked for a value. */
struct asked {
	struct pnpn_connection *connection;
	struct pnpn_properties *properties;
};

void pnpn_value_deinit(struct pnpn_value *value)
{
	free(value->data);
	value->data = NULL;
}

/* --- values --------------------------------------------------------------------------------------- */

static int write_bytes(struct pnpn_value *value, DEVPROPTYPE type, const void *data, size_t bytes)
{
	value->data = malloc(bytes);
	if (!value->data)
		return -ENOMEM;
	memcpy(value->data, data, bytes);
	value->bytes = (ULONG)bytes;
	value->type = type;
	return 0;
}

static int write_number(struct pnpn_value *value, ULONG number)
{
	return write_bytes(value, DEVPROP_TYPE_UINT32, &number, sizeof(number));
}

static int write_boolean(struct pnpn_value *value, bool is)
{
	DEVPROP_BOOLEAN boolean = is ? DEVPROP_TRUE : DEVPROP_FALSE;

	return write_bytes(value, DEVPROP_TYPE_BOOLEAN, &boolean, sizeof(boolean));
}

/* One more text with its zero. */
static int add_text(struct pnpn_value *value, const char *text)
{
	WCHAR *wide = pnpn_utf_widen(text);
	size_t bytes = wide ? (pnpn_wcslen(wide) + 1) * sizeof(WCHAR) : 0;
	BYTE *grown = wide ? realloc(value->data, value->bytes + bytes) : NULL;

	if (grown) {
		memcpy(grown + value->bytes, wide, bytes);
		value->data = grown;
		value->bytes += (ULONG)bytes;
	}
	free(wide);
	return grown ? 0 : -ENOMEM;
}

static int write_text(struct pnpn_value *value, const char *text)
{
	if (!text)
		return -ENODATA;
	value->type = DEVPROP_TYPE_STRING;
	return add_text(value, text);
}

static int end_texts(struct pnpn_value *value)
{
	value->type = DEVPROP_TYPE_STRING_LIST;
	return value->bytes ? add_text(value, "") : -ENODATA;
}

static int write_guid(struct pnpn_value *value, const char *text)
{
	struct pnpn_guid guid;

	if (!text || pnpn_guid_from_string(text, &guid) < 0)
		return -ENODATA;
	return write_bytes(value, DEVPROP_TYPE_GUID, &guid, sizeof(guid));
}

/* --- what there is -------------------------------------------------------------------------------- */

static const char *get(const struct asked *asked, const char *name)
{
	return pnpn_properties_get(asked->properties, name, 0);
}

static int read_text(const struct asked *asked, const char *name, struct pnpn_value *value)
{
	return write_text(value, get(asked, name));
}

static int read_texts(const struct asked *asked, const char *name, struct pnpn_value *value)
{
	const char *text;
	int r = 0;

	for (size_t i = 0; r >= 0 && (text = pnpn_properties_get(asked->properties, name, i)); i++)
		r = add_text(value, text);
	return r < 0 ? r : end_texts(value);
}

static int read_guid(const struct asked *asked, const char *name, struct pnpn_value *value)
{
	return write_guid(value, get(asked, name));
}

static int read_number(const struct asked *asked, const char *name, struct pnpn_value *value)
{
	const char *text = get(asked, name);

	return text ? write_number(value, (ULONG)strtoul(text, NULL, 10)) : -ENODATA;
}

/* The number that every device has who is there. */
static int read_zero(const struct asked *asked, const char *name, struct pnpn_value *value)
{
	return write_number(value, 0);
}

static int read_true(const struct asked *asked, const char *name, struct pnpn_value *value)
{
	return write_boolean(value, true);
}

static int read_false(const struct asked *asked, const char *name, struct pnpn_value *value)
{
	return write_boolean(value, false);
}

static int read_status(const struct asked *asked, const char *name, struct pnpn_value *value)
{
	return write_number(value, PNPN_DEVICE_STATUS);
}

static int read_class_name(const struct asked *asked, const char *name, struct pnpn_value *value)
{
	const char *text = get(asked, name);
	struct pnpn_guid guid;

	if (!text || pnpn_guid_from_string(text, &guid) < 0)
		return -ENODATA;
	const struct pnpn_setup_class *class = pnpn_setup_class_of(&guid);
	return write_text(value, class ? class->name : NULL);
}

static int read_id(const struct asked *asked, const char *name, struct pnpn_value *value)
{
	return write_text(value, pnpn_properties_get_device(asked->properties));
}

static int read_enumerator(const struct asked *asked, const char *name, struct pnpn_value *value)
{
	char enumerator[PNPN_INSTANCE_ID_BYTES];

	snprintf(enumerator, sizeof(enumerator), "%s",
		 pnpn_properties_get_device(asked->properties));
	enumerator[strcspn(enumerator, "\\")] = 0;
	return write_text(value, enumerator);
}

/* What to call it: by its own name if it has one. */
static int read_name(const struct asked *asked, const char *name, struct pnpn_value *value)
{
	const char *own = get(asked, "friendly-name");

	return write_text(value, own ? own : get(asked, "description"));
}

static int read_is_inside(const struct asked *asked, const char *name, struct pnpn_value *value)
{
	const char *container = get(asked, name);

	if (!container)
		return -ENODATA;
	return write_boolean(value, strcmp(container, "00000000-0000-0000-ffff-ffffffffffff") == 0);
}

/* The devices below a parent but for one. */
static int add_children(const struct asked *asked, const char *parent, const char *without,
			struct pnpn_value *value)
{
	char *child = NULL, *next;
	int r;

	while ((r = pnpn_next_child(asked->connection, parent, child, &next)) > 0) {
		free(child);
		child = next;
		r = without && strcmp(child, without) == 0 ? 0 : add_text(value, child);
		if (r < 0)
			break;
	}
	free(child);
	return r < 0 ? r : end_texts(value);
}

static int read_children(const struct asked *asked, const char *name, struct pnpn_value *value)
{
	return add_children(asked, pnpn_properties_get_device(asked->properties), NULL, value);
}

static int read_siblings(const struct asked *asked, const char *name, struct pnpn_value *value)
{
	const char *parent = get(asked, name);

	return parent ? add_children(asked, parent, pnpn_properties_get_device(asked->properties),
				     value)
		      : -ENODATA;
}

static const struct property {
	const DEVPROPKEY *key;
	int (*read)(const struct asked *asked, const char *name, struct pnpn_value *value);
	const char *name;
} properties[] = {
	{&DEVPKEY_NAME, read_name, NULL},
	{&DEVPKEY_Device_DeviceDesc, read_text, "description"},
	{&DEVPKEY_Device_HardwareIds, read_texts, "hardware-id"},
	{&DEVPKEY_Device_CompatibleIds, read_texts, "compatible-id"},
	{&DEVPKEY_Device_Service, read_text, "service"},
	{&DEVPKEY_Device_Class, read_class_name, "setup-class"},
	{&DEVPKEY_Device_ClassGuid, read_guid, "setup-class"},
	{&DEVPKEY_Device_ConfigFlags, read_zero, NULL},
	{&DEVPKEY_Device_Manufacturer, read_text, "manufacturer"},
	{&DEVPKEY_Device_FriendlyName, read_text, "friendly-name"},
	{&DEVPKEY_Device_LocationInfo, read_text, "location"},
	{&DEVPKEY_Device_BusNumber, read_number, "bus-number"},
	{&DEVPKEY_Device_EnumeratorName, read_enumerator, NULL},
	{&DEVPKEY_Device_Address, read_number, "address"},
	{&DEVPKEY_Device_InstallState, read_zero, NULL},
	{&DEVPKEY_Device_BaseContainerId, read_guid, "container"},
	{&DEVPKEY_Device_ContainerId, read_guid, "container"},
	{&DEVPKEY_Device_InLocalMachineContainer, read_is_inside, "container"},
	{&DEVPKEY_Device_InstanceId, read_id, NULL},
	{&DEVPKEY_Device_DevNodeStatus, read_status, NULL},
	{&DEVPKEY_Device_ProblemCode, read_zero, NULL},
	{&DEVPKEY_Device_HasProblem, read_false, NULL},
	{&DEVPKEY_Device_IsPresent, read_true, NULL},
	{&DEVPKEY_Device_Parent, read_text, "parent"},
	{&DEVPKEY_Device_Children, read_children, NULL},
	{&DEVPKEY_Device_Siblings, read_siblings, "parent"},
	{&DEVPKEY_Device_BusReportedDeviceDesc, read_text, "description"},
	{&DEVPKEY_Device_DriverDesc, read_text, "description"},
	{&DEVPKEY_Device_DriverVersion, read_text, "driver-version"},
};

#define N_PROPERTIES (sizeof(properties) / sizeof(properties[0]))

/* --- asking --------------------------------------------------------------------------------------- */

static void asked_deinit(struct asked *asked)
{
	pnpn_properties_free(asked->properties);
	pnpn_disconnect(asked->connection);
}

static int ask(struct asked *ret_asked, const char *name)
{
	struct asked asked = {0};
	int r = pnpn_win32_connect(&asked.connection);

	if (r >= 0)
		r = pnpn_get_properties(asked.connection, name, &asked.properties);
	if (r < 0)
		asked_deinit(&asked);
	else
		*ret_asked = asked;
	return r;
}

static int read_value(const struct asked *asked, const struct property *property,
		      struct pnpn_value *ret_value)
{
	struct pnpn_value value = {0};
	int r = property->read(asked, property->name, &value);

	if (r < 0)
		pnpn_value_deinit(&value);
	else
		*ret_value = value;
	return r;
}

static bool key_equal(const DEVPROPKEY *a, const DEVPROPKEY *b)
{
	return a->pid == b->pid && memcmp(&a->fmtid, &b->fmtid, sizeof(a->fmtid)) == 0;
}

int pnpn_value_of_device(const char *instance_id, const DEVPROPKEY *key,
			 struct pnpn_value *ret_value)
{
	struct asked asked;
	int r = ask(&asked, instance_id);

	if (r < 0)
		return r;
	r = -ENODATA;
	for (size_t i = 0; i < N_PROPERTIES; i++)
		if (key_equal(properties[i].key, key)) {
			r = read_value(&asked, &properties[i], ret_value);
			break;
		}
	asked_deinit(&asked);
	return r;
}

int pnpn_value_keys(const char *instance_id, DEVPROPKEY **ret_keys, size_t *ret_count)
{
	struct asked asked;
	DEVPROPKEY *keys = calloc(N_PROPERTIES, sizeof(*keys));
	size_t count = 0;
	int r = keys ? ask(&asked, instance_id) : -ENOMEM;

	if (r < 0) {
		free(keys);
		return r;
	}
	for (size_t i = 0; i < N_PROPERTIES; i++) {
		struct pnpn_value value;
		if (read_value(&asked, &properties[i], &value) < 0)
			continue;
		pnpn_value_deinit(&value);
		keys[count++] = *properties[i].key;
	}
	asked_deinit(&asked);
	*ret_keys = keys;
	*ret_count = count;
	return 0;
}

/* An interface's class stands in its name: after the last #, in braces. */
static int write_class_of(const char *name, struct pnpn_value *value)
{
	const char *class = strstr(name, "#{"), *next;
	char text[PNPN_GUID_STRING];

	while (class && (next = strstr(class + 1, "#{")))
		class = next;
	snprintf(text, sizeof(text), "%s", class ? class + strlen("#{") : "");
	return write_guid(value, text);
}

int pnpn_value_of_interface(const char *name, const DEVPROPKEY *key, struct pnpn_value *ret_value)
{
	struct pnpn_value value = {0};
	struct asked asked;
	int r = ask(&asked, name);

	if (r < 0)
		return r;
	if (key_equal(key, &DEVPKEY_Device_InstanceId))
		r = write_text(&value, pnpn_properties_get_device(asked.properties));
	else if (key_equal(key, &DEVPKEY_DeviceInterface_Enabled))
		r = write_boolean(&value, true);
	else if (key_equal(key, &DEVPKEY_DeviceInterface_ClassGuid))
		r = write_class_of(name, &value);
	else
		r = -ENODATA;
	asked_deinit(&asked);
	if (r < 0)
		pnpn_value_deinit(&value);
	else
		*ret_value = value;
	return r;
}

/* --- in the old way ------------------------------------------------------------------------------- */

/* GUIDs are text there, in braces. */
static int guid_to_text(struct pnpn_value *value)
{
	char text[PNPN_GUID_STRING + 2] = "{";
	struct pnpn_guid guid;

	memcpy(&guid, value->data, sizeof(guid));
	pnpn_value_deinit(value);
	value->bytes = 0;
	pnpn_guid_to_string(&guid, text + 1);
	strcat(text, "}");
	return write_text(value, text);
}

/* Texts one after the other become UTF-8, each with its zero. */
static int to_narrow(struct pnpn_value *value)
{
	size_t units = value->bytes / sizeof(WCHAR), length = 0;
	const WCHAR *wide = (const WCHAR *)value->data;
	char *narrow = malloc(3 * units + 1);

	if (!narrow)
		return -ENOMEM;
	for (size_t i = 0; i < units; i += pnpn_wcslen(wide + i) + 1) {
		char *text = pnpn_utf_narrow(wide + i);
		if (!text) {
			free(narrow);
			return -ENOMEM;
		}
		strcpy(narrow + length, text);
		length += strlen(text) + 1;
		free(text);
	}
	free(value->data);
	value->data = (BYTE *)narrow;
	value->bytes = (ULONG)length;
	return 0;
}

static DWORD registry_type(DEVPROPTYPE type)
{
	switch (type) {
	case DEVPROP_TYPE_STRING:
		return REG_SZ;
	case DEVPROP_TYPE_STRING_LIST:
		return REG_MULTI_SZ;
	default:
		return REG_DWORD;
	}
}

int pnpn_value_of_registry(const char *instance_id, DWORD property, bool narrow,
			   struct pnpn_registry_value *ret_value)
{
	DEVPROPKEY key = DEVPKEY_Device_DeviceDesc;
	struct pnpn_value value;

	if (property >= FIRST_AFTER_REGISTRY)
		return -EINVAL;
	key.pid += property;
	int r = pnpn_value_of_device(instance_id, &key, &value);
	if (r < 0)
		return r;
	if (value.type == DEVPROP_TYPE_GUID)
		r = guid_to_text(&value);
	if (r >= 0 && narrow &&
	    (value.type == DEVPROP_TYPE_STRING || value.type == DEVPROP_TYPE_STRING_LIST))
		r = to_narrow(&value);
	if (r < 0) {
		pnpn_value_deinit(&value);
		return r;
	}
	*ret_value = (struct pnpn_registry_value){registry_type(value.type), value.bytes,
						  value.data};
	return 0;
}
