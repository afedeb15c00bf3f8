/* SPDX-License-Identifier: MIT */
/* GUID and how it is declared and defined, as on Windows. */
#ifndef PNPN_GUIDDEF_H
#define PNPN_GUIDDEF_H

#include <stdint.h>
#include <string.h>

#ifndef GUID_DEFINED
#define GUID_DEFINED
typedef struct _GUID {
	uint32_t Data1;
	uint16_t Data2;
	uint16_t Data3;
	uint8_t Data4[8];
} GUID;
#endif

typedef GUID *LPGUID;
typedef const GUID *LPCGUID;
typedef GUID IID;
typedef GUID CLSID;

#ifdef __cplusplus
#define PNPN_EXTERN_C extern "C"
#define REFGUID	      const GUID &
#else
#define PNPN_EXTERN_C extern
#define REFGUID	      const GUID *
#endif

#define IsEqualGUID(a, b) (memcmp((a), (b), sizeof(GUID)) == 0)
#define InlineIsEqualGUID IsEqualGUID
#define IsEqualIID	  IsEqualGUID

#endif

/* Outside the guard: <initguid.h> turns the declarations that follow it into definitions. */
#undef DEFINE_GUID
#ifdef INITGUID
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) \
	PNPN_EXTERN_C const GUID name __attribute__((weak));         \
	const GUID name = {l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}
#else
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) PNPN_EXTERN_C const GUID name
#endif
