/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stddef.h>

#include "win32/local-status.h"

static const struct {
	int error;
	uint32_t status;
} statuses[] = {
	{0, 0x00000000},	 {EACCES, 0xc0000022},	  {EPERM, 0xc0000022},
	{EBADF, 0xc0000022}, /* it is open, but not for that */
	{ENOSPC, 0xc000007f},	 {EFBIG, 0xc000007f},	  {EDQUOT, 0xc0000044},
	{EINVAL, 0xc000000d},	 {EFAULT, 0xc0000005},	  {ENOMEM, 0xc000009a},
	{EPIPE, 0xc000014b},	 {ENOTTY, 0xc0000010},	  {EOPNOTSUPP, 0xc0000010},
	{EISDIR, 0xc0000010},	 {ENOMEDIUM, 0xc0000013}, {EROFS, 0xc00000a2},
	{EBUSY, 0xc0000043},	 {ENODEV, 0xc000009d},	  {ENXIO, 0xc000009d},
	{ECANCELED, 0xc0000120},
};

int32_t pnpn_local_status(int error)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (statuses[i].error == -error)
			return (int32_t)statuses[i].status;
	return (int32_t)0xc0000185u; /* STATUS_IO_DEVICE_ERROR */
}
