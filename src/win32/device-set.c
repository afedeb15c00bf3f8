/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/guid.h"
#include "core/list.h"
#include "core/name.h"
#include "win32/connect.h"
#include "win32/device-set.h"
#include "win32/devinst.h"
#include "win32/last-error.h"

struct pnpn_set {
	struct pnpn_list link;
	bool has_class;
	struct pnpn_guid class; /* a setup class */
	struct pnpn_set_device *devices;
	size_t n_devices;
};

static struct pnpn_list sets = {&sets, &sets};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct pnpn_set *pnpn_set_new(const struct pnpn_guid *setup_class)
{
	struct pnpn_set *set = calloc(1, sizeof(*set));

	if (!set) {
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	pnpn_list_init(&set->link);
	set->has_class = setup_class;
	if (setup_class)
		set->class = *setup_class;
	return set;
}

void pnpn_set_free(struct pnpn_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->n_devices; i++) {
		struct pnpn_set_device *device = &set->devices[i];
		for (size_t j = 0; j < device->n_interfaces; j++)
			free(device->interfaces[j].name);
		free(device->interfaces);
		free(device->id);
	}
	free(set->devices);
	free(set);
}

HDEVINFO pnpn_set_publish(struct pnpn_set *set)
{
	pthread_mutex_lock(&lock);
	pnpn_list_append(&sets, &set->link);
	pthread_mutex_unlock(&lock);
	return set;
}

struct pnpn_set *pnpn_set_lock(HDEVINFO handle)
{
	pthread_mutex_lock(&lock);
	pnpn_list_for_each_safe (link, after, &sets)
		if (handle == pnpn_list_entry(link, struct pnpn_set, link))
			return handle;
	pthread_mutex_unlock(&lock);
	pnpn_fail(ERROR_INVALID_HANDLE);
	return NULL;
}

void pnpn_set_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

struct pnpn_set *pnpn_set_withdraw(HDEVINFO handle)
{
	struct pnpn_set *set = pnpn_set_lock(handle);

	if (!set)
		return NULL;
	pnpn_list_remove(&set->link);
	pnpn_set_unlock();
	return set;
}

const struct pnpn_guid *pnpn_set_get_class(const struct pnpn_set *set)
{
	return set->has_class ? &set->class : NULL;
}

const struct pnpn_set_device *pnpn_set_get(const struct pnpn_set *set, size_t place)
{
	return place < set->n_devices ? &set->devices[place] : NULL;
}

/* --- putting in ----------------------------------------------------------------------------------- */

/* One more element; grows by doubling. */
static void *grow(void *array, size_t count, size_t element_bytes)
{
	if (count & (count - 1))
		return array;
	return reallocarray(array, count ? 2 * count : 1, element_bytes);
}

/* Unless it is there already. */
static bool add_device(struct pnpn_set *set, const struct pnpn_device_info *info, DEVINST number)
{
	struct pnpn_set_device *devices = grow(set->devices, set->n_devices, sizeof(*devices));

	if (!devices)
		return false;
	set->devices = devices;
	devices[set->n_devices] = (struct pnpn_set_device){
		.id = strdup(pnpn_device_info_get_id(info)),
		.number = number,
		.setup_class = *pnpn_device_info_get_setup_class(info),
	};
	return devices[set->n_devices].id && ++set->n_devices;
}

bool pnpn_set_add(struct pnpn_set *set, const struct pnpn_device_info *info, DEVINST number,
		  size_t *ret_place)
{
	for (size_t i = 0; i < set->n_devices; i++)
		if (set->devices[i].number == number) {
			*ret_place = i;
			return true;
		}
	if (!add_device(set, info, number))
		return false;
	*ret_place = set->n_devices - 1;
	return true;
}

static char *copy_lower(const char *name)
{
	char *copy = strdup(name);

	for (char *c = copy; c && *c; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 'a' - 'A' : *c);
	return copy;
}

static bool add_interface(struct pnpn_set_device *device, const struct pnpn_device_info *info,
			  size_t index)
{
	struct pnpn_set_interface *interfaces = grow(device->interfaces, device->n_interfaces,
						     sizeof(*interfaces));

	if (!interfaces)
		return false;
	device->interfaces = interfaces;
	interfaces += device->n_interfaces;
	interfaces->name = copy_lower(pnpn_device_info_get_interface(
		info, index, &interfaces->class, &interfaces->enabled));
	return interfaces->name && ++device->n_interfaces;
}

bool pnpn_set_add_interface(struct pnpn_set *set, size_t place, const struct pnpn_device_info *info,
			    size_t index, size_t *ret_interface)
{
	struct pnpn_set_device *device = &set->devices[place];
	const char *name = pnpn_device_info_get_interface(info, index, NULL, NULL);

	for (size_t i = 0; i < device->n_interfaces; i++)
		if (pnpn_name_equal(device->interfaces[i].name, name)) {
			*ret_interface = i;
			return true;
		}
	if (!add_interface(device, info, index))
		return false;
	*ret_interface = device->n_interfaces - 1;
	return true;
}

/* --- what there is -------------------------------------------------------------------------------- */

static bool is_of(const char *id, const char *enumerator)
{
	size_t length = enumerator ? strlen(enumerator) : 0;

	return !enumerator ||
	       (strncasecmp(enumerator, id, length) == 0 && (id[length] == '\\' || !id[length]));
}

static bool wants_interface(const struct pnpn_set_filter *filter, const struct pnpn_guid *class,
			    bool enabled)
{
	if (filter->enabled_only && !enabled)
		return false;
	return filter->any_interface ||
	       (filter->interface_class && pnpn_guid_equal(class, filter->interface_class));
}

static bool fill_device(struct pnpn_set *set, const struct pnpn_set_filter *filter,
			const struct pnpn_device_info *info, DEVINST number)
{
	bool interfaces = filter->any_interface || filter->interface_class, is_in = false;
	struct pnpn_guid class;
	bool enabled;

	if (!interfaces)
		return add_device(set, info, number);
	for (size_t i = 0; pnpn_device_info_get_interface(info, i, &class, &enabled); i++) {
		if (!wants_interface(filter, &class, enabled))
			continue;
		if (!is_in && !add_device(set, info, number))
			return false;
		is_in = true;
		if (!add_interface(&set->devices[set->n_devices - 1], info, i))
			return false;
	}
	return true;
}

static bool wants_device(const struct pnpn_set_filter *filter, const struct pnpn_device_info *info)
{
	return pnpn_device_info_is_started(info) &&
	       is_of(pnpn_device_info_get_id(info), filter->enumerator) &&
	       (!filter->setup_class ||
		pnpn_guid_equal(pnpn_device_info_get_setup_class(info), filter->setup_class));
}

static bool fill_from(struct pnpn_set *set, const struct pnpn_set_filter *filter,
		      const struct pnpn_device_list *list, const DEVINST *numbers)
{
	const struct pnpn_device_info *info;

	for (size_t i = 0; (info = pnpn_device_list_get(list, i)); i++)
		if (wants_device(filter, info) && !fill_device(set, filter, info, numbers[i]))
			return false;
	return true;
}

BOOL pnpn_set_fill(struct pnpn_set *set, const struct pnpn_set_filter *filter)
{
	struct pnpn_device_list *list;
	DEVINST *numbers;
	int r = pnpn_devinst_list(&list, &numbers);

	if (r < 0)
		return pnpn_fail_errno(r);
	bool filled = fill_from(set, filter, list, numbers);
	pnpn_device_list_free(list);
	free(numbers);
	return filled ? TRUE : pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
}
