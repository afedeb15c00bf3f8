/* SPDX-License-Identifier: MIT */
/* pnpnotify-fleet: main and nothing else. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <nats/nats.h>
#include <pnpnotify.h>

#include "fleet/mirror.h"
#include "fleet/options.h"
#include "fleet/publisher.h"
#include "fleet/query.h"

static const char help[] =
	"usage: pnpnotify-fleet run --publish | --mirror [OPTIONS]\n"
	"       pnpnotify-fleet hosts | status | monitor [OPTIONS]\n"
	"Events of many machines, over NATS.\n"
	"\n"
	"  --config FILE             the following, a word and a value a line\n"
	"where the servers are:\n"
	"  --server URL              nats:// or tls://; may be repeated\n"
	"  --creds FILE              a NATS user's credentials\n"
	"  --login FILE              a user on its first line, a password on its second\n"
	"  --tls-ca FILE, --tls-cert FILE, --tls-key FILE\n"
	"  --replicas N, --stream-bytes N    of the stream, where it is not there yet\n"
	"run:\n"
	"  --publish                 this machine's events\n"
	"  --mirror                  other machines' devices become devices here\n"
	"  --address unix:path=PATH  of the manager\n"
	"  --name HOST               this machine's; without it: its own\n"
	"  --limit SECONDS           without a word of a host, after which it is gone (30)\n"
	"  --backlog BYTES           that may wait for the servers (64M)\n"
	"  --state FILE              of the mirror\n"
	"  --host-devices N          that are mirrored of one host (1024)\n"
	"which, each may be repeated:\n"
	"  --host PATTERN, --device PATTERN, --class CLASS, --event EVENT\n"
	"how they are shown:\n"
	"  --json, --time FORM, --count N, --timeout SECONDS\n"
	"  --since TIME              from the stream: 90s, 10m, 2h, 3d, 2026-01-31T13:00:00Z\n";

static int stop_fd = -1;
static bool stop;

static int run_both(const struct pnpn_fleet_options *options);

static int run(const struct pnpn_fleet_options *options, int fd, const bool *stopped)
{
	if (!options->publish && !options->mirror) {
		fputs("pnpnotify-fleet run: --publish, --mirror or both; see pnpnotify-fleet "
		      "--help\n",
		      stderr);
		return PNPN_EXIT_USAGE;
	}
	if (!pnpn_host_is_valid(options->host)) {
		fprintf(stderr,
			"pnpnotify-fleet run: \"%s\" can't be a host's name; --name gives one of "
			"letters, digits, - and _\n",
			options->host);
		return PNPN_EXIT_USAGE;
	}
	if (options->publish && options->mirror)
		return run_both(options);
	return (options->publish ? pnpn_publish : pnpn_mirror)(options, fd, stopped);
}

static const struct {
	const char *name;
	int (*run)(const struct pnpn_fleet_options *options, int stop_fd, const bool *stop);
} commands[] = {
	{"run", run},
	{"hosts", pnpn_query_hosts},
	{"status", pnpn_query_status},
	{"monitor", pnpn_query_monitor},
};

static void end(void)
{
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	(void)eventfd_write(stop_fd, 1);
}

static void *publish(void *options)
{
	int status = pnpn_publish(options, stop_fd, &stop);

	/* Neither goes on without the other: whoever starts us sees that something is wrong. */
	end();
	return (void *)(intptr_t)status;
}

static int run_both(const struct pnpn_fleet_options *options)
{
	pthread_t thread;
	void *published = NULL;

	if (pthread_create(&thread, NULL, publish, (void *)options) != 0)
		return 1;
	int status = pnpn_mirror(options, stop_fd, &stop);
	end();
	pthread_join(thread, &published);
	return status ? status : (int)(intptr_t)published;
}

/* A thread of its own: whatever waits for the network need not come back first. */
static void *wait_for_signal(void *signals)
{
	int signal;

	(void)sigwait(signals, &signal);
	end();
	return NULL;
}

static int watch_signals(sigset_t *signals)
{
	pthread_t thread;

	sigemptyset(signals);
	sigaddset(signals, SIGTERM);
	sigaddset(signals, SIGINT);
	signal(SIGPIPE, SIG_IGN);
	stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (stop_fd < 0 || pthread_sigmask(SIG_BLOCK, signals, NULL) != 0 ||
	    pthread_create(&thread, NULL, wait_for_signal, signals) != 0)
		return -ENOMEM;
	pthread_detach(thread);
	return 0;
}

int main(int argc, char **argv)
{
	static struct pnpn_fleet_options options;
	static sigset_t signals;
	const char *word = argc > 1 ? argv[1] : "";

	if (strcmp(word, "--version") == 0) {
		printf("pnpnotify-fleet %s\n", pnpn_get_version());
		return 0;
	}
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") != 0)
			continue;
		fputs(help, stdout);
		return 0;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(word, commands[i].name) != 0)
			continue;
		int status = pnpn_fleet_options_read(&options, word, argc - 1, argv + 1);
		if (status < 0)
			status = watch_signals(&signals) < 0
					 ? 1
					 : commands[i].run(&options, stop_fd, &stop);
		nats_CloseAndWait(2000);
		return fflush(stdout) == 0 && !ferror(stdout) ? status : 1;
	}
	fprintf(stderr, "pnpnotify-fleet: there is no command \"%s\"; see pnpnotify-fleet --help\n",
		word);
	return PNPN_EXIT_USAGE;
}
