/* SPDX-License-Identifier: MIT */
/* pnpnotify: a table of commands. */
#include <stdio.h>
#include <string.h>

#include "tool/cmd-host.h"
#include "tool/command.h"
#include "tool/terminal.h"

/* What monitor and record are told of what to watch. */
#define WATCH_OPTIONS                                                                              \
	"  DEVICE                    instance id, \\\\.\\ name, interface name, path under /dev "  \
	"or /sys\n"                                                                                \
	"  --class CLASS             GUID or name (disk, volume, network, ...) of an interface "   \
	"class\n"                                                                                  \
	"  --event EVENT             these alone: GUID, GUID_..., or label, mount, unmount, "      \
	"media-arrival, media-removal, eject-request, size, link-up, link-down, uevent\n"          \
	"  --property KEY=VALUE      of devices that have it (see info), or another of that key: " \
	"ID_BUS=usb\n"                                                                             \
	"  --since TIME              begin with what the devices still have from then on: 90s, "   \
	"10m, 2h, 3d ago, or 2026-01-31T12:00:00 in UTC\n"                                         \
	"  --count N                 end after N events\n"                                         \
	"  --timeout SECONDS         end after that time\n"                                        \
	"  --queries                 tell too when a device is to be removed, and agree\n"         \
	"  --wait                    DEVICE need not be there: until it is, and again when it "    \
	"went\n"

const struct pnpn_command pnpn_commands[] = {
	{"list", "[DEVICE...] [--class CLASS]... [--source SOURCE] [--long] [--all] [--json]",
	 "Devices as a tree, what they are and who registered for them.",
	 "  DEVICE                    these and what is below them: instance id, \\\\.\\ name, "
	 "path "
	 "under /dev or /sys\n"
	 "  --class CLASS             those with an interface of that class, or of one of them: "
	 "GUID or "
	 "name\n"
	 "  --source SOURCE           driver, kernel or linux\n"
	 "  --long                    with their names and interfaces\n"
	 "  --all                     those of Linux's too that have no class with a name, and no "
	 "registrant\n"
	 "  --json                    everything, one JSON object a line\n",
	 pnpn_cmd_list},
	{"info", "DEVICE... [--property KEY] [--json]",
	 "Everything that is known of a device, as udev knows it, too.",
	 "  --property KEY            that one alone, each of its values a line\n"
	 "  --json                    one JSON object a line\n",
	 pnpn_cmd_info},
	{"monitor",
	 "[DEVICE...] [--class CLASS]... [--property KEY=VALUE]... [--event EVENT]... "
	 "[--since TIME] [--json | --format FORMAT] [--time FORM] [--exec COMMAND] [--jobs N] "
	 "[--count N] [--timeout SECONDS] "
	 "[--queries] [--wait]",
	 "A line for each event, the moment it happens; without DEVICE and CLASS of everything. It "
	 "ends when "
	 "the devices are gone that were named.",
	 WATCH_OPTIONS
	 "  --json                    one JSON object a line\n"
	 "  --format FORMAT           lines of your own: {device}, {text}, the other keys of "
	 "--json, {time}; \\t, \\n\n"
	 "  --time FORM               clock, iso, utc, monotonic or delta: seconds since the line "
	 "before\n"
	 "  --exec COMMAND            run it for each event: values in $PNPNOTIFY_DEVICE, ..., "
	 "JSON on standard input\n"
	 "  --jobs N                  so many commands at a time; 1 unless set otherwise\n",
	 pnpn_cmd_monitor},
	{"record",
	 "FILE [DEVICE...] [--class CLASS]... [--property KEY=VALUE]... [--event EVENT]... "
	 "[--since TIME] [--count N] "
	 "[--timeout SECONDS] [--queries] [--wait]",
	 "Events into a file, to which it is added; - is standard output.", WATCH_OPTIONS,
	 pnpn_cmd_record},
	{"replay", "FILE [--fast]",
	 "What was recorded, as devices of the same names; - is standard input.",
	 "  --fast                    as fast as it goes, not as it was\n", pnpn_cmd_replay},
	{"top", "[--interval SECONDS] [--once] [--json]",
	 "Devices and registrants by what they do and lose, again and again.",
	 "  --interval SECONDS        between two looks; 1 unless set otherwise\n"
	 "  --once                    one look, after the interval\n"
	 "  --json                    one JSON object a line\n",
	 pnpn_cmd_top},
	{"wait", "[--removed] [--timeout SECONDS] DEVICE...",
	 "Until every DEVICE is there; the manager may come later.",
	 "  --removed                 until none of them is there\n"
	 "  --timeout SECONDS         no longer than that: status 1 then\n",
	 pnpn_cmd_wait},
	{"status", "[--all] [--json | --metrics [--output FILE]]",
	 "For each device and registrant: events, bytes that wait, events lost; what each user has "
	 "of the manager.",
	 "  --all                     devices without events and registrants, too\n"
	 "  --json                    everything, a JSON object a line\n"
	 "  --metrics                 everything, as OpenMetrics text\n"
	 "  --output FILE             that into a file, which is never half\n",
	 pnpn_cmd_status},
	{"host", "[--verify] DRIVER.so [--device ID]... [--filter ID]... [DRIVER.so ...]",
	 "Run drivers in user space until they are ended, or the last device has failed.",
	 "  --device ID               give the driver named before a device of this instance id, "
	 "such as "
	 "ROOT\\HELLO\\0000; without, one by the driver's name. An id of two parts is a hardware "
	 "id: "
	 "of what bus drivers of this host have, those are its\n"
	 "  --filter ID               the driver named before attaches above those of this device, "
	 "or of what "
	 "has this hardware id, and sees requests first\n"
	 "  --verify                  stop, and say why, when a driver breaks a rule that Windows "
	 "has\n",
	 pnpn_cmd_host},
	{"report", "DEVICE GUID [--data HEX] [--text STRING]", "Send one event by hand.",
	 "  GUID                      or an event's name, such as GUID_IO_VOLUME_CHANGE\n"
	 "  --data HEX                the event's data, two hexadecimal digits a byte\n"
	 "  --text STRING             its text, put behind the data\n",
	 pnpn_cmd_report},
	{"remove", "DEVICE [--wait] [--force]",
	 "Remove a device once nobody who has to do with it vetoes; says who does.",
	 "  --wait                    wait until nobody has it open\n"
	 "  --force                   ask nobody, as if it were pulled out\n",
	 pnpn_cmd_remove},
	{"service", "install NAME PROGRAM [ARGUMENT...] [--user] | remove NAME [--user]",
	 "A systemd unit for a program that was written as a Windows service; says what starts it.",
	 "  --user                    one of the user's own, not of the machine\n"
	 "  --                        what follows is the program's, options too\n",
	 pnpn_cmd_service},
	{"fleet", "hosts | status | monitor [OPTIONS]",
	 "Events of other machines, from NATS; pnpnotify fleet --help says more.", "",
	 pnpn_cmd_fleet},
	{"guid", "new NAME", "A fresh GUID as a header to publish, for Windows' sources.",
	 "  --native  for sources with <pnpnotify.h>\n"
	 "  --kernel  for kernel sources\n",
	 pnpn_cmd_guid},
	{"complete", "[--] [WORD...]",
	 "What the last WORD of a command line may become, a line each: for shells.", "",
	 pnpn_cmd_complete},
	{0},
};

