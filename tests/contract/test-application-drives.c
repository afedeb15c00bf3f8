/* SPDX-License-Identifier: MIT */
/* Ports and volumes under Windows' names (U16): broadcasts to top-level windows, drive letters; names that are no UTF-8
 * in lists (L4). Needs root, for a real loop disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/types.h>
#include <unistd.h>
#include <windows.h>
#include <cfgmgr32.h>
#include <dbt.h>
#include <setupapi.h>
#include <winioctl.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include <pnpnotify/manager.h>
#include "linux-fixture.h"

/* A window's broadcasts of volumes. */
struct seen {
	HWND window;
	int arrived, removed;
	DEV_BROADCAST_VOLUME last;
};

struct drives {
	struct linux_fixture *f;
	struct pnpn_manager *manager;
	struct seen ansi, unicode, message_only;
	char address[128];
};

static LRESULT CALLBACK on_message(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
	struct seen *seen = (struct seen *)GetWindowLongPtr(window, GWLP_USERDATA);
	const DEV_BROADCAST_HDR *body = (const DEV_BROADCAST_HDR *)lparam;

	if (message != WM_DEVICECHANGE || !seen)
		return DefWindowProc(window, message, wparam, lparam);
	if (!body || body->dbch_devicetype != DBT_DEVTYP_VOLUME)
		return TRUE;
	seen->arrived += wparam == DBT_DEVICEARRIVAL;
	seen->removed += wparam == DBT_DEVICEREMOVECOMPLETE;
	memcpy(&seen->last, body, sizeof(seen->last));
	PostThreadMessage(GetCurrentThreadId(), WM_APP, 0, 0);
	return TRUE;
}

static void make_window(struct seen *seen, bool unicode, HWND parent)
{
	seen->window = unicode ? CreateWindowExW(0, L"drives-w", L"", 0, 0, 0, 0, 0, parent, NULL,
						 NULL, NULL)
			       : CreateWindowExA(0, "drives-a", "", 0, 0, 0, 0, 0, parent, NULL,
						 NULL, NULL);
	assert_non_null(seen->window);
	SetWindowLongPtr(seen->window, GWLP_USERDATA, (LONG_PTR)seen);
}

static int drives_setup(void **state)
{
	static bool registered;
	WNDCLASSA ansi = {.lpfnWndProc = on_message, .lpszClassName = "drives-a"};
	WNDCLASSW unicode = {.lpfnWndProc = on_message, .lpszClassName = L"drives-w"};
	struct drives *drives = calloc(1, sizeof(*drives));
	void *fixture;

	assert_non_null(drives);
	assert_int_equal(linux_setup(&fixture), 0);
	drives->f = fixture;
	snprintf(drives->address, sizeof(drives->address), "unix:path=%s/application",
		 drives->f->folder);
	assert_int_equal(pnpn_manager_start(&drives->manager, drives->address, true), 0);
	assert_int_equal(setenv("PNPNOTIFY_ADDRESS", drives->address, 1), 0);
	if (!registered) {
		assert_int_not_equal(RegisterClassA(&ansi), 0);
		assert_int_not_equal(RegisterClassW(&unicode), 0);
		registered = true;
	}
	make_window(&drives->ansi, false, NULL);
	make_window(&drives->unicode, true, NULL);
	make_window(&drives->message_only, true, HWND_MESSAGE);
	*state = drives;
	return 0;
}

static int drives_teardown(void **state)
{
	struct drives *drives = *state;
	void *fixture = drives->f;

	assert_true(DestroyWindow(drives->ansi.window));
	assert_true(DestroyWindow(drives->unicode.window));
	assert_true(DestroyWindow(drives->message_only.window));
	pnpn_manager_stop(drives->manager);
	free(drives);
	return linux_teardown(&fixture);
}

static void wait_for(const int *count)
{
	MSG message;

	while (!*count) {
		assert_true(GetMessage(&message, NULL, 0, 0) > 0);
		DispatchMessage(&message);
	}
}

