/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/export.h"
#include "client/filter.h"
#include "core/protocol.h"

PNPN_EXPORT int pnpn_filter_new(struct pnpn_filter **ret_filter)
{
	struct pnpn_filter *filter = calloc(1, sizeof(*filter));

	if (filter)
		filter->lines = strdup("");
	if (!filter || !filter->lines) {
		free(filter);
		return -ENOMEM;
	}
	*ret_filter = filter;
	return 0;
}

PNPN_EXPORT struct pnpn_filter *pnpn_filter_free(struct pnpn_filter *filter)
{
	if (!filter)
		return NULL;
	free(filter->events);
	free(filter->lines);
	free(filter);
	return NULL;
}

static int add_line(struct pnpn_filter *filter, const char *what, const char *key,
		    const char *value)
{
	char *lines;

	if (asprintf(&lines, "%s%s %s%s%s\n", filter->lines, what, key, value ? "=" : "",
		     value ?: "") < 0)
		return -ENOMEM;
	free(filter->lines);
	filter->lines = lines;
	return 0;
}

static int add_guid(struct pnpn_filter *filter, const char *what, const struct pnpn_guid *guid)
{
	char text[PNPN_GUID_STRING];

	pnpn_guid_to_string(guid, text);
	return add_line(filter, what, text, NULL);
}

PNPN_EXPORT int pnpn_filter_add_class(struct pnpn_filter *filter,
				      const struct pnpn_guid *interface_class)
{
	if (filter->n_classes == PNPN_FILTER_MOST)
		return -E2BIG;
	int r = add_guid(filter, "class", interface_class);
	if (r >= 0)
		filter->n_classes++;
	return r;
}

PNPN_EXPORT int pnpn_filter_add_event(struct pnpn_filter *filter, const struct pnpn_guid *event)
{
	if (filter->n_events == PNPN_FILTER_MOST)
		return -E2BIG;
	struct pnpn_guid *events = reallocarray(filter->events, filter->n_events + 1,
						sizeof(*events));
	if (!events)
		return -ENOMEM;
	filter->events = events;
	events[filter->n_events] = *event;
	int r = add_guid(filter, "event", event);
	if (r >= 0)
		filter->n_events++;
	return r;
}

PNPN_EXPORT int pnpn_filter_add_property(struct pnpn_filter *filter, const char *key,
					 const char *value)
{
	if (!*key || strpbrk(key, "=\n") || strchr(value, '\n'))
		return -EINVAL;
	return add_line(filter, "property", key, value);
}
