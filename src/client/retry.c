/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "client/retry.h"

#define PAUSE_FIRST_MS 20
#define PAUSE_LAST_MS  1000

int pnpn_retry_init(struct pnpn_retry *retry, int epoll_fd, void *tag)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = tag};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	if (fd < 0)
		return -errno;
	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
		int r = -errno;
		close(fd);
		return r;
	}
	retry->timer_fd = fd;
	return 0;
}

void pnpn_retry_deinit(struct pnpn_retry *retry)
{
	if (retry->timer_fd >= 0)
		close(retry->timer_fd);
	retry->timer_fd = -1;
}

void pnpn_retry_set(struct pnpn_retry *retry, int ms)
{
	struct itimerspec when = {.it_value = {ms / 1000, ms % 1000 * 1000000L}};

	(void)timerfd_settime(retry->timer_fd, 0, &when, NULL);
}

void pnpn_retry_pause(struct pnpn_retry *retry)
{
	retry->pause_ms = retry->pause_ms ? 2 * retry->pause_ms : PAUSE_FIRST_MS;
	if (retry->pause_ms > PAUSE_LAST_MS)
		retry->pause_ms = PAUSE_LAST_MS;
	pnpn_retry_set(retry, retry->pause_ms);
}

void pnpn_retry_reset(struct pnpn_retry *retry)
{
	retry->pause_ms = 0;
	pnpn_retry_set(retry, 0);
}

bool pnpn_retry_is_due(struct pnpn_retry *retry)
{
	uint64_t times;

	return read(retry->timer_fd, &times, sizeof(times)) >= 0;
}
