/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/guid.h"
#include "core/protocol.h"
#include "manager/facts.h"
#include "manager/filter.h"
#include "manager/node.h"
#include "manager/property.h"
#include "source/sink.h"

struct match {
	struct pnpn_list link;
	const struct pnpn_node *node;
};

/* What a device has of the properties that are asked for. */
struct found {
	const struct pnpn_filter_record *filter;
	bool property[PNPN_FILTER_MOST];
};

static const struct pnpn_property *property_at(struct pnpn_list *link)
{
	return pnpn_list_entry(link, struct pnpn_property, link);
}

/* --- reading --------------------------------------------------------------------------------------- */

static int add_guid(struct pnpn_guid **guids, size_t *n, const char *text)
{
	struct pnpn_guid guid;

	if (*n == PNPN_FILTER_MOST || pnpn_guid_from_string(text, &guid) < 0)
		return -EINVAL;
	struct pnpn_guid *more = reallocarray(*guids, *n + 1, sizeof(guid));
	if (!more)
		return -ENOMEM;
	more[(*n)++] = guid;
	*guids = more;
	return 0;
}

int pnpn_filter_record_add_class(struct pnpn_filter_record *filter, const char *class)
{
	return add_guid(&filter->classes, &filter->n_classes, class);
}

static int add_property(struct pnpn_filter_record *filter, char *text)
{
	char *value = strchr(text, '=');

	if (!value || filter->n_properties == PNPN_FILTER_MOST)
		return -EINVAL;
	*value++ = 0;
	filter->n_properties++;
	return pnpn_property_append(&filter->properties, text, value) ? 0 : -ENOMEM;
}

static int add_line(struct pnpn_filter_record *filter, char *line)
{
	char *rest = strchr(line, ' ');

	if (!rest)
		return -EINVAL;
	*rest++ = 0;
	if (strcmp(line, "class") == 0)
		return pnpn_filter_record_add_class(filter, rest);
	if (strcmp(line, "event") == 0)
		return add_guid(&filter->events, &filter->n_events, rest);
	return strcmp(line, "property") == 0 ? add_property(filter, rest) : -EINVAL;
}

int pnpn_filter_record_add_lines(struct pnpn_filter_record *filter, const char *lines)
{
	char *copy = strdup(lines), *rest = copy, *line;
	int r = copy ? 0 : -ENOMEM;

	while (r >= 0 && (line = strsep(&rest, "\n")))
		r = *line ? add_line(filter, line) : 0;
	free(copy);
	return r;
}

struct pnpn_filter_record *pnpn_filter_record_new(void)
{
	struct pnpn_filter_record *filter = calloc(1, sizeof(*filter));

	if (!filter)
		return NULL;
	pnpn_list_init(&filter->properties);
	pnpn_list_init(&filter->matches);
	return filter;
}

struct pnpn_filter_record *pnpn_filter_record_free(struct pnpn_filter_record *filter)
{
	if (!filter)
		return NULL;
	pnpn_property_clear(&filter->properties);
	pnpn_list_for_each_safe (link, after, &filter->matches)
		free(pnpn_list_entry(link, struct match, link));
	free(filter->classes);
	free(filter->events);
	free(filter);
	return NULL;
}

/* --- properties ------------------------------------------------------------------------------------ */

static void find(void *userdata, const char *key, const char *value)
{
	struct found *found = userdata;
	struct pnpn_list *properties = (struct pnpn_list *)&found->filter->properties;
	size_t i = 0;

	pnpn_list_for_each_safe (link, after, properties) {
		const struct pnpn_property *property = property_at(link);
		found->property[i++] |= strcmp(property->key, key) == 0 &&
					strcmp(property->key + property->key_bytes, value) == 0;
	}
}

/* Of values of one key any will do. */
static bool has_value_of(const struct found *found, const char *key)
{
	struct pnpn_list *properties = (struct pnpn_list *)&found->filter->properties;
	size_t i = 0;

	pnpn_list_for_each_safe (link, after, properties)
		if (found->property[i++] && strcmp(property_at(link)->key, key) == 0)
			return true;
	return false;
}

static bool has_all(const struct found *found)
{
	struct pnpn_list *properties = (struct pnpn_list *)&found->filter->properties;

	pnpn_list_for_each_safe (link, after, properties)
		if (!has_value_of(found, property_at(link)->key))
			return false;
	return true;
}

static struct match *find_match(const struct pnpn_filter_record *filter,
				const struct pnpn_node *node)
{
	struct pnpn_list *matches = (struct pnpn_list *)&filter->matches;

	pnpn_list_for_each_safe (link, after, matches)
		if (pnpn_list_entry(link, struct match, link)->node == node)
			return pnpn_list_entry(link, struct match, link);
	return NULL;
}

int pnpn_filter_note(struct pnpn_filter_record *filter, struct pnpn_node *node)
{
	struct found found = {.filter = filter};
	const struct pnpn_property_sink sink = {find, &found};

	if (!filter->n_properties)
		return 0;
	pnpn_facts_tell(node, &sink);
	if (!has_all(&found))
		return 0;
	struct match *match = calloc(1, sizeof(*match));
	if (!match)
		return -ENOMEM;
	match->node = node;
	pnpn_list_append(&filter->matches, &match->link);
	return 0;
}

void pnpn_filter_forget(struct pnpn_filter_record *filter, const struct pnpn_node *node)
{
	struct match *match = find_match(filter, node);

	if (!match)
		return;
	pnpn_list_remove(&match->link);
	free(match);
}

/* --- asking ---------------------------------------------------------------------------------------- */

/* None that was asked for keeps none out. */
static bool has_guid(const struct pnpn_guid *guids, size_t n, const struct pnpn_guid *guid)
{
	return !n || pnpn_guid_is_among(guids, n, guid);
}

bool pnpn_filter_has_properties(const struct pnpn_filter_record *filter,
				const struct pnpn_node *node)
{
	return !filter->n_properties || find_match(filter, node);
}

static bool has_class(const struct pnpn_filter_record *filter, const struct pnpn_node *node)
{
	for (size_t i = 0; i < filter->n_classes; i++)
		if (pnpn_tree_has_class(&node->entry, &filter->classes[i]))
			return true;
	return !filter->n_classes;
}

bool pnpn_filter_takes(const struct pnpn_filter_record *filter, const struct pnpn_node *node)
{
	return node->entry.started && has_class(filter, node) &&
	       pnpn_filter_has_properties(filter, node);
}

bool pnpn_filter_takes_interface(const struct pnpn_filter_record *filter,
				 const struct pnpn_tree_interface *interface)
{
	return has_guid(filter->classes, filter->n_classes, &interface->class) &&
	       pnpn_filter_has_properties(filter, pnpn_node_of(interface->device));
}

bool pnpn_filter_takes_event(const struct pnpn_filter_record *filter, const struct pnpn_guid *event)
{
	return has_guid(filter->events, filter->n_events, event);
}

bool pnpn_filter_is_first(const struct pnpn_filter_record *filter,
			  const struct pnpn_tree_interface *interface)
{
	pnpn_list_for_each_safe (link, after, &interface->device->interfaces) {
		const struct pnpn_tree_interface *other =
			pnpn_list_entry(link, struct pnpn_tree_interface, link);
		if (other->told && has_guid(filter->classes, filter->n_classes, &other->class))
			return false;
	}
	return true;
}