static int letter_of(DWORD mask)
{
	assert_int_not_equal(mask, 0);
	assert_int_equal(mask & (mask - 1), 0);
	return 'A' + __builtin_ctz(mask);
}

/* Without a registration; a window for messages alone is told nothing. */
static void u16_a_volume_is_told_to_top_level_windows(void **state)
{
	struct drives *drives = *state;

	linux_command(drives->f, "mkfs.ext4 -q '%s'", drives->f->image);
	linux_attach(drives->f);
	wait_for(&drives->ansi.arrived);
	wait_for(&drives->unicode.arrived);
	assert_int_equal(drives->ansi.last.dbcv_size, sizeof(DEV_BROADCAST_VOLUME));
	assert_int_equal(drives->ansi.last.dbcv_flags, 0);
	DWORD mask = drives->unicode.last.dbcv_unitmask;
	assert_true(letter_of(mask) >= 'D');
	assert_true(GetLogicalDrives() & mask);
	linux_detach(drives->f);
	wait_for(&drives->ansi.removed);
	wait_for(&drives->unicode.removed);
	assert_int_equal(drives->ansi.last.dbcv_unitmask, mask);
	assert_false(GetLogicalDrives() & mask);
	assert_int_equal(drives->message_only.arrived + drives->message_only.removed, 0);
}

static void u16_what_is_known_of_a_drive(void **state)
{
	struct drives *drives = *state;
	char root[] = "?:\\", name[] = "?:", target[128], expected[128], strings[128], label[64];
	WCHAR wide[64], wide_root[] = L"?:\\";

	linux_command(drives->f, "mkfs.ext4 -q -L ours '%s'", drives->f->image);
	linux_attach(drives->f);
	wait_for(&drives->unicode.arrived);
	root[0] = name[0] = (char)letter_of(drives->unicode.last.dbcv_unitmask);
	wide_root[0] = (WCHAR)root[0];
	assert_int_equal(GetDriveTypeA(root), DRIVE_FIXED);
	assert_int_equal(GetDriveTypeW(wide_root), DRIVE_FIXED);
	assert_int_equal(GetDriveTypeA("C:\\"), DRIVE_NO_ROOT_DIR);
	assert_int_equal(GetDriveTypeA("nothing"), DRIVE_NO_ROOT_DIR);
	assert_true(GetVolumeInformationA(root, label, sizeof(label), NULL, NULL, NULL, NULL, 0));
	assert_string_equal(label, "ours");
	assert_true(GetVolumeInformationW(wide_root, wide, 64, NULL, NULL, NULL, NULL, 0));
	assert_memory_equal(wide, L"ours", sizeof(L"ours"));
	assert_false(GetVolumeInformationA(root, label, 4, NULL, NULL, NULL, NULL, 0));
	assert_int_equal(GetLastError(), ERROR_MORE_DATA);
	assert_false(GetVolumeInformationA("C:\\", NULL, 0, NULL, NULL, NULL, NULL, 0));
	assert_int_equal(GetLastError(), ERROR_PATH_NOT_FOUND);
	snprintf(expected, sizeof(expected), "\\Device\\%s", drives->f->disk + strlen("/dev/"));
	assert_int_equal(QueryDosDeviceA(name, target, sizeof(target)), strlen(expected) + 2);
	assert_string_equal(target, expected);
	assert_int_equal(QueryDosDeviceA(name, target, 4), 0);
	assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
	assert_int_equal(QueryDosDeviceA("NoSuch", target, sizeof(target)), 0);
	assert_int_equal(GetLastError(), ERROR_FILE_NOT_FOUND);
	DWORD length = GetLogicalDriveStringsA(sizeof(strings), strings);
	assert_true(length > 0 && length < sizeof(strings) && length % 4 == 0);
	assert_int_equal(GetLogicalDriveStringsA(0, NULL), length + 1);
	bool found = false;
	for (const char *p = strings; *p; p += strlen(p) + 1)
		found |= strcmp(p, root) == 0;
	assert_true(found);
}

