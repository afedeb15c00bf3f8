/* SPDX-License-Identifier: MIT */
/* pnpnotify complete: what a shell offers at the end of a command line. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "tool/catalogue.h"
#include "tool/command.h"

/* Whoever pressed the key waits no longer for a manager that does not answer. */
#define PATIENCE_S 2

struct completion {
	const char *word; /* the last one, which is to be completed */
	const char *before; /* the one before it, or "" */
	const struct pnpn_command *command; /* NULL before it was named */
	int n_arguments; /* of the command, before the word; no options */
};

/* A text that ends where a word of the help text does. */
static void offer_part(const struct completion *completion, const char *text, size_t length)
{
	if (length >= strlen(completion->word) &&
	    strncasecmp(text, completion->word, strlen(completion->word)) == 0)
		printf("%.*s\n", (int)length, text);
}

static void offer(const struct completion *completion, const char *text)
{
	if (text)
		offer_part(completion, text, strlen(text));
}

static size_t option_length(const char *text)
{
	size_t length = 2;

	while (isalnum((unsigned char)text[length]) || text[length] == '-')
		length++;
	return length;
}

/* Those that begin a line of the help text. */
static void offer_options(const struct completion *completion)
{
	const char *line = completion->command ? completion->command->options : "";

	for (; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (strncmp(line, "  --", 4) == 0)
			offer_part(completion, line + 2, option_length(line + 2));
	offer(completion, "--address");
	offer(completion, "--no-pager");
	offer(completion, "--help");
	if (!completion->command)
		offer(completion, "--version");
}

static void offer_commands(const struct completion *completion)
{
	for (const struct pnpn_command *command = pnpn_commands; command->name; command++)
		offer(completion, command->name);
}

static void offer_devices(const struct completion *completion)
{
	const struct pnpn_device_info *device;
	struct pnpn_connection *connection;
	struct pnpn_device_list *devices;
	const char *link;

	alarm(PATIENCE_S);
	if (pnpn_command_connect(&connection) < 0)
		return;
	if (pnpn_list_devices(connection, &devices) >= 0) {
		for (size_t i = 0; (device = pnpn_device_list_get(devices, i)); i++) {
			offer(completion, pnpn_device_info_get_id(device));
			for (size_t k = 0; (link = pnpn_device_info_get_link(device, k)); k++)
				offer(completion, link);
		}
		pnpn_device_list_free(devices);
	}
	pnpn_disconnect(connection);
}

static void offer_classes(const struct completion *completion)
{
	for (size_t i = 0; pnpn_catalogue_class_at(i); i++)
		offer(completion, pnpn_catalogue_class_at(i));
}

/* A word for people, where there is one; else its name. */
static void offer_events(const struct completion *completion)
{
	const char *name, *word;

	for (size_t i = 0; (name = pnpn_catalogue_event_at(i, &word)); i++) {
		offer(completion, word);
		if (!word || *completion->word)
			offer(completion, name);
	}
}

static void offer_words(const struct completion *completion, const char *words)
{
	for (; *words; words += strcspn(words, " "), words += *words == ' ')
		offer_part(completion, words, strcspn(words, " "));
}

/* Returns whether the word is an option's value, which it then was. */
static bool offer_values(const struct completion *completion)
{
	const char *option = completion->before;

	if (strcmp(option, "--class") == 0)
		offer_classes(completion);
	else if (strcmp(option, "--event") == 0)
		offer_events(completion);
	else if (strcmp(option, "--source") == 0)
		offer_words(completion, "driver kernel linux");
	else if (strcmp(option, "--time") == 0)
		offer_words(completion, "clock iso utc monotonic delta");
	else
		return false;
	return true;
}

/* What the usage line says that the command wants: the first words there that are no options. */
static void offer_arguments(const struct completion *completion)
{
	const char *wanted = completion->command->arguments;

	if (strncmp(wanted, "DEVICE GUID", 11) == 0 && completion->n_arguments)
		offer_events(completion);
	else if (strncmp(wanted, "FILE", 4) == 0 && !completion->n_arguments)
		return;
	else if (strstr(wanted, "DEVICE"))
		offer_devices(completion);
	else if (strncmp(wanted, "new ", 4) == 0)
		offer_words(completion, "new");
	else if (strncmp(wanted, "install ", 8) == 0)
		offer_words(completion, "install remove");
	else if (strncmp(wanted, "hosts ", 6) == 0)
		offer_words(completion, "hosts status monitor");
}

static void read_words(struct completion *completion, char **words, int n)
{
	for (int i = 0; i + 1 < n; i++) {
		const struct pnpn_command *known = pnpn_command_find(words[i]);
		if (!completion->command)
			completion->command = known;
		else
			completion->n_arguments += *words[i] != '-';
	}
	completion->word = n ? words[n - 1] : "";
	completion->before = n > 1 ? words[n - 2] : "";
}

int pnpn_cmd_complete(int argc, char **argv)
{
	static const struct option known[] = {{0}};
	struct completion completion = {0};
	int status = 0, option;

	while ((option = pnpn_command_next_option(argc, argv, known, &status)) >= 0)
		;
	if (option == PNPN_OPTION_EXIT)
		return status;
	read_words(&completion, argv + optind, argc - optind);
	if (offer_values(&completion))
		return 0;
	if (*completion.word == '-')
		offer_options(&completion);
	else if (completion.command)
		offer_arguments(&completion);
	else
		offer_commands(&completion);
	return 0;
}
