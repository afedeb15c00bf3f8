/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "manager/ejector.h"
#include "manager/ejector-process.h"

struct pnpn_ejector {
	int socket;
	int pidfd;
	sd_event_source *source;
	void (*told)(void *userdata, int error);
	void *userdata;
};

/* --- the process's end ---------------------------------------------------------------------------------- */

static void reap(int pidfd)
{
	(void)waitid(P_PIDFD, (id_t)pidfd, &(siginfo_t){0}, WEXITED | WNOHANG);
	close(pidfd);
}

static int on_ended(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	sd_event_source_disable_unref(source);
	reap(fd);
	return 0;
}

/* What the kernel does for it just now it does to the end; nobody waits for that. */
static void end(sd_event *event, int pidfd)
{
	sd_event_source *source;

	(void)syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
	if (sd_event_add_io(event, &source, pidfd, EPOLLIN, on_ended, NULL) < 0)
		reap(pidfd);
}

/* --- what it tells -------------------------------------------------------------------------------------- */

/* One that says nothing has been ended by somebody. */
static int on_told(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct pnpn_ejector *ejector = userdata;
	int error;
	ssize_t n = recv(fd, &error, sizeof(error), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n != sizeof(error) || error > 0)
		error = -ECANCELED;
	if (error < 0)
		(void)sd_event_source_set_enabled(source, SD_EVENT_OFF);
	ejector->told(ejector->userdata, error);
	return 0;
}

/* Returns its pidfd; an errno. */
static int start(int sockets[2], const struct pnpn_identity *who, const struct pnpn_ejectable *what)
{
	pid_t child = _Fork();

	if (child < 0)
		return -errno;
	if (!child)
		pnpn_ejector_process_run(sockets[1], who, what);
	int pidfd = (int)syscall(SYS_pidfd_open, child, 0);
	if (pidfd >= 0)
		return pidfd;
	/* It ends by itself once nobody has the other end. */
	int error = errno;
	(void)kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
	return -error;
}

int pnpn_ejector_new(struct pnpn_ejector **ret_ejector, sd_event *event,
		     const struct pnpn_identity *who, const struct pnpn_ejectable *what,
		     void (*told)(void *userdata, int error), void *userdata)
{
	struct pnpn_ejector *ejector = calloc(1, sizeof(*ejector));
	int sockets[2];

	if (!ejector)
		return -ENOMEM;
	*ejector = (struct pnpn_ejector){.pidfd = -1, .told = told, .userdata = userdata};
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0) {
		free(ejector);
		return -errno;
	}
	ejector->socket = sockets[0];
	int r = sd_event_add_io(event, &ejector->source, ejector->socket, EPOLLIN, on_told,
				ejector);
	if (r >= 0)
		r = ejector->pidfd = start(sockets, who, what);
	close(sockets[1]);
	if (r < 0)
		pnpn_ejector_free(ejector);
	else
		*ret_ejector = ejector;
	return r < 0 ? r : 0;
}

/* That it is gone is told where it is read. */
void pnpn_ejector_go_on(struct pnpn_ejector *ejector)
{
	(void)send(ejector->socket, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

struct pnpn_ejector *pnpn_ejector_free(struct pnpn_ejector *ejector)
{
	if (!ejector)
		return NULL;
	if (ejector->pidfd >= 0)
		end(sd_event_source_get_event(ejector->source), ejector->pidfd);
	sd_event_source_disable_unref(ejector->source);
	close(ejector->socket);
	free(ejector);
	return NULL;
}