static HANDLE open_named(const char *name, DWORD access)
{
	return CreateFileA(name, access, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0,
			   NULL);
}

/* The number that a disk's handle tells is in the name that opens it, too. */
static void u16_a_disk_by_its_number(void **state)
{
	struct drives *drives = *state;
	STORAGE_DEVICE_NUMBER number, again;
	char name[64];
	DWORD bytes;

	linux_attach_and_settle(drives->f);
	HANDLE disk = open_named(drives->f->disk, 0);
	assert_ptr_not_equal(disk, INVALID_HANDLE_VALUE);
	assert_true(DeviceIoControl(disk, IOCTL_STORAGE_GET_DEVICE_NUMBER, NULL, 0, &number,
				    sizeof(number), &bytes, NULL));
	assert_int_equal(bytes, sizeof(number));
	assert_int_equal(number.DeviceType, FILE_DEVICE_DISK);
	assert_int_equal(number.PartitionNumber, 0);
	assert_false(DeviceIoControl(disk, IOCTL_STORAGE_GET_DEVICE_NUMBER, NULL, 0, &number, 4,
				     &bytes, NULL));
	assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
	CloseHandle(disk);
	snprintf(name, sizeof(name), "\\\\.\\PhysicalDrive%u", number.DeviceNumber);
	disk = open_named(name, 0);
	assert_ptr_not_equal(disk, INVALID_HANDLE_VALUE);
	assert_true(DeviceIoControl(disk, IOCTL_STORAGE_GET_DEVICE_NUMBER, NULL, 0, &again,
				    sizeof(again), &bytes, NULL));
	assert_int_equal(again.DeviceNumber, number.DeviceNumber);
	CloseHandle(disk);
}

/* Plain bytes: what is written there is in the image. */
static void u16_bytes_of_a_disk(void **state)
{
	struct drives *drives = *state;
	char text[512] = "written to a disk", got[512];
	GET_LENGTH_INFORMATION length;
	DISK_GEOMETRY_EX geometry;
	DWORD bytes;

	linux_attach_and_settle(drives->f);
	HANDLE disk = open_named(drives->f->disk, GENERIC_READ | GENERIC_WRITE);
	assert_ptr_not_equal(disk, INVALID_HANDLE_VALUE);
	assert_int_equal(GetFileType(disk), FILE_TYPE_DISK);
	assert_true(DeviceIoControl(disk, IOCTL_DISK_GET_LENGTH_INFO, NULL, 0, &length,
				    sizeof(length), &bytes, NULL));
	assert_true(length.Length.QuadPart == 16 << 20);
	assert_true(DeviceIoControl(disk, IOCTL_DISK_GET_DRIVE_GEOMETRY_EX, NULL, 0, &geometry,
				    sizeof(geometry), &bytes, NULL));
	assert_true(geometry.DiskSize.QuadPart == 16 << 20);
	assert_int_equal(geometry.Geometry.BytesPerSector, 512);
	assert_int_equal(SetFilePointer(disk, 4096, NULL, FILE_BEGIN), 4096);
	assert_true(WriteFile(disk, text, sizeof(text), &bytes, NULL));
	assert_true(FlushFileBuffers(disk));
	assert_int_equal(SetFilePointer(disk, -512, NULL, FILE_CURRENT), 4096);
	assert_true(ReadFile(disk, got, sizeof(got), &bytes, NULL));
	assert_memory_equal(got, text, sizeof(text));
	assert_true(
		DeviceIoControl(disk, IOCTL_STORAGE_CHECK_VERIFY, NULL, 0, NULL, 0, &bytes, NULL));
	assert_false(DeviceIoControl(disk, IOCTL_STORAGE_EJECT_MEDIA, NULL, 0, NULL, 0, &bytes,
				     NULL)); /* no drive with a door */
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_false(DeviceIoControl(disk, 0x222000, NULL, 0, NULL, 0, &bytes, NULL));
	assert_int_equal(GetLastError(), ERROR_INVALID_FUNCTION);
	CloseHandle(disk);
	FILE *image = fopen(drives->f->image, "re");
	assert_non_null(image);
	assert_int_equal(fseek(image, 4096, SEEK_SET), 0);
	assert_int_equal(fread(got, 1, sizeof(got), image), sizeof(got));
	fclose(image);
	assert_memory_equal(got, text, sizeof(text));
}

