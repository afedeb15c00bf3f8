/* SPDX-License-Identifier: MIT */
/* pnpnotify remove */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tool/command.h"

/* The name of a process, as ps shows it; "?" if it is gone. */
static void read_process_name(uint32_t pid, char *ret_name, size_t size)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%u/comm", pid);
	FILE *file = fopen(path, "re");
	if (!file || !fgets(ret_name, (int)size, file))
		snprintf(ret_name, size, "?");
	ret_name[strcspn(ret_name, "\n")] = 0;
	if (file)
		fclose(file);
}

/* Text of another process goes to a terminal: no control characters. */
static void clean(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
}

/* Of a device of Linux's: no process was asked. */
static int say_kept(const char *device, const struct pnpn_veto *veto)
{
	fprintf(stderr, "pnpnotify: %s stays: %s%s\n", device,
		veto->kind == PNPN_VETO_HANDLE ? "it is " : "", *veto->who ? veto->who : "in use");
	return 1;
}

static int say_vetoed(const char *device, struct pnpn_veto *veto)
{
	static const char *const does[] = {
		[PNPN_VETO_APPLICATION] = "does not agree",
		[PNPN_VETO_DRIVER] = "does not agree, as a driver",
		[PNPN_VETO_HANDLE] = "has it open",
		[PNPN_VETO_OWNER] = "owns it, and does not agree",
		[PNPN_VETO_OTHER] = "does not agree",
	};
	char process[64];

	clean(veto->who);
	if (!veto->pid)
		return say_kept(device, veto);
	read_process_name(veto->pid, process, sizeof(process));
	clean(process);
	fprintf(stderr, "pnpnotify: %s stays: %s (process %u)%s%s %s\n", device, process, veto->pid,
		*veto->who ? ", " : "", veto->who, does[veto->kind]);
	return 1;
}

static int explain(const char *device, int error)
{
	switch (error) {
	case -ENOENT:
		fprintf(stderr, "pnpnotify: there is no device %s; see pnpnotify list\n", device);
		return 1;
	case -EACCES:
		fprintf(stderr,
			"pnpnotify: %s is another user's, or you may not write to it: it is not "
			"yours to remove\n",
			device);
		return 1;
	case -EALREADY:
		fprintf(stderr, "pnpnotify: somebody else is removing %s; --force overtakes\n",
			device);
		return 1;
	case -EOPNOTSUPP:
		fprintf(stderr,
			"pnpnotify: %s is Linux's: of those loop disks can be removed, and not by "
			"force\n",
			device);
		return 1;
	default:
		return pnpn_command_failed(device, error);
	}
}

int pnpn_cmd_remove(int argc, char **argv)
{
	static const struct option known[] = {
		{"wait", no_argument, NULL, 'w'}, {"force", no_argument, NULL, 'f'}, {0}};
	struct pnpn_connection *connection;
	struct pnpn_veto veto;
	unsigned int flags = 0;
	int status = 0, option;

	while ((option = pnpn_command_next_option(argc, argv, known, &status)) >= 0)
		flags |= option == 'w' ? PNPN_REMOVE_WAIT : PNPN_REMOVE_FORCE;
	if (option == PNPN_OPTION_EXIT)
		return status;
	if (argc - optind != 1)
		return pnpn_command_usage(argv[0], "it takes a DEVICE");
	int r = pnpn_command_connect(&connection);
	if (r < 0)
		return pnpn_command_not_connected(r);
	r = pnpn_remove(connection, argv[optind], flags, &veto, sizeof(veto));
	pnpn_disconnect(connection);
	if (r == 1)
		return say_vetoed(argv[optind], &veto);
	return r < 0 ? explain(argv[optind], r) : 0;
}
