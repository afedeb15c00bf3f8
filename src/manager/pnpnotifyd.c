/* SPDX-License-Identifier: MIT */
/* pnpnotifyd: main and nothing else. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

#include "manager/listener.h"
#include "manager/assignment.h"
#include "manager/owners.h"
#include "manager/setup.h"

static const char help[] =
	"usage: pnpnotifyd [--address unix:path=PATH] [--no-linux] [--owners FILE] "
	"[--query-timeout SECONDS]\n"
	"The PnP manager: carries events from devices to whoever registered for them.\n"
	"\n"
	"  --address unix:path=PATH  listen there for this user alone; without it: the system "
	"bus,\n"
	"                            as org.pnpnotify.Manager1\n"
	"  --no-linux                do not present the devices that Linux reports\n"
	"  --state FOLDER            where it is kept which port is COM3 and which volume is E: "
	"(file "
	"names)\n"
	"  --owners FILE             who else than root may own devices where anybody may "
	"connect;\n"
	"                            without it: " PNPN_OWNERS_PATH "\n"
	"  --query-timeout SECONDS   how long whoever is asked before a device is removed may take "
	"to answer; "
	"30\n"
	"  --help                    this text\n"
	"  --version                 the version\n";

struct options {
	const char *address;
	const char *owners;
	const char *state;
	bool no_linux;
	uint64_t query_usec; /* 0: as it is */
};

static bool read_seconds(const char *text, uint64_t *ret_usec)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end || !(seconds >= 0.001 && seconds <= 1e6))
		return false;
	*ret_usec = (uint64_t)(seconds * 1e6);
	return true;
}

/* Returns a status to exit with, or -1 to go on. */
static int read_options(int argc, char **argv, struct options *options)
{
	static const struct option known[] = {{"address", required_argument, NULL, 'a'},
					      {"no-linux", no_argument, NULL, 'n'},
					      {"owners", required_argument, NULL, 'o'},
					      {"state", required_argument, NULL, 's'},
					      {"help", no_argument, NULL, 'h'},
					      {"query-timeout", required_argument, NULL, 'q'},
					      {"version", no_argument, NULL, 'v'},
					      {0}};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) >= 0) {
		switch (option) {
		case 'a':
			options->address = optarg;
			break;
		case 'n':
			options->no_linux = true;
			break;
		case 'o':
			options->owners = optarg;
			break;
		case 's':
			options->state = optarg;
			break;
		case 'q':
			if (read_seconds(optarg, &options->query_usec))
				break;
			fputs("pnpnotifyd: --query-timeout wants seconds, such as 0.5, at least "
			      "0.001\n",
			      stderr);
			return 2;
		case 'h':
			fputs(help, stdout);
			return 0;
		case 'v':
			puts("pnpnotifyd " PNPN_VERSION);
			return 0;
		default:
			fputs("pnpnotifyd: see pnpnotifyd --help\n", stderr);
			return 2;
		}
	}
	if (optind == argc)
		return -1;
	fprintf(stderr, "pnpnotifyd: \"%s\" is one word too many; see pnpnotifyd --help\n",
		argv[optind]);
	return 2;
}

static const char *explain(int r, const struct options *options)
{
	if (r == -EINVAL && options->address)
		return "the address has to be unix:path= and the path of a socket";
	if (r == -EADDRINUSE)
		return "a manager is there already";
	if (!options->address && (r == -ENOENT || r == -ECONNREFUSED))
		return "there is no system bus; give --address unix:path=PATH for a private one";
	if (r == -ECONNRESET)
		return "the system bus is gone";
	return strerror(-r);
}

/* The address, or the bus and what systemd listens on for us; without a bus the latter alone will do. */
static int listen_everywhere(struct pnpn_server *server, const struct options *options)
{
	int sockets = sd_listen_fds(1);
	int r = sockets > 1 ? -E2BIG : sockets < 0 ? sockets : 0;

	if (options->address)
		return pnpn_listener_add_socket(server, options->address);
	if (sockets == 1)
		r = pnpn_listener_add_fd(server, SD_LISTEN_FDS_START);
	if (r < 0)
		return r;
	r = pnpn_listener_add_system_bus(server);
	return sockets == 1 && (r == -ENOENT || r == -ECONNREFUSED) ? 0 : r;
}

static int set_state(struct pnpn_server *server, const char *folder)
{
	char *path;

	if (asprintf(&path, "%s/names", folder) < 0)
		return -ENOMEM;
	int r = pnpn_assignments_set_path(server, path);
	free(path);
	return r;
}

static int serve(sd_event *event, const struct options *options)
{
	struct pnpn_server *server = NULL;
	int r = pnpn_server_new(&server, event);

	if (r >= 0 && options->owners)
		r = pnpn_owners_set_path(server, options->owners);
	if (r >= 0 && options->state)
		r = set_state(server, options->state);
	if (r >= 0 && options->query_usec)
		pnpn_server_set_query_limit(server, options->query_usec);
	if (r >= 0)
		r = listen_everywhere(server, options);
	if (r >= 0 && !options->no_linux)
		r = pnpn_server_add_linux(server);
	if (r >= 0)
		r = pnpn_server_add_kernel(server);
	if (r >= 0) {
		sd_notify(0, "READY=1");
		/* Ended on purpose with 0, else because the system bus is gone. */
		r = pnpn_server_run(event) == 0 ? 0 : -ECONNRESET;
	}
	pnpn_server_free(server);
	return r;
}

/* Each registrant of each device costs a few descriptors. */
static void raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int watch_signals(sd_event *event)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
		return -errno;
	int r = sd_event_add_signal(event, NULL, SIGTERM, NULL, NULL);
	return r < 0 ? r : sd_event_add_signal(event, NULL, SIGINT, NULL, NULL);
}

int main(int argc, char **argv)
{
	struct options options = {0};
	sd_event *event = NULL;
	int status = read_options(argc, argv, &options);

	if (status >= 0)
		return status;
	raise_limit();
	signal(SIGPIPE, SIG_IGN);
	int r = sd_event_default(&event);
	if (r >= 0)
		r = watch_signals(event);
	if (r >= 0)
		r = serve(event, &options);
	sd_event_unref(event);
	if (r >= 0)
		return 0;
	fprintf(stderr, "pnpnotifyd: %s\n", explain(r, &options));
	return r == -EINVAL && options.address ? 2 : 1;
}
