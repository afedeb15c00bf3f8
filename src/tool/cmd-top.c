/* SPDX-License-Identifier: MIT */
/* pnpnotify top */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tool/command.h"
#include "tool/json.h"
#include "tool/terminal.h"

struct row {
	struct pnpn_status_row now;
	uint64_t events; /* since the look before */
	uint64_t lost; /* likewise */
};

struct top {
	double interval; /* seconds */
	bool once;
	bool json;
	bool live; /* the terminal is written over */
	struct pnpn_status *before, *now;
	uint64_t before_ns, now_ns;
	struct row *rows;
	size_t n;
};

static uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static bool is_same(const struct pnpn_status_row *a, const struct pnpn_status_row *b)
{
	return a->registrant == b->registrant && a->pid == b->pid &&
	       !a->unanswered == !b->unanswered && strcmp(a->device, b->device) == 0;
}

/* The row of the look before. Both are in one order, but for what came and went: looked for from there on. */
static bool find_before(const struct top *top, const struct pnpn_status_row *row, size_t *at,
			struct pnpn_status_row *ret_row)
{
	for (size_t i = *at; pnpn_status_get(top->before, i, ret_row, sizeof(*ret_row)); i++) {
		if (!is_same(row, ret_row))
			continue;
		*at = i + 1;
		return true;
	}
	return false;
}

static uint64_t grown(uint64_t before, uint64_t now)
{
	return now > before ? now - before : 0;
}

/* By what they did, then by what waits, then by name. */
static int compare_rows(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	if (a->lost != b->lost)
		return a->lost < b->lost ? 1 : -1;
	if (a->events != b->events)
		return a->events < b->events ? 1 : -1;
	if (a->now.lag != b->now.lag)
		return a->now.lag < b->now.lag ? 1 : -1;
	int difference = strcmp(a->now.device, b->now.device);
	if (difference)
		return difference;
	return a->now.registrant < b->now.registrant ? -1 : a->now.registrant > b->now.registrant;
}

static int make_rows(struct top *top)
{
	struct pnpn_status_row row, before;
	size_t n = 0, at = 0;

	while (pnpn_status_get(top->now, n, &row, sizeof(row)))
		n++;
	free(top->rows);
	top->n = 0;
	top->rows = calloc(n + 1, sizeof(*top->rows));
	if (!top->rows)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		(void)pnpn_status_get(top->now, i, &row, sizeof(row));
		if (row.unanswered)
			continue;
		bool known = find_before(top, &row, &at, &before);
		top->rows[top->n++] = (struct row){
			.now = row,
			.events = known ? grown(before.events, row.events) : 0,
			.lost = known ? grown(before.lost, row.lost) : 0,
		};
	}
	qsort(top->rows, top->n, sizeof(*top->rows), compare_rows);
	return 0;
}

static double per_second(const struct top *top, uint64_t number)
{
	double seconds = (double)(top->now_ns - top->before_ns) / 1e9;

	return seconds > 0 ? (double)number / seconds : 0;
}

static void print_json(const struct top *top, const struct row *row)
{
	struct pnpn_json json = {0};

	pnpn_json_begin(&json, '{');
	pnpn_json_add_string(&json, "device", row->now.device);
	pnpn_json_add_unsigned(&json, "pid", row->now.pid);
	pnpn_json_add_unsigned(&json, "registrant", row->now.registrant);
	pnpn_json_add_unsigned(&json, "events_a_second", (uint64_t)per_second(top, row->events));
	pnpn_json_add_unsigned(&json, "lost_a_second", (uint64_t)per_second(top, row->lost));
	pnpn_json_add_unsigned(&json, "events", row->now.events);
	pnpn_json_add_unsigned(&json, "bytes_wait", row->now.lag);
	pnpn_json_add_unsigned(&json, "lost", row->now.lost);
	pnpn_json_end(&json, '}');
	putchar('\n');
}

