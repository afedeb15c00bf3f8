/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include "manager/limits.h"
#include "manager/pump.h"
#include "manager/server.h"
#include "manager/user.h"

/* How much credit a user who had none waits for: less would be a turn for each timer. */
#define CREDIT_TO_GO_ON (PNPN_LIMIT_TIME_USEC / 4)

/* Where the count of what is read begins, downwards: more than any message has. */
#define COUNTER (1 << 30)

uint64_t pnpn_processor_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000;
}

/* --- when the next turn is ------------------------------------------------------------------------ */

static void set_timer(struct pnpn_pump *pump, uint64_t usec)
{
	bool wanted = usec != UINT64_MAX;

	if (!wanted && !pump->timer)
		return;
	(void)sd_event_source_set_enabled(pump->timer, wanted ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
	if (wanted)
		(void)sd_event_source_set_time(pump->timer, usec);
}

/* It would wait in vain for what can't be done: it sees the end of its connection, which takes no memory. */
static void cut(struct pnpn_pump *pump)
{
	if (!pump->trusted)
		(void)shutdown(sd_bus_get_fd(pump->bus), SHUT_RDWR);
}

/*
 * Whoever does not read the answers gets no more of them: nothing is read from it while something waits
 * to be written. That also bounds what is queued for it to one answer and the signals.
 */
static void rearm(struct pnpn_pump *pump, bool more)
{
	int events = sd_bus_get_events(pump->bus);
	uint64_t timeout = UINT64_MAX;

	events = events < 0 ? 0 : events;
	if (events & POLLOUT && !pump->trusted)
		events &= ~POLLIN;
	if (pump->io && (uint32_t)events != pump->events &&
	    sd_event_source_set_io_events(pump->io, (uint32_t)events) >= 0)
		pump->events = (uint32_t)events;
	if (sd_bus_get_timeout(pump->bus, &timeout) < 0)
		timeout = UINT64_MAX;
	set_timer(pump, timeout ? timeout : UINT64_MAX);
	if ((more || !timeout) && !(events & POLLOUT) &&
	    sd_event_source_set_enabled(pump->more, SD_EVENT_ONESHOT) < 0)
		cut(pump);
}

static int on_credit(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct pnpn_user *user = userdata;

	pnpn_list_for_each_safe (link, after, &user->waiting) {
		struct pnpn_pump *pump = pnpn_list_entry(link, struct pnpn_pump, waiting_link);
		pnpn_list_remove(&pump->waiting_link);
		if (pump->io && sd_event_source_set_enabled(pump->io, SD_EVENT_ON) < 0)
			cut(pump);
		rearm(pump, true);
	}
	return 0;
}

/* Its user has had his time: others first. Returns whether it waits now. */
static bool wait_for_credit(struct pnpn_pump *pump)
{
	struct pnpn_user *user = pump->user;
	int64_t credit = user && !pump->trusted ? pnpn_user_get_credit(user) : 1;

	if (credit > 0)
		return false;
	uint64_t usec = (uint64_t)(CREDIT_TO_GO_ON - credit) * 100 / PNPN_LIMIT_TIME_PERCENT;
	int r = user->timer
			? sd_event_source_set_time_relative(user->timer, usec)
			: sd_event_add_time_relative(pump->server->event, &user->timer,
						     CLOCK_MONOTONIC, usec, 1000, on_credit, user);
	if (r >= 0)
		r = sd_event_source_set_enabled(user->timer, SD_EVENT_ONESHOT);
	if (r < 0)
		return false;
	if (pump->io)
		(void)sd_event_source_set_enabled(pump->io, SD_EVENT_OFF);
	(void)sd_event_source_set_enabled(pump->more, SD_EVENT_OFF);
	set_timer(pump, UINT64_MAX);
	if (pnpn_list_is_empty(&pump->waiting_link))
		pnpn_list_append(&user->waiting, &pump->waiting_link);
	return true;
}

/* --- a turn --------------------------------------------------------------------------------------- */

/* Nothing that is asked of the manager comes with descriptors, and sd-bus would keep any number of them
 * until a message is whole. Without room for them the kernel says only that there are some. */
static bool brings_descriptors(int fd)
{
	char byte;
	struct iovec iov = {&byte, 1};
	struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};

	return recvmsg(fd, &message, MSG_PEEK | MSG_DONTWAIT) >= 0 &&
	       message.msg_flags & MSG_CTRUNC;
}

