/* SPDX-License-Identifier: MIT */
/* pnpn_list_devices(): the pages are kept as the messages they came in, and the rows point into them. */
#include <errno.h>
#include <stdlib.h>

#include "client/bus.h"
#include "client/connection.h"
#include "client/export.h"
#include "client/question.h"

struct interface_row {
	const char *name;
	struct pnpn_guid class;
	bool enabled;
};

struct pnpn_device_info {
	const char *id;
	const char *source;
	const char *syspath;
	struct pnpn_guid setup_class;
	int started;
	uint64_t since;
	uint32_t pid;
	uint32_t registrants;
	uint32_t handles;
	char **links; /* as sd-bus reads them: each string and the list are ours */
	struct interface_row *interfaces;
	size_t n_interfaces;
};

struct pnpn_device_list {
	sd_bus_message **pages;
	size_t n_pages;
	struct pnpn_device_info *devices;
	size_t n_devices;
};

/* One more element; grows by doubling. */
static void *grow(void *array, size_t count, size_t element_bytes)
{
	if (count & (count - 1))
		return array;
	return reallocarray(array, count ? 2 * count : 1, element_bytes);
}

static void info_deinit(struct pnpn_device_info *info)
{
	for (char **link = info->links; link && *link; link++)
		free(*link);
	free(info->links);
	free(info->interfaces);
}

PNPN_EXPORT struct pnpn_device_list *pnpn_device_list_free(struct pnpn_device_list *list)
{
	if (!list)
		return NULL;
	for (size_t i = 0; i < list->n_devices; i++)
		info_deinit(&list->devices[i]);
	free(list->devices);
	for (size_t i = 0; i < list->n_pages; i++)
		sd_bus_message_unref(list->pages[i]);
	free(list->pages);
	free(list);
	return NULL;
}

