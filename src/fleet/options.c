/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fleet/options.h"
#include "tool/catalogue.h"

enum form {
	FLAG,
	TEXT,
	WORDS,
	NUMBER,
	BYTES,
	HOST,
	TIME,
	CLASS,
	EVENT,
	CONFIG,
};

/* Every option, once; the manual page has them in the same order. */
static const struct known {
	const char *name;
	enum form form;
	size_t offset;
} known[] = {
#define OPTION(name, form, member) {name, form, offsetof(struct pnpn_fleet_options, member)}
	OPTION("server", WORDS, servers),     OPTION("creds", TEXT, creds),
	OPTION("login", TEXT, login),	      OPTION("tls-ca", TEXT, tls_ca),
	OPTION("tls-cert", TEXT, tls_cert),   OPTION("tls-key", TEXT, tls_key),
	OPTION("replicas", NUMBER, replicas), OPTION("stream-bytes", BYTES, stream_bytes),
	OPTION("publish", FLAG, publish),     OPTION("mirror", FLAG, mirror),
	OPTION("address", TEXT, address),     OPTION("name", HOST, host),
	OPTION("backlog", BYTES, backlog),    OPTION("limit", NUMBER, limit),
	OPTION("state", TEXT, state),	      OPTION("host-devices", NUMBER, host_devices),
	OPTION("host", WORDS, hosts),	      OPTION("device", WORDS, devices),
	OPTION("class", CLASS, classes),      OPTION("event", EVENT, events),
	OPTION("json", FLAG, json),	      OPTION("time", TEXT, time),
	OPTION("since", TIME, since),	      OPTION("count", NUMBER, count),
	OPTION("timeout", TEXT, timeout),     {"config", CONFIG, 0},
#undef OPTION
};

static int wrong(const char *command, const char *name, const char *wants, const char *value)
{
	fprintf(stderr,
		"pnpnotify-fleet %s: --%s wants %s, not \"%s\"; see pnpnotify-fleet --help\n",
		command, name, wants, value);
	return PNPN_EXIT_USAGE;
}

/* --- values --------------------------------------------------------------------------------------- */

static bool read_number(const char *text, bool of_bytes, uint64_t *ret_number)
{
	static const char units[] = "KMG";
	char *end;

	errno = 0;
	unsigned long long number = strtoull(text, &end, 10);
	const char *unit = of_bytes && *end ? strchr(units, *end) : NULL;
	unsigned int shift = unit ? 10 * (unsigned int)(unit - units + 1) : 0;
	if (errno || end == text || !isdigit((unsigned char)*text) || end[unit != NULL] ||
	    !number || number > UINT64_MAX >> 1 >> shift)
		return false;
	*ret_number = number << shift;
	return true;
}

static int add_word(struct pnpn_words *words, const char *command, const char *name,
		    const char *value)
{
	/* A command line is everybody's to read. */
	if (strcmp(name, "server") == 0 && strchr(value, '@')) {
		fprintf(stderr,
			"pnpnotify-fleet %s: no user and password in --server; --login FILE has "
			"them\n",
			command);
		return PNPN_EXIT_USAGE;
	}
	if (words->n == PNPN_FLEET_WORDS)
		return wrong(command, name, "16 values at most", value);
	words->words[words->n++] = value;
	return -1;
}

static int read_config(struct pnpn_fleet_options *options, const char *command, const char *path);

static int set(struct pnpn_fleet_options *options, const char *command, const struct known *option,
	       const char *value)
{
	void *member = (char *)options + option->offset;

	switch (option->form) {
	case FLAG:
		*(bool *)member = true;
		return -1;
	case TEXT:
		*(const char **)member = value;
		return -1;
	case WORDS:
		return add_word(member, command, option->name, value);
	case NUMBER:
	case BYTES:
		return read_number(value, option->form == BYTES, member)
			       ? -1
			       : wrong(command, option->name, "a number from 1 on", value);
	case HOST:
		if (!pnpn_host_is_valid(value))
			return wrong(command, option->name, "small letters, digits, - and _",
				     value);
		snprintf(member, PNPN_HOST_BYTES, "%s", value);
		return -1;
	case TIME:
		return pnpn_command_read_time(value, member)
			       ? -1
			       : wrong(command, option->name,
				       "90s, 10m, 2h, 3d or 2026-01-31T13:00:00Z", value);
	case CLASS:
		return pnpn_command_add_guid(command, member, pnpn_catalogue_find_class, "class",
					     value);
	case EVENT:
		return pnpn_command_add_guid(command, member, pnpn_catalogue_find_event, "event",
					     value);
	default:
		return read_config(options, command, value);
	}
}