/* The kernel counts for us: what is read takes as much from the offset at which would be peeked. */
static void set_peek_offset(int fd, int from)
{
	(void)setsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &from, sizeof(from));
}

static size_t get_count(int fd)
{
	int offset = COUNTER;
	socklen_t bytes = sizeof(offset);

	(void)getsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &offset, &bytes);
	return offset < COUNTER ? (size_t)(COUNTER - offset) : 0;
}

/* sd-bus allows messages of 128 MiB, and makes room for them as they come. */
static int step(struct pnpn_pump *pump)
{
	int fd = sd_bus_get_fd(pump->bus);

	if (pump->trusted)
		return sd_bus_process(pump->bus, NULL);
	set_peek_offset(fd, 0);
	if (brings_descriptors(fd))
		return -EBADMSG;
	set_peek_offset(fd, COUNTER);
	pump->got_message = false;
	int r = sd_bus_process(pump->bus, NULL);
	if (!pump->bus)
		return 0;
	pump->unfinished = pump->got_message ? 0 : pump->unfinished + get_count(fd);
	return pump->unfinished > PNPN_LIMIT_MESSAGE_BYTES ? -EMSGSIZE : r;
}

/* A bus that ends closes its socket before it says so, which a child of fork() may have, too: then the event
 * loop would go on hearing of it. */
static void let_go_of_closing(struct pnpn_pump *pump)
{
	if (sd_bus_is_open(pump->bus) <= 0)
		pump->io = sd_event_source_disable_unref(pump->io);
}

static int turn(struct pnpn_pump *pump)
{
	if (wait_for_credit(pump))
		return 0;
	/* The bus keeps the pump, which may be stopped in here. */
	sd_bus *bus = sd_bus_ref(pump->bus);
	uint64_t began = pnpn_processor_usec();
	int r = 1;
	for (int i = 0; i < PNPN_LIMIT_TURN && r > 0 && pump->bus; i++) {
		let_go_of_closing(pump);
		r = step(pump);
		if (pump->bus && !pump->trusted && sd_bus_get_events(pump->bus) & POLLOUT)
			break;
	}
	if (pump->user)
		pnpn_user_spend(pump->user, pnpn_processor_usec() - began);
	/* A message that there was no memory for is lost; everybody's connection is not. */
	if (pump->bus && r < 0 && !(pump->trusted && r == -ENOMEM))
		pump->failed(pump);
	else if (pump->bus)
		rearm(pump, r != 0);
	sd_bus_unref(bus);
	return 0;
}

static int on_io(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	return turn(userdata);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	return turn(userdata);
}

static int on_more(sd_event_source *source, void *userdata)
{
	return turn(userdata);
}

/* --- life ----------------------------------------------------------------------------------------- */

int pnpn_pump_start(struct pnpn_pump *pump, struct pnpn_server *server, sd_bus *bus)
{
	int fd = sd_bus_get_fd(bus);
	sd_event *event = server->event;

	pump->server = server;
	pnpn_list_init(&pump->waiting_link);
	if (fd < 0)
		return fd;
	int r = sd_event_add_io(event, &pump->io, fd, 0, on_io, pump);
	if (r >= 0)
		r = sd_event_add_time(event, &pump->timer, CLOCK_MONOTONIC, 0, 0, on_timer, pump);
	if (r >= 0)
		r = sd_event_add_defer(event, &pump->more, on_more, pump);
	if (r < 0) {
		pnpn_pump_stop(pump);
		return r;
	}
	pump->bus = bus;
	rearm(pump, true);
	return 0;
}

void pnpn_pump_stop(struct pnpn_pump *pump)
{
	if (!pump->server)
		return;
	pnpn_list_remove(&pump->waiting_link);
	pump->io = sd_event_source_disable_unref(pump->io);
	pump->timer = sd_event_source_disable_unref(pump->timer);
	pump->more = sd_event_source_disable_unref(pump->more);
	pump->bus = NULL;
}

void pnpn_pump_wake(struct pnpn_pump *pump)
{
	if (pump->bus && pnpn_list_is_empty(&pump->waiting_link))
		rearm(pump, false);
}

void pnpn_pump_cut(struct pnpn_pump *pump)
{
	if (pump->bus)
		cut(pump);
}

void pnpn_pump_got_message(struct pnpn_pump *pump)
{
	pump->got_message = true;
}