/* --- names ---------------------------------------------------------------------------------------- */

static bool no_udev;

static const GUID network_class = {
	0xcac88484, 0x7515, 0x4c03, {0x82, 0xe6, 0x71, 0xa8, 0x7a, 0xba, 0xc3, 0x61}};

/* Whether the interface of that name, in small letters, is in the list of its class. */
static bool is_in_list(const char *wanted)
{
	GUID class = network_class;
	CHAR list[8192];
	bool found = false;

	assert_int_equal(CM_Get_Device_Interface_ListA(&class, NULL, list, sizeof(list), 0),
			 CR_SUCCESS);
	for (const CHAR *name = list; *name; name += strlen(name) + 1)
		found |= strncasecmp(name, wanted, strlen(wanted)) == 0;
	return found;
}

static bool is_in_set(const char *wanted)
{
	SP_DEVICE_INTERFACE_DATA interface = {.cbSize = sizeof(interface)};
	union {
		SP_DEVICE_INTERFACE_DETAIL_DATA_A detail;
		CHAR space[512];
	} buffer = {.detail.cbSize = sizeof(SP_DEVICE_INTERFACE_DETAIL_DATA_A)};
	HDEVINFO set = SetupDiGetClassDevsA(&network_class, NULL, NULL,
					    DIGCF_PRESENT | DIGCF_DEVICEINTERFACE);
	bool found = false;

	assert_ptr_not_equal(set, INVALID_HANDLE_VALUE);
	for (DWORD i = 0; SetupDiEnumDeviceInterfaces(set, NULL, &network_class, i, &interface);
	     i++) {
		assert_true(SetupDiGetDeviceInterfaceDetailA(set, &interface, &buffer.detail,
							     sizeof(buffer), NULL, NULL));
		found |= strncasecmp(buffer.detail.DevicePath, wanted, strlen(wanted)) == 0;
	}
	assert_int_equal(GetLastError(), ERROR_NO_MORE_ITEMS);
	assert_true(SetupDiDestroyDeviceInfoList(set));
	return found;
}

/* An interface whose name is no UTF-8 is listed, and so are all others. */
static void l4_a_name_that_is_no_utf8(void **state)
{
	struct drives *drives = *state;

	if (!no_udev)
		skip();
	linux_command(drives->f, "ip link add \"$(printf 'pnpv\\377')\" type veth peer name pnpv1");
	while (!is_in_list("\\\\?\\linux#net#pnpv%ff#{") || !is_in_list("\\\\?\\linux#net#pnpv1#{"))
		usleep(10000);
	assert_true(is_in_set("\\\\?\\linux#net#pnpv%ff#{"));
	assert_true(is_in_set("\\\\?\\linux#net#pnpv1#{"));
	linux_command(drives->f, "ip link del pnpv1");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, drives_setup, drives_teardown)

static int run(void)
{
	const struct CMUnitTest tests[] = {
		TEST(u16_a_volume_is_told_to_top_level_windows),
		TEST(u16_what_is_known_of_a_drive),
		TEST(u16_a_disk_by_its_number),
		TEST(u16_bytes_of_a_disk),
		TEST(l4_a_name_that_is_no_utf8),
	};

	return cmocka_run_group_tests_name("drives", tests, NULL, NULL);
}

int main(int argc, char **argv)
{
	no_udev = argc > 1 && strcmp(argv[1], "--no-udev") == 0;
	return linux_run_tests(run, !no_udev);
}