/* --- where they stand ----------------------------------------------------------------------------- */

static const struct known *find(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i].name) == length && strncmp(known[i].name, name, length) == 0)
			return &known[i];
	return NULL;
}

static int unknown(const char *command, const char *name)
{
	fprintf(stderr, "pnpnotify-fleet %s: there is no option %s; see pnpnotify-fleet --help\n",
		command, name);
	return PNPN_EXIT_USAGE;
}

/* An option's name, then its value. The text stays: values point into it. */
static int read_line(struct pnpn_fleet_options *options, const char *command, char *line)
{
	char *name = line + strspn(line, " \t");
	size_t length = strcspn(name, " \t\n");

	if (!length || *name == '#')
		return -1;
	char *value = name + length + strspn(name + length, " \t");
	value[strcspn(value, "\n")] = 0;
	const struct known *option = find(name, length);
	name[length] = 0;
	if (!option || option->form == CONFIG)
		return unknown(command, name);
	if ((option->form == FLAG) != !*value)
		return wrong(command, name, option->form == FLAG ? "no value" : "a value", value);
	return set(options, command, option, value);
}

static int read_config(struct pnpn_fleet_options *options, const char *command, const char *path)
{
	FILE *file = fopen(path, "re");
	int status = -1;

	if (!file) {
		fprintf(stderr, "pnpnotify-fleet: %s: %s\n", path, strerror(errno));
		return 1;
	}
	while (status < 0) {
		char *line = NULL;
		size_t room = 0;
		if (getline(&line, &room, file) < 0) {
			free(line);
			break;
		}
		status = read_line(options, command, line);
	}
	fclose(file);
	return status;
}

/* The name up to the first dot, in small letters. */
static void set_host(struct pnpn_fleet_options *options)
{
	if (gethostname(options->host, sizeof(options->host)) < 0)
		return;
	options->host[sizeof(options->host) - 1] = 0;
	options->host[strcspn(options->host, ".")] = 0;
	for (char *c = options->host; *c; c++)
		*c = (char)tolower((unsigned char)*c);
}

int pnpn_fleet_options_read(struct pnpn_fleet_options *options, const char *command, int argc,
			    char **argv)
{
	int status = -1;

	*options = (struct pnpn_fleet_options){
		.replicas = 1,
		.stream_bytes = 1ull << 30,
		.backlog = 64ull << 20,
		.limit = 30,
		.state = "/var/lib/pnpnotify-fleet/mirror",
		.host_devices = 1024,
	};
	for (int i = 1; i < argc && status < 0; i++) {
		const char *name = argv[i] + 2, *value = strchr(argv[i], '=');
		if (strncmp(argv[i], "--", 2) != 0)
			return unknown(command, argv[i]);
		size_t length = value ? (size_t)(value - name) : strlen(name);
		const struct known *option = find(name, length);
		if (!option)
			return unknown(command, argv[i]);
		if (option->form != FLAG && !value && i + 1 == argc)
			return wrong(command, option->name, "a value", "");
		value = option->form == FLAG ? "" : value ? value + 1 : argv[++i];
		status = set(options, command, option, value);
	}
	if (status < 0 && !options->servers.n)
		status = add_word(&options->servers, command, "server", "nats://127.0.0.1:4222");
	if (status < 0 && !*options->host)
		set_host(options);
	return status;
}

bool pnpn_words_match(const struct pnpn_words *patterns, const char *text)
{
	for (int i = 0; i < patterns->n; i++)
		if (fnmatch(patterns->words[i], text, FNM_NOESCAPE | FNM_CASEFOLD) == 0)
			return true;
	return !patterns->n;
}
