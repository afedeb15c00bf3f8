/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pnpnotify/events.h>
#include <pnpnotify/uapi.h>
#include "source/device-change.h"
#include "source/known.h"
#include "source/sink.h"

static const char *property(struct udev_device *device, const char *name)
{
	const char *value = udev_device_get_property_value(device, name);

	return value ? value : "";
}

static bool tell_label(const struct pnpn_source_sink *sink, const struct pnpn_known *known,
		       const char *label)
{
	if (!label || strcmp(label, known->state.label) == 0)
		return false;
	pnpn_source_sink_tell_text(sink, known->instance_id, &PNPN_VOLUME_CHANGE, label);
	pnpn_source_sink_tell_text(sink, known->instance_id, &PNPN_VOLUME_NAME_CHANGE, label);
	return true;
}

void pnpn_device_change_set_label(const struct pnpn_source_sink *sink, struct pnpn_known *known,
				  char *label, bool tells)
{
	if (tells)
		(void)tell_label(sink, known, label);
	free(known->state.label);
	known->state.label = label;
}

/* What a medium brings with it, its size and its label, is not told again. */
static bool tell_medium(const struct pnpn_source_sink *sink, const struct pnpn_known *known,
			const struct pnpn_device_state *state)
{
	if (pnpn_device_state_is_same_medium(state, &known->state))
		return false;
	if (known->state.has_medium)
		pnpn_source_sink_tell(sink, known->instance_id, &PNPN_MEDIA_REMOVAL, NULL, 0);
	if (state->has_medium)
		pnpn_source_sink_tell(sink, known->instance_id, &PNPN_MEDIA_ARRIVAL, NULL, 0);
	return true;
}

static bool tell_size(const struct pnpn_source_sink *sink, const struct pnpn_known *known,
		      const struct pnpn_device_state *state)
{
	struct pnpn_size_change change = {known->state.size, state->size};

	if (change.before == change.after)
		return false;
	pnpn_source_sink_tell(sink, known->instance_id, &PNPN_VOLUME_CHANGE_SIZE, &change,
			      sizeof(change));
	return true;
}

void pnpn_device_change_set_size(const struct pnpn_source_sink *sink, struct pnpn_known *known,
				 uint64_t size)
{
	const struct pnpn_device_state state = {.size = size};

	(void)tell_size(sink, known, &state);
	known->state.size = size;
}

static void tell_properties(const struct pnpn_source_sink *sink, const struct pnpn_known *known,
			    struct udev_device *device)
{
	struct udev_list_entry *entry;
	char text[PNPN_DATA_MAX] = "";
	size_t bytes = 0;

	/* What is too long for an event is told without text. */
	udev_list_entry_foreach (entry, udev_device_get_properties_list_entry(device))
		if (bytes < sizeof(text))
			bytes += (size_t)snprintf(text + bytes, sizeof(text) - bytes, "%s=%s\n",
						  udev_list_entry_get_name(entry),
						  udev_list_entry_get_value(entry));
	pnpn_source_sink_tell_text(sink, known->instance_id, &PNPN_UEVENT, text);
}

/*
 * An event that the kernel made by itself is one, whatever became of it; one that somebody asked for,
 * such as udev after a descriptor was closed, only if something is another thing now.
 */
static bool is_event(const struct pnpn_known *known, const struct pnpn_device_state *state,
		     struct udev_device *device)
{
	const char *action = udev_device_get_action(device);

	if (!action || strcmp(action, "change") != 0)
		return false;
	/* A drive may say more than once that its medium is another one. */
	if (strcmp(property(device, "DISK_MEDIA_CHANGE"), "1") == 0)
		return false;
	return !udev_device_get_property_value(device, "SYNTH_UUID") ||
	       state->properties != known->state.properties;
}

void pnpn_device_change_tell(const struct pnpn_source_sink *sink, struct pnpn_known *known,
			     struct pnpn_device_state *state, struct udev_device *device)
{
	bool told = state->has_volume != known->state.has_volume;

	if (strcmp(property(device, "DISK_EJECT_REQUEST"), "1") == 0) {
		pnpn_source_sink_tell(sink, known->instance_id, &PNPN_MEDIA_EJECT_REQUEST, NULL, 0);
		told = true;
	}
	if (tell_medium(sink, known, state)) {
		told = true;
	} else {
		told |= tell_size(sink, known, state);
		told |= tell_label(sink, known, state->label);
	}
	if (!told && is_event(known, state, device))
		tell_properties(sink, known, device);
	pnpn_device_state_deinit(&known->state);
	known->state = *state;
	*state = (struct pnpn_device_state){0};
}
