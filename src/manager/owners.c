/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fnmatch.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "manager/owners.h"
#include "manager/peer.h"
#include "manager/server.h"
#include "port/notice.h"

/* Whoever else may write the file would say who owns what. */
static bool is_safe(FILE *file)
{
	struct stat st;

	return fstat(fileno(file), &st) == 0 && S_ISREG(st.st_mode) &&
	       (!st.st_uid || st.st_uid == geteuid()) && !(st.st_mode & (S_IWGRP | S_IWOTH));
}

/* A number, where the whole word is one. */
static bool read_number(const char *word, unsigned long *ret_number)
{
	char *end;

	errno = 0;
	*ret_number = strtoul(word, &end, 10);
	return !errno && end != word && !*end;
}

static bool is_user(const struct pnpn_peer *peer, const char *word)
{
	unsigned long uid;

	if (read_number(word, &uid))
		return uid == peer->who.uid;
	const struct passwd *user = getpwnam(word);
	return user && user->pw_uid == peer->who.uid;
}

static bool is_group(const struct pnpn_peer *peer, const char *word)
{
	unsigned long gid;

	if (read_number(word, &gid))
		return pnpn_peer_has_gid(peer, (gid_t)gid);
	const struct group *group = getgrnam(word);
	return group && pnpn_peer_has_gid(peer, group->gr_gid);
}

/* Other machines' devices (D9, F4): a pattern that lets somebody have anything else is not meant for them. */
static bool is_fleet(const char *id)
{
	return strncasecmp(id, "FLEET\\", strlen("FLEET\\")) == 0;
}

static bool line_allows(char *line, const struct pnpn_peer *peer, const char *instance_id)
{
	char *rest = NULL;

	line[strcspn(line, "#\n")] = 0;
	const char *who = strtok_r(line, " \t", &rest);
	const char *pattern = strtok_r(NULL, " \t", &rest);
	/* A backslash stands for itself. Whoever has the id is asked last: that may take its time. */
	if (!pattern || strtok_r(NULL, " \t", &rest) ||
	    fnmatch(pattern, instance_id, FNM_NOESCAPE | FNM_CASEFOLD) != 0 ||
	    (is_fleet(instance_id) && !is_fleet(pattern)))
		return false;
	return *who == '%' ? is_group(peer, who + 1) : is_user(peer, who);
}

/* Said once: whoever asks often is not to fill the log. */
static void say_unsafe(struct pnpn_server *server, const char *path)
{
	if (!server->owners_told)
		pnpn_notice(NULL,
			    "%s does not count: it has to be a file that root alone may write",
			    path);
	server->owners_told = true;
}

int pnpn_owners_set_path(struct pnpn_server *server, const char *path)
{
	char *own = strdup(path);

	if (!own)
		return -ENOMEM;
	free(server->owners_path);
	server->owners_path = own;
	return 0;
}

/* Where everybody connects root may have any; on a private socket any but other machines' devices. */
static bool is_free(const struct pnpn_peer *peer, const char *instance_id)
{
	return peer->who.is_public ? peer->account.user->privileged : !is_fleet(instance_id);
}

bool pnpn_owners_allow(const struct pnpn_peer *peer, const char *instance_id)
{
	struct pnpn_server *server = peer->server;
	const char *path = server->owners_path ? server->owners_path : PNPN_OWNERS_PATH;
	char *line = NULL;
	size_t room = 0;
	bool allowed = false;

	if (is_free(peer, instance_id))
		return true;
	FILE *file = fopen(path, "re");
	if (!file)
		return false;
	if (is_safe(file))
		while (!allowed && getline(&line, &room, file) >= 0)
			allowed = line_allows(line, peer, instance_id);
	else
		say_unsafe(server, path);
	free(line);
	fclose(file);
	return allowed;
}