static int print_help(void)
{
	puts("usage: pnpnotify COMMAND [ARGUMENTS]\n"
	     "What just happened on a device, told to everyone who asked.\n");
	for (const struct pnpn_command *command = pnpn_commands; command->name; command++)
		printf("  %-8s  %s\n", command->name, command->what);
	puts("\n  --help, --version; pnpnotify COMMAND --help says more");
	return 0;
}

/* How many letters have to change to make one word of the other. */
static size_t distance(const char *a, const char *b)
{
	size_t row[32];
	size_t length = strlen(b);

	if (length >= 31)
		return length;
	for (size_t i = 0; i <= length; i++)
		row[i] = i;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t k = 1; k <= length; k++) {
			size_t best = diagonal + (a[i - 1] != b[k - 1]);
			diagonal = row[k];
			best = row[k] + 1 < best ? row[k] + 1 : best;
			row[k] = row[k - 1] + 1 < best ? row[k - 1] + 1 : best;
		}
	}
	return row[length];
}

static int unknown_command(const char *word)
{
	const struct pnpn_command *nearest = pnpn_commands;

	for (const struct pnpn_command *command = pnpn_commands; command->name; command++)
		if (distance(command->name, word) < distance(nearest->name, word))
			nearest = command;
	if (distance(nearest->name, word) <= 2)
		fprintf(stderr,
			"pnpnotify: there is no command \"%s\"; \"%s\"? See pnpnotify --help\n",
			word, nearest->name);
	else
		fprintf(stderr, "pnpnotify: there is no command \"%s\"; see pnpnotify --help\n",
			word);
	return PNPN_EXIT_USAGE;
}

/* Options may stand before the command, too: the first word that is one is moved to the front. */
static void move_command_first(int argc, char **argv)
{
	for (int i = 2; i < argc && *argv[1] == '-'; i++) {
		if (!pnpn_command_find(argv[i]))
			continue;
		char *word = argv[i];
		memmove(argv + 2, argv + 1, (size_t)(i - 1) * sizeof(*argv));
		argv[1] = word;
	}
}

static int run(int argc, char **argv)
{
	if (argc < 2) {
		fputs("pnpnotify: a command is missing; see pnpnotify --help\n", stderr);
		return PNPN_EXIT_USAGE;
	}
	move_command_first(argc, argv);
	const char *word = argv[1];
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0)
		return print_help();
	if (strcmp(word, "--version") == 0) {
		printf("pnpnotify %s\n", pnpn_get_version());
		return 0;
	}
	const struct pnpn_command *command = pnpn_command_find(word);
	return command ? command->run(argc - 1, argv + 1) : unknown_command(word);
}

int main(int argc, char **argv)
{
	int status = run(argc, argv);

	/* What was not written was not said: a full disk, say. A pager that was left early has been enough. */
	bool written = fflush(stdout) == 0 && !ferror(stdout);
	if (pnpn_terminal_end_pages() || written)
		return status;
	fputs("pnpnotify: not all of it could be written\n", stderr);
	return status ? status : 1;
}
