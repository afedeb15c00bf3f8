/* SPDX-License-Identifier: MIT */
/* Opening, and asking what there is. */
#include <stdio.h>

#include <windows.h>
#include <cfgmgr32.h>
#include <setupapi.h>

#include "stress.h"

HANDLE open_any(struct dice *dice)
{
	char name[NAME_SIZE];

	snprintf(name, sizeof(name), "\\\\.\\Stress%u", roll(dice, DEVICES));
	return CreateFileA(name, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
}

static void open_path(HDEVINFO set, SP_DEVICE_INTERFACE_DATA *interface)
{
	union {
		SP_DEVICE_INTERFACE_DETAIL_DATA_A detail;
		CHAR space[512];
	} buffer = {.detail.cbSize = sizeof(SP_DEVICE_INTERFACE_DETAIL_DATA_A)};
	SP_DEVINFO_DATA device = {.cbSize = sizeof(device)};

	require(SetupDiGetDeviceInterfaceDetailA(set, interface, &buffer.detail, sizeof(buffer),
						 NULL, &device));
	require(device.DevInst);
	HANDLE handle = CreateFileA(buffer.detail.DevicePath, GENERIC_READ, 0, NULL, OPEN_EXISTING,
				    0, NULL);
	if (handle != INVALID_HANDLE_VALUE)
		require(CloseHandle(handle));
}

static void look_at_set(struct dice *dice)
{
	const GUID *class = &stress_classes[roll(dice, CLASSES)];
	SP_DEVICE_INTERFACE_DATA interface = {.cbSize = sizeof(interface)};
	HDEVINFO set = SetupDiGetClassDevsA(class, NULL, NULL,
					    DIGCF_PRESENT | DIGCF_DEVICEINTERFACE);

	if (set == INVALID_HANDLE_VALUE)
		return;
	for (DWORD i = 0; SetupDiEnumDeviceInterfaces(set, NULL, class, i, &interface); i++)
		open_path(set, &interface);
	require(SetupDiDestroyDeviceInfoList(set));
}

static void look_at_list(struct dice *dice)
{
	GUID class = stress_classes[roll(dice, CLASSES)];
	CHAR list[1024];

	(void)CM_Get_Device_Interface_ListA(&class, NULL, list, sizeof(list), 0);
}

static void look_at_handle(struct dice *dice)
{
	HANDLE handle = open_any(dice);

	if (handle == INVALID_HANDLE_VALUE)
		return;
	rest(dice, 5);
	require(CloseHandle(handle));
}

void play_questions(struct dice *dice)
{
	static void (*const turns[])(struct dice *dice) = {look_at_set, look_at_list,
							   look_at_handle};

	for (unsigned int i = roll(dice, 100); i && !is_over(); i--) {
		turns[roll(dice, sizeof(turns) / sizeof(turns[0]))](dice);
		rest(dice, 5);
	}
}
