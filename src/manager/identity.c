/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "manager/identity.h"

/* The most groups that Linux lets a process have. */
#define MAX_GROUPS 65536

/* Nothing half known leaves. Returns the error. */
static int forget(struct pnpn_identity *who, int error)
{
	free(who->gids);
	who->gids = NULL;
	return error;
}

/* --- peer to peer --------------------------------------------------------------------------------- */

static int read_groups(int fd, struct pnpn_identity *who)
{
	socklen_t bytes = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &bytes) == 0)
		return 0;
	if (errno != ERANGE || bytes > MAX_GROUPS * sizeof(gid_t))
		return -errno;
	who->gids = malloc(bytes);
	if (!who->gids)
		return -ENOMEM;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, who->gids, &bytes) < 0)
		return -errno;
	who->n_gids = bytes / sizeof(gid_t);
	return 0;
}

/* The process's own group is one of its groups. */
static int add_group(struct pnpn_identity *who, gid_t gid)
{
	gid_t *gids = reallocarray(who->gids, who->n_gids + 1, sizeof(gid_t));

	if (!gids)
		return -ENOMEM;
	who->gids = gids;
	gids[who->n_gids++] = gid;
	return 0;
}

/* The kernel knows who connected, before a word was said. */
int pnpn_identity_of_socket(struct pnpn_identity *who, int fd)
{
	struct ucred credentials;
	socklen_t bytes = sizeof(credentials);
	int r = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &bytes) < 0 ? -errno : 0;

	if (r >= 0)
		r = read_groups(fd, who);
	if (r >= 0)
		r = add_group(who, credentials.gid);
	if (r < 0)
		return forget(who, r);
	who->uid = credentials.uid;
	who->pid = credentials.pid;
	return 0;
}

/* --- the system bus ------------------------------------------------------------------------------- */

/* One of the credentials that the bus tells; the others are skipped. */
static int read_credential(sd_bus_message *m, struct pnpn_identity *who)
{
	const char *name;
	uint32_t number;
	const void *gids;
	size_t bytes;
	int r = sd_bus_message_read(m, "s", &name);

	if (r < 0)
		return r;
	if (strcmp(name, "UnixGroupIDs") == 0 && !who->gids) {
		r = sd_bus_message_enter_container(m, 'v', "au");
		if (r >= 0)
			r = sd_bus_message_read_array(m, 'u', &gids, &bytes);
		if (r < 0)
			return r;
		who->gids = malloc(bytes ? bytes : 1);
		if (!who->gids)
			return -ENOMEM;
		memcpy(who->gids, gids, bytes);
		who->n_gids = bytes / sizeof(gid_t);
		return sd_bus_message_exit_container(m);
	}
	bool is_uid = strcmp(name, "UnixUserID") == 0;
	if (!is_uid && strcmp(name, "ProcessID") != 0)
		return sd_bus_message_skip(m, "v");
	r = sd_bus_message_read(m, "v", "u", &number);
	if (is_uid)
		who->uid = number;
	else
		who->pid = (pid_t)number;
	return r;
}

/* What the bus saw when the peer connected to it; its /proc may be somebody else's by now. */
int pnpn_identity_of_name(struct pnpn_identity *who, sd_bus *bus, const char *name)
{
	sd_bus_message *reply = NULL;
	int r = sd_bus_call_method(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
				   "org.freedesktop.DBus", "GetConnectionCredentials", NULL, &reply,
				   "s", name);

	who->uid = (uid_t)-1;
	if (r >= 0)
		r = sd_bus_message_enter_container(reply, 'a', "{sv}");
	while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'e', "sv")) > 0) {
		r = read_credential(reply, who);
		if (r >= 0)
			r = sd_bus_message_exit_container(reply);
	}
	sd_bus_message_unref(reply);
	if (r >= 0 && who->uid == (uid_t)-1)
		r = -EACCES;
	return r < 0 ? forget(who, r) : 0;
}
