/* SPDX-License-Identifier: MIT */
/* U18: GUIDs that a source defines, compares and copies, in C and C++. */
/* sources: run */
#define INITGUID
#include <windows.h>
#include <guiddef.h>
#include <usbiodef.h>
#include <devpropdef.h>
#include "check.h"

DEFINE_GUID(GUID_SOURCES, 0x7c1f2f0a, 0x5be4, 0x4b0e, 0x8d, 0x21, 0x93, 0x4b, 0x6e, 0x55, 0x0d,
	    0x17);
DEFINE_DEVPROPKEY(DEVPKEY_Sources, 0x7c1f2f0a, 0x5be4, 0x4b0e, 0x8d, 0x21, 0x93, 0x4b, 0x6e, 0x55,
		  0x0d, 0x17, 3);
static const GUID same = {
	0x7c1f2f0a, 0x5be4, 0x4b0e, {0x8d, 0x21, 0x93, 0x4b, 0x6e, 0x55, 0x0d, 0x17}};

#ifdef __cplusplus
static bool equal(REFGUID a, REFGUID b)
{
	return a == b && !(a != b) && IsEqualGUID(a, b) && InlineIsEqualGUID(a, b);
}
#define REFERENCE(guid) guid
#else
static int equal(REFGUID a, REFGUID b)
{
	return IsEqualGUID(a, b) && InlineIsEqualGUID(a, b) && IsEqualIID(a, b) &&
	       IsEqualCLSID(a, b);
}
#define REFERENCE(guid) &guid
#endif

int main(void)
{
	GUID copy = GUID_SOURCES;

	CHECK(sizeof(GUID) == 16 && sizeof(DEVPROPKEY) == 20 && DEVPKEY_Sources.pid == 3);
	CHECK(equal(REFERENCE(copy), REFERENCE(same)));
	CHECK(!equal(REFERENCE(GUID_DEVINTERFACE_USB_DEVICE), REFERENCE(same)));
	CHECK(GUID_DEVINTERFACE_USB_DEVICE.Data1 == 0xa5dcbf10);
	return failures;
}
