/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stddef.h>

#include "io/status.h"

static const struct {
	int error;
	uint32_t status;
} statuses[] = {
	{EINVAL, 0xc000000d},	  {EACCES, 0xc0000022},	   {EPERM, 0xc0000061},
	{ENOENT, 0xc0000034},	  {ENODEV, 0xc000009d},	   {ENOTTY, 0xc0000010},
	{EOPNOTSUPP, 0xc00000bb}, {ENOSYS, 0xc0000002},	   {ENOMEM, 0xc000009a},
	{EDQUOT, 0xc0000044},	  {EBUSY, 0x80000011},	   {EAGAIN, 0xc00000a3},
	{ECANCELED, 0xc0000120},  {ETIMEDOUT, 0xc00000b5}, {EIO, 0xc0000185},
	{ENOBUFS, 0xc0000023},	  {EOVERFLOW, 0x80000005}, {ENODATA, 0xc0000011},
	{EBADF, 0xc0000008},	  {EFAULT, 0xc0000005},	   {EEXIST, 0xc0000035},
	{ENOSPC, 0xc000007f},	  {EMSGSIZE, 0xc0000206},  {ENOTCONN, 0xc000009d},
	{EROFS, 0xc00000a2},
};

int32_t pnpn_io_status_of(int r)
{
	if (r >= 0)
		return 0;
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (statuses[i].error == -r)
			return (int32_t)statuses[i].status;
	return (int32_t)0xc0000001;
}

int pnpn_io_errno_of(int32_t status)
{
	/* Success and information. */
	if (status >= 0)
		return 0;
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (statuses[i].status == (uint32_t)status)
			return -statuses[i].error;
	return -EIO;
}