static void print_row(const struct top *top, const struct row *row, bool colours)
{
	char registrant[16] = "-";

	if (row->now.registrant)
		snprintf(registrant, sizeof(registrant), "%" PRIu32, row->now.registrant);
	printf("%s%12.1f %10.1f %12" PRIu64 " %10" PRIu64 " %8" PRIu32 " %10s  %s%s\n",
	       row->lost ? pnpn_terminal_colour(colours, PNPN_COLOUR_LOST) : "",
	       per_second(top, row->events), per_second(top, row->lost), row->now.lag,
	       row->now.lost, row->now.pid, registrant, row->now.device,
	       row->lost ? pnpn_terminal_colour(colours, PNPN_COLOUR_NONE) : "");
}

static void print_rows(const struct top *top)
{
	bool colours = pnpn_terminal_has_colours();
	int columns, lines;

	pnpn_terminal_get_size(&columns, &lines);
	/* From the upper left corner on; what was there is cleared away line by line, so that nothing flickers. */
	if (top->live)
		fputs("\033[H\033[J", stdout);
	printf("%12s %10s %12s %10s %8s %10s  %s\n", "EVENTS/S", "LOST/S", "BYTES WAIT", "LOST",
	       "PROCESS", "REGISTRANT", "DEVICE");
	for (size_t i = 0; i < top->n && !(top->live && i + 2 >= (size_t)lines); i++)
		print_row(top, &top->rows[i], colours);
}

static int look(struct top *top, struct pnpn_connection *connection)
{
	pnpn_status_free(top->before);
	top->before = top->now;
	top->before_ns = top->now_ns;
	top->now = NULL;
	int r = pnpn_get_status(connection, &top->now);
	top->now_ns = clock_ns();
	return r;
}

static int show(struct top *top)
{
	int r = make_rows(top);

	if (r < 0)
		return r;
	if (top->json)
		for (size_t i = 0; i < top->n; i++)
			print_json(top, &top->rows[i]);
	else
		print_rows(top);
	fflush(stdout);
	return 0;
}

static int run(struct top *top, struct pnpn_connection *connection)
{
	int r = look(top, connection);

	while (r >= 0 && !ferror(stdout)) {
		uint64_t until = top->now_ns + (uint64_t)(top->interval * 1e9), now;
		while (r >= 0 && (now = clock_ns()) < until)
			r = pnpn_wait(connection, (int)((until - now + 999999) / 1000000));
		if (r >= 0)
			r = look(top, connection);
		if (r >= 0)
			r = show(top);
		if (top->once)
			break;
	}
	return r;
}

static int take_interval(struct top *top, const char *command, const char *text)
{
	char *end;

	top->interval = strtod(text, &end);
	if (end == text || *end || !(top->interval >= 0.1 && top->interval <= 3600))
		return pnpn_command_usage(
			command, "--interval wants seconds from 0.1 to 3600, not \"%s\"", text);
	return -1;
}

int pnpn_cmd_top(int argc, char **argv)
{
	static const struct option known[] = {{"interval", required_argument, NULL, 'i'},
					      {"once", no_argument, NULL, 'o'},
					      {"json", no_argument, NULL, 'j'},
					      {0}};
	struct top top = {.interval = 1};
	struct pnpn_connection *connection;
	int status = 0, option;

	while ((option = pnpn_command_next_option(argc, argv, known, &status)) >= 0) {
		top.once |= option == 'o';
		top.json |= option == 'j';
		status = option == 'i' ? take_interval(&top, argv[0], optarg) : -1;
		if (status >= 0)
			return status;
	}
	if (option == PNPN_OPTION_EXIT)
		return status;
	if (optind < argc)
		return pnpn_command_usage(argv[0], "\"%s\" is one word too many", argv[optind]);
	top.live = !top.once && !top.json && pnpn_terminal_has_colours();
	int r = pnpn_command_connect(&connection);
	if (r < 0)
		return pnpn_command_not_connected(r);
	r = run(&top, connection);
	pnpn_disconnect(connection);
	pnpn_status_free(top.before);
	pnpn_status_free(top.now);
	free(top.rows);
	return r < 0 ? pnpn_command_failed("the manager did not tell its status", r) : 0;
}