static int read_interfaces(struct pnpn_device_info *info, sd_bus_message *m)
{
	const char *name, *class_text;
	int enabled;
	int r = sd_bus_message_enter_container(m, 'a', "(ssb)");

	if (r < 0)
		return r;
	while ((r = sd_bus_message_read(m, "(ssb)", &name, &class_text, &enabled)) > 0) {
		struct interface_row *rows = grow(info->interfaces, info->n_interfaces,
						  sizeof(*rows));
		if (!rows)
			return -ENOMEM;
		info->interfaces = rows;
		rows += info->n_interfaces;
		rows->name = name;
		rows->enabled = enabled;
		r = pnpn_guid_from_string(class_text, &rows->class);
		if (r < 0)
			return r;
		info->n_interfaces++;
	}
	return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_device(struct pnpn_device_info *info, sd_bus_message *m)
{
	const char *class_text;
	int r = sd_bus_message_read(m, "ssssbtuuu", &info->id, &info->source, &info->syspath,
				    &class_text, &info->started, &info->since, &info->pid,
				    &info->registrants, &info->handles);

	if (r >= 0)
		r = pnpn_guid_from_string(class_text, &info->setup_class);
	if (r >= 0)
		r = sd_bus_message_read_strv(m, &info->links);
	if (r >= 0)
		r = read_interfaces(info, m);
	return r;
}

static int read_devices(struct pnpn_device_list *list, sd_bus_message *m)
{
	int r = sd_bus_message_enter_container(m, 'a', "(ssssbtuuuasa(ssb))");

	while (r >= 0 && (r = sd_bus_message_enter_container(m, 'r', "ssssbtuuuasa(ssb)")) > 0) {
		struct pnpn_device_info *devices = grow(list->devices, list->n_devices,
							sizeof(*devices));
		if (!devices)
			return -ENOMEM;
		list->devices = devices;
		devices[list->n_devices] = (struct pnpn_device_info){0};
		r = read_device(&devices[list->n_devices++], m);
		if (r >= 0)
			r = sd_bus_message_exit_container(m);
	}
	return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* Returns 0; an errno; after is 0 behind the last page. */
static int read_page(struct pnpn_device_list *list, sd_bus_message *page, uint64_t *after)
{
	uint64_t next = 0;
	sd_bus_message **pages = grow(list->pages, list->n_pages, sizeof(*pages));

	if (!pages)
		return -ENOMEM;
	list->pages = pages;
	pages[list->n_pages++] = sd_bus_message_ref(page);
	int r = read_devices(list, page);
	if (r >= 0)
		r = sd_bus_message_read(page, "t", &next);
	if (r >= 0 && next && next <= *after)
		r = -EPROTO;
	*after = next;
	return r < 0 ? r : 0;
}

static int ask_page(struct pnpn_device_list *list, struct pnpn_connection *connection,
		    uint64_t *after)
{
	sd_bus_message *page = NULL;
	int r = pnpn_bus_call(connection, &page, "ListDevices", "t", *after);

	if (r >= 0)
		r = read_page(list, page, after);
	sd_bus_message_unref(page);
	return r;
}

PNPN_EXPORT int pnpn_list_devices(struct pnpn_connection *connection,
				  struct pnpn_device_list **ret_list)
{
	struct pnpn_device_list *list = calloc(1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	uint64_t after = 0;
	int r;
	do
		r = ask_page(list, connection, &after);
	while (r >= 0 && after);
	if (r < 0) {
		pnpn_device_list_free(list);
		return r;
	}
	*ret_list = list;
	return 0;
}

static int ask(struct pnpn_question *question)
{
	return pnpn_question_call(question, "ListDevices", "t", question->from);
}

static int read_answer(struct pnpn_question *question, sd_bus_message *answer)
{
	int r = read_page(question->result, answer, &question->from);

	return r >= 0 && question->from ? -EAGAIN : r;
}

static void free_result(void *result)
{
	pnpn_device_list_free(result);
}

static const struct pnpn_question_kind question_kind = {
	.ask = ask,
	.read = read_answer,
	.free_result = free_result,
};

PNPN_EXPORT int pnpn_ask_devices(struct pnpn_connection *connection, void *userdata,
				 struct pnpn_question **ret_question)
{
	return pnpn_question_new(connection, &question_kind,
				 calloc(1, sizeof(struct pnpn_device_list)), userdata,
				 ret_question);
}

PNPN_EXPORT int pnpn_question_take_devices(struct pnpn_question *question,
					   struct pnpn_device_list **ret_list)
{
	void *list;
	int r = pnpn_question_take(question, &question_kind, &list);

	if (r >= 0)
		*ret_list = list;
	return r;
}

PNPN_EXPORT size_t pnpn_device_list_get_size(const struct pnpn_device_list *list)
{
	return list->n_devices;
}

PNPN_EXPORT const struct pnpn_device_info *pnpn_device_list_get(const struct pnpn_device_list *list,
								size_t index)
{
	return index < list->n_devices ? &list->devices[index] : NULL;
}

PNPN_EXPORT const char *pnpn_device_info_get_id(const struct pnpn_device_info *info)
{
	return info->id;
}

PNPN_EXPORT const char *pnpn_device_info_get_source(const struct pnpn_device_info *info)
{
	return info->source;
}

PNPN_EXPORT const char *pnpn_device_info_get_syspath(const struct pnpn_device_info *info)
{
	return info->syspath;
}

PNPN_EXPORT const struct pnpn_guid *pnpn_device_info_get_setup_class(
	const struct pnpn_device_info *info)
{
	return &info->setup_class;
}

PNPN_EXPORT bool pnpn_device_info_is_started(const struct pnpn_device_info *info)
{
	return info->started;
}

PNPN_EXPORT uint32_t pnpn_device_info_get_pid(const struct pnpn_device_info *info)
{
	return info->pid;
}

PNPN_EXPORT uint64_t pnpn_device_info_get_since(const struct pnpn_device_info *info)
{
	return info->since;
}

PNPN_EXPORT uint32_t pnpn_device_info_get_registrants(const struct pnpn_device_info *info)
{
	return info->registrants;
}

PNPN_EXPORT uint32_t pnpn_device_info_get_handles(const struct pnpn_device_info *info)
{
	return info->handles;
}

PNPN_EXPORT const char *pnpn_device_info_get_link(const struct pnpn_device_info *info, size_t index)
{
	for (char **link = info->links; link && *link; link++)
		if (!index--)
			return *link;
	return NULL;
}

PNPN_EXPORT const char *pnpn_device_info_get_interface(const struct pnpn_device_info *info,
						       size_t index, struct pnpn_guid *ret_class,
						       bool *ret_enabled)
{
	if (index >= info->n_interfaces)
		return NULL;
	if (ret_class)
		*ret_class = info->interfaces[index].class;
	if (ret_enabled)
		*ret_enabled = info->interfaces[index].enabled;
	return info->interfaces[index].name;
}
