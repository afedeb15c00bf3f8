/* SPDX-License-Identifier: MIT */
/* U18: headers as Windows' SDK spells them, and as others do, are the same headers. */
/* sources: run no-mingw */
#include <WinSock2.h>
#include <Windows.h>
#include <Dbt.h>
#include <SetupAPI.h>
#include <CfgMgr32.h>
#include <Cfgmgr32.h>
#include <DriverSpecs.h>
#include <WinIoCtl.h>
#include <HidSdi.h>
#include <InitGuid.h>
#include <UsbIoDef.h>
#include <DevPKey.h>
#include <DevPropDef.h>
#include <ShlObj.h>
#include <Shlwapi.h>
#include <Tchar.h>
#include <StrSafe.h>
#include <WtsApi32.h>
#include "WINDOWS.H"

int main(void)
{
	return sizeof(DEV_BROADCAST_HDR) != 12 || DIGCF_PRESENT != 2;
}
