/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include "kmdf/driver.h"

#define COLLECTION_STEP 16

struct collection {
	struct pnpn_wdf_object object;
	WDFOBJECT *items; /* with a reference to each */
	ULONG count, room;
};

static struct collection *collection_of(WDFCOLLECTION handle)
{
	return PNPN_WDF_CAST(collection, handle, PNPN_WDF_COLLECTION);
}

static void collection_free(struct pnpn_wdf_object *object)
{
	struct collection *collection = (struct collection *)object;

	for (ULONG i = 0; i < collection->count; i++)
		WdfObjectDereference(collection->items[i]);
	free(collection->items);
}

NTSTATUS WdfCollectionCreate(PWDF_OBJECT_ATTRIBUTES attributes, WDFCOLLECTION *ret)
{
	struct collection *collection;
	NTSTATUS status = pnpn_wdf_object_new(sizeof(*collection), PNPN_WDF_COLLECTION, attributes,
					      PNPN_WDF_CALLER(), &collection);

	if (!NT_SUCCESS(status))
		return status;
	collection->object.on_free = collection_free;
	*ret = (WDFCOLLECTION)collection;
	return STATUS_SUCCESS;
}

ULONG WdfCollectionGetCount(WDFCOLLECTION handle)
{
	return collection_of(handle)->count;
}

NTSTATUS WdfCollectionAdd(WDFCOLLECTION handle, WDFOBJECT item)
{
	struct collection *collection = collection_of(handle);

	pnpn_wdf_object_of(item, 0);
	if (collection->count == collection->room) {
		ULONG room = collection->room + COLLECTION_STEP;
		WDFOBJECT *items = reallocarray(collection->items, room, sizeof(*items));
		if (!items)
			return STATUS_INSUFFICIENT_RESOURCES;
		collection->items = items;
		collection->room = room;
	}
	WdfObjectReference(item);
	collection->items[collection->count++] = item;
	return STATUS_SUCCESS;
}

VOID WdfCollectionRemoveItem(WDFCOLLECTION handle, ULONG index)
{
	struct collection *collection = collection_of(handle);

	if (index >= collection->count)
		return;
	WDFOBJECT item = collection->items[index];
	collection->count--;
	memmove(&collection->items[index], &collection->items[index + 1],
		(collection->count - index) * sizeof(item));
	WdfObjectDereference(item);
}

VOID WdfCollectionRemove(WDFCOLLECTION handle, WDFOBJECT item)
{
	struct collection *collection = collection_of(handle);

	for (ULONG i = 0; i < collection->count; i++)
		if (collection->items[i] == item) {
			WdfCollectionRemoveItem(handle, i);
			return;
		}
}

WDFOBJECT WdfCollectionGetItem(WDFCOLLECTION handle, ULONG index)
{
	struct collection *collection = collection_of(handle);

	return index < collection->count ? collection->items[index] : NULL;
}

WDFOBJECT WdfCollectionGetFirstItem(WDFCOLLECTION collection)
{
	return WdfCollectionGetItem(collection, 0);
}

WDFOBJECT WdfCollectionGetLastItem(WDFCOLLECTION collection)
{
	ULONG count = WdfCollectionGetCount(collection);

	return count ? WdfCollectionGetItem(collection, count - 1) : NULL;
}
