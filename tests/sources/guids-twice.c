/* SPDX-License-Identifier: MIT */
/* U18: headers with GUIDs declare them as often as they are read, and define them once, behind <initguid.h>. */
/* sources: run no-mingw */
#include <windows.h>
#include <winioctl.h>
#include <devguid.h>
#include <initguid.h>
#include <Devguid.h>
#include <devguid.h>
#include <devpkey.h>
#include <DevPKey.h>
#include <ioevent.h>
#include <IoEvent.h>
#include <ntddscsi.h>
#include <ntddscsi.h>
#include <winioctl.h>
#include <WinIoCtl.h>
#include <usbiodef.h>
#include <usbiodef.h>
/* These two define one GUID, each its own way, which mingw-w64's own compiler does not take either. */
#ifdef __cplusplus
#include <hidclass.h>
#include <HidClass.h>
#else
#include <poclass.h>
#include <Poclass.h>
#endif
#include "check.h"

int main(void)
{
	CHECK(GUID_DEVCLASS_USB.Data1 == 0x36fc9e60);
	CHECK(DEVPKEY_Device_HardwareIds.pid == 3);
	CHECK(GUID_IO_VOLUME_MOUNT.Data1 == 0xb5804878);
	CHECK(GUID_DEVINTERFACE_DISK.Data1 == 0x53f56307);
#ifdef __cplusplus
	CHECK(GUID_DEVINTERFACE_HID.Data1 == 0x4d1e55b2);
#else
	CHECK(GUID_DEVICE_BATTERY.Data1 == 0x72631e54);
#endif
	CHECK(GUID_DEVINTERFACE_USB_DEVICE.Data1 == 0xa5dcbf10);
	return failures;
}
