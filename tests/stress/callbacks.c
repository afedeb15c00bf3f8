/* SPDX-License-Identifier: MIT */
/* Callbacks that anybody may end, each other among them (U13). */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <windows.h>
#include <cfgmgr32.h>

#include "stress.h"

#define PLACES 64
#define MOST   32

/* One registration: freed once it ended, so that a callback after that shows. */
struct callback {
	HCMNOTIFICATION number;
	struct order order;
	struct dice dice;
	bool ended; /* its device went */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct callback *places[PLACES];
static unsigned int n_callbacks;

static bool reserve(void)
{
	pthread_mutex_lock(&lock);
	bool may = n_callbacks < MOST;
	n_callbacks += may;
	pthread_mutex_unlock(&lock);
	return may;
}

static void release(struct callback *callback)
{
	free(callback);
	pthread_mutex_lock(&lock);
	n_callbacks--;
	pthread_mutex_unlock(&lock);
}

static void put(struct callback *callback)
{
	size_t at = 0;

	pthread_mutex_lock(&lock);
	while (places[at])
		at++;
	places[at] = callback;
	pthread_mutex_unlock(&lock);
}

static struct callback *take(size_t at)
{
	pthread_mutex_lock(&lock);
	struct callback *callback = places[at];
	places[at] = NULL;
	pthread_mutex_unlock(&lock);
	return callback;
}

static void end_one(size_t at)
{
	struct callback *callback = take(at);

	if (!callback)
		return;
	CONFIGRET result = CM_Unregister_Notification(callback->number);
	require(result == CR_SUCCESS || result == CR_FAILURE);
	if (result == CR_SUCCESS)
		release(callback);
	else
		put(callback); /* it is its own callback that asks */
}

void end_callback(struct dice *dice)
{
	end_one(roll(dice, PLACES));
}

void end_callbacks(void)
{
	unsigned int left = 1;

	/* One that runs may begin another. */
	while (left) {
		for (size_t i = 0; i < PLACES; i++)
			end_one(i);
		pthread_mutex_lock(&lock);
		left = n_callbacks;
		pthread_mutex_unlock(&lock);
	}
}

static void watch(struct callback *callback, CM_NOTIFY_ACTION action, CM_NOTIFY_EVENT_DATA *data)
{
	if (data->FilterType != CM_NOTIFY_FILTER_TYPE_DEVICEHANDLE)
		return;
	require(!callback->ended); /* D8 */
	if (action == CM_NOTIFY_ACTION_DEVICECUSTOMEVENT)
		order_check(&callback->order, &data->u.DeviceHandle.EventGuid,
			    data->u.DeviceHandle.Data, data->u.DeviceHandle.DataSize);
	else if (action == CM_NOTIFY_ACTION_DEVICEREMOVECOMPLETE)
		callback->ended = true;
}

static DWORD CALLBACK on_notify(HCMNOTIFICATION number, PVOID context, CM_NOTIFY_ACTION action,
				PCM_NOTIFY_EVENT_DATA data, DWORD size)
{
	struct callback *callback = context;

	watch(callback, action, data);
	switch (roll(&callback->dice, 32)) {
	case 0:
		/* Somebody may wait already for this call to return. */
		require(CM_Unregister_Notification(number) != CR_SUCCESS);
		break;
	case 1:
		end_callback(&callback->dice);
		break;
	case 2:
		begin_callback(&callback->dice);
		break;
	case 3:
		unregister_any(&callback->dice);
		break;
	case 4:
		register_any(&callback->dice, any_window(&callback->dice));
		break;
	default:
		break;
	}
	return action == CM_NOTIFY_ACTION_DEVICEQUERYREMOVE && !roll(&callback->dice, 4)
		       ? ERROR_CANCELLED
		       : ERROR_SUCCESS;
}

/* Returns whether there is what it asks for. */
static bool choose(struct dice *dice, CM_NOTIFY_FILTER *filter)
{
	switch (roll(dice, 6)) {
	case 0:
		filter->FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEINTERFACE;
		filter->Flags = CM_NOTIFY_FILTER_FLAG_ALL_INTERFACE_CLASSES;
		return true;
	case 1:
		filter->FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEINTERFACE;
		filter->u.DeviceInterface.ClassGuid = stress_classes[roll(dice, CLASSES)];
		return true;
	case 2:
		filter->FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEINSTANCE;
		filter->Flags = CM_NOTIFY_FILTER_FLAG_ALL_DEVICE_INSTANCES;
		return true;
	default:
		filter->FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEHANDLE;
		filter->u.DeviceHandle.hTarget = open_any(dice);
		return filter->u.DeviceHandle.hTarget != INVALID_HANDLE_VALUE;
	}
}

void begin_callback(struct dice *dice)
{
	CM_NOTIFY_FILTER filter = {.cbSize = sizeof(filter)};

	if (is_over() || !choose(dice, &filter))
		return;
	struct callback *callback = reserve() ? calloc(1, sizeof(*callback)) : NULL;
	if (callback) {
		callback->dice.state = dice->state + 1;
		if (CM_Register_Notification(&filter, callback, on_notify, &callback->number) ==
		    CR_SUCCESS)
			put(callback);
		else
			release(callback);
	}
	if (filter.FilterType == CM_NOTIFY_FILTER_TYPE_DEVICEHANDLE)
		require(CloseHandle(filter.u.DeviceHandle.hTarget));
}

void play_callbacks(struct dice *dice)
{
	for (unsigned int turns = roll(dice, 200); turns && !is_over(); turns--) {
		if (roll(dice, 2))
			begin_callback(dice);
		else
			end_callback(dice);
		rest(dice, 5);
	}
}
