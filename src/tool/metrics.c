/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdbool.h>

#include "tool/metrics.h"

/* What a metric's samples are made of: rows of one kind, a number of each. */
enum rows {
	OF_DEVICE,
	OF_REGISTRANT,
	OF_PROCESS,
};

static uint64_t get_events(const struct pnpn_status_row *row)
{
	return row->events;
}

static uint64_t get_lag(const struct pnpn_status_row *row)
{
	return row->lag;
}

static uint64_t get_lost(const struct pnpn_status_row *row)
{
	return row->lost;
}

static uint64_t get_unanswered(const struct pnpn_status_row *row)
{
	return row->unanswered;
}

static const struct {
	const char *name, *type, *help;
	enum rows rows;
	uint64_t (*get)(const struct pnpn_status_row *row);
} metrics[] = {
	{"device_events", "counter", "Events that a device reported.", OF_DEVICE, get_events},
	{"registrant_events", "counter", "Events that a registrant took of a device.",
	 OF_REGISTRANT, get_events},
	{"registrant_lost_events", "counter", "Events of a device that a registrant lost.",
	 OF_REGISTRANT, get_lost},
	{"registrant_waiting_bytes", "gauge", "Bytes that wait for a registrant of a device.",
	 OF_REGISTRANT, get_lag},
	{"process_unanswered_queries", "counter",
	 "Queries on removals that a process did not answer in time.", OF_PROCESS, get_unanswered},
};

/* As a label's value is written. */
static void print_label(FILE *out, const char *key, const char *value)
{
	fprintf(out, "%s=\"", key);
	for (; *value; value++)
		if (*value == '\n')
			fputs("\\n", out);
		else
			fprintf(out, *value == '\\' || *value == '"' ? "\\%c" : "%c", *value);
	fputc('"', out);
}

static void print_head(FILE *out, const char *name, const char *type, const char *help)
{
	fprintf(out, "# TYPE pnpnotify_%s %s\n# HELP pnpnotify_%s %s\n", name, type, name, help);
}

static enum rows kind_of(const struct pnpn_status_row *row)
{
	if (row->unanswered)
		return OF_PROCESS;
	return row->registrant ? OF_REGISTRANT : OF_DEVICE;
}

/* A counter's samples are named after what they are in all. */
static const char *ending(const char *type)
{
	return *type == 'c' ? "_total" : "";
}

static void print_sample(FILE *out, size_t metric, const struct pnpn_status_row *row)
{
	fprintf(out, "pnpnotify_%s%s{", metrics[metric].name, ending(metrics[metric].type));
	if (metrics[metric].rows != OF_PROCESS) {
		print_label(out, "device", row->device);
		fputc(',', out);
	}
	fprintf(out, "pid=\"%" PRIu32 "\"", row->pid);
	if (metrics[metric].rows == OF_REGISTRANT)
		fprintf(out, ",registrant=\"%" PRIu32 "\"", row->registrant);
	fprintf(out, "} %" PRIu64 "\n", metrics[metric].get(row));
}

static void print_usage(FILE *out, const struct pnpn_usage_list *usage, const char *name,
			bool limits)
{
	struct pnpn_usage_row row;

	for (size_t i = 0; pnpn_usage_list_get(usage, i, &row, sizeof(row)); i++) {
		if (limits && !row.limit)
			continue;
		fprintf(out, "pnpnotify_%s{uid=\"%" PRIu32 "\",", name, row.uid);
		print_label(out, "resource", row.resource);
		fprintf(out, "} %" PRIu64 "\n", limits ? row.limit : row.used);
	}
}

void pnpn_metrics_print(FILE *out, const struct pnpn_status *status,
			const struct pnpn_usage_list *usage)
{
	struct pnpn_status_row row;

	for (size_t metric = 0; metric < sizeof(metrics) / sizeof(metrics[0]); metric++) {
		print_head(out, metrics[metric].name, metrics[metric].type, metrics[metric].help);
		for (size_t i = 0; pnpn_status_get(status, i, &row, sizeof(row)); i++)
			if (kind_of(&row) == metrics[metric].rows)
				print_sample(out, metric, &row);
	}
	print_head(out, "user_used", "gauge", "What a user has of the manager.");
	print_usage(out, usage, "user_used", false);
	print_head(out, "user_limit", "gauge", "What a user may have of the manager.");
	print_usage(out, usage, "user_limit", true);
	fputs("# EOF\n", out);
}
