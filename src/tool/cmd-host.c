/* SPDX-License-Identifier: MIT */
/* pnpnotify host: run drivers in this process. What it does is src/wdm's business. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include "tool/cmd-host.h"
#include "tool/command.h"
#include "wdm/host.h"

static int host_usage(const char *what, const char *value)
{
	fprintf(stderr, "pnpnotify host: %s%s\nTry 'pnpnotify host --help'.\n", what, value);
	return 2;
}

/* Room for as many drivers and devices as there are arguments. */
struct host_arguments {
	struct pnpn_host_options options;
	struct pnpn_host_driver *drivers;
	const char **devices;
	size_t n_devices;
	const char **filters;
	size_t n_filters;
};

static void host_add_driver(struct host_arguments *arguments, const char *path)
{
	arguments->drivers[arguments->options.n_drivers++] =
		(struct pnpn_host_driver){.path = path,
					  .devices = arguments->devices + arguments->n_devices,
					  .filters = arguments->filters + arguments->n_filters};
}

/* Of the driver that was named last. */
static void host_add_id(struct host_arguments *arguments, int option, const char *id)
{
	struct pnpn_host_driver *driver = &arguments->drivers[arguments->options.n_drivers - 1];

	if (option == 'd') {
		arguments->devices[arguments->n_devices++] = id;
		driver->n_devices++;
	} else {
		arguments->filters[arguments->n_filters++] = id;
		driver->n_filters++;
	}
}

/* Returns -1 to go on, else the exit status. */
static int host_parse(int argc, char **argv, struct host_arguments *arguments)
{
	static const struct option options[] = {
		{"device", required_argument, NULL, 'd'},  {"filter", required_argument, NULL, 'f'},
		{"address", required_argument, NULL, 'a'}, {"verify", no_argument, NULL, 'v'},
		{"help", no_argument, NULL, 'h'},	   {0}};
	int option;

	optind = 1;
	/* The leading '-' keeps drivers and their devices in order; the ':' leaves messages to us. */
	while ((option = getopt_long(argc, argv, "-:h", options, NULL)) != -1) {
		switch (option) {
		case 1:
			host_add_driver(arguments, optarg);
			break;
		case 'd':
		case 'f':
			if (!arguments->options.n_drivers)
				return host_usage(option == 'd'
							  ? "name the driver before its --device "
							  : "name the driver before its --filter ",
						  optarg);
			host_add_id(arguments, option, optarg);
			break;
		case 'v':
			arguments->options.verify = true;
			break;
		case 'a':
			arguments->options.address = optarg;
			break;
		case 'h':
			return pnpn_command_print_help(argv[0]);
		case ':':
			return host_usage("a value is missing after ", argv[optind - 1]);
		default:
			return host_usage("unknown option ", argv[optind - 1]);
		}
	}
	for (; optind < argc; optind++)
		host_add_driver(arguments, argv[optind]);
	return arguments->options.n_drivers ? -1 : host_usage("which driver? ", "Name a file.");
}

int pnpn_cmd_host(int argc, char **argv)
{
	struct host_arguments arguments = {
		.drivers = calloc((size_t)argc + 1, sizeof(*arguments.drivers)),
		.devices = calloc((size_t)argc + 1, sizeof(*arguments.devices)),
		.filters = calloc((size_t)argc + 1, sizeof(*arguments.filters)),
	};
	int status = 1;

	if (arguments.drivers && arguments.devices && arguments.filters) {
		arguments.options.drivers = arguments.drivers;
		status = host_parse(argc, argv, &arguments);
		if (status < 0)
			status = pnpn_host_run(&arguments.options) < 0;
	} else {
		fputs("pnpnotify host: there is no memory\n", stderr);
	}
	free(arguments.drivers);
	free(arguments.devices);
	free(arguments.filters);
	return status;
}
