/* SPDX-License-Identifier: MIT */
/* <time.h>: what Windows' has besides. */
#include <errno.h>
#include <string.h>
#include <time.h>

typedef struct tm *split_function(const time_t *, struct tm *);

/* Times before 1970 are refused, and what there is no result for has -1 in each member. */
static errno_t split(split_function *of_system, struct tm *ret_tm, const time_t *time)
{
	if (!ret_tm)
		return EINVAL;
	if (time && *time >= 0 && of_system(time, ret_tm))
		return 0;
	memset(ret_tm, -1, sizeof(*ret_tm));
	return EINVAL;
}

errno_t localtime_s(struct tm *ret_tm, const time_t *time)
{
	return split(localtime_r, ret_tm, time);
}

errno_t _localtime64_s(struct tm *ret_tm, const time_t *time)
{
	return localtime_s(ret_tm, time);
}

errno_t gmtime_s(struct tm *ret_tm, const time_t *time)
{
	return split(gmtime_r, ret_tm, time);
}

errno_t _gmtime64_s(struct tm *ret_tm, const time_t *time)
{
	return gmtime_s(ret_tm, time);
}

__time64_t _time64(__time64_t *ret_time)
{
	return time(ret_time);
}

__time64_t _mktime64(struct tm *tm)
{
	return mktime(tm);
}
