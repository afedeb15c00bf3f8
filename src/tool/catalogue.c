/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "event-catalogue.h"
#include "tool/catalogue.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

const char *pnpn_catalogue_event_name(const struct pnpn_guid *guid)
{
	for (size_t i = 0; i < COUNT(pnpn_event_catalogue); i++)
		if (memcmp(&pnpn_event_catalogue[i].guid, guid, sizeof(*guid)) == 0)
			return pnpn_event_catalogue[i].name;
	return NULL;
}

const char *pnpn_catalogue_class_name(const struct pnpn_guid *guid)
{
	for (size_t i = 0; i < COUNT(pnpn_class_catalogue); i++)
		if (memcmp(&pnpn_class_catalogue[i].guid, guid, sizeof(*guid)) == 0)
			return pnpn_class_catalogue[i].name;
	return NULL;
}

int pnpn_catalogue_find_event(const char *word, struct pnpn_guid *ret_guid)
{
	for (size_t i = 0; i < COUNT(pnpn_event_catalogue); i++) {
		const char *known = pnpn_event_catalogue[i].word;
		if (strcasecmp(pnpn_event_catalogue[i].name, word) != 0 &&
		    (!known || strcasecmp(known, word) != 0))
			continue;
		*ret_guid = pnpn_event_catalogue[i].guid;
		return 0;
	}
	return pnpn_guid_from_string(word, ret_guid);
}

int pnpn_catalogue_find_class(const char *word, struct pnpn_guid *ret_guid)
{
	for (size_t i = 0; i < COUNT(pnpn_class_catalogue); i++) {
		if (strcasecmp(pnpn_class_catalogue[i].name, word) != 0)
			continue;
		*ret_guid = pnpn_class_catalogue[i].guid;
		return 0;
	}
	return pnpn_guid_from_string(word, ret_guid);
}

const char *pnpn_catalogue_event_at(size_t index, const char **ret_word)
{
	if (index >= COUNT(pnpn_event_catalogue))
		return NULL;
	*ret_word = pnpn_event_catalogue[index].word;
	return pnpn_event_catalogue[index].name;
}

const char *pnpn_catalogue_class_at(size_t index)
{
	return index < COUNT(pnpn_class_catalogue) ? pnpn_class_catalogue[index].name : NULL;
}
