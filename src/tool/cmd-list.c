/* SPDX-License-Identifier: MIT */
/* pnpnotify list */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "source/linux-name.h"
#include "tool/catalogue.h"
#include "tool/command.h"
#include "tool/device-text.h"
#include "tool/json.h"
#include "tool/terminal.h"

/* Devices below devices: deeper ones are shown as deep as this. */
#define DEPTH_MAX 32

struct list {
	char **words;
	int n_words;
	const struct pnpn_device_info **wanted; /* those that the words name */
	size_t n_wanted;
	const char *source;
	struct pnpn_guids classes; /* of one of them; none: of any */
	bool all; /* those too that say nothing to most people */
	bool is_long;
	bool json;
	bool colours;
	const struct pnpn_device_info **devices; /* those that are shown, in their order */
	size_t n_devices;
};

/* --- the tree ------------------------------------------------------------------------------------- */

/* A path's end and its parts' ends come before everything: what is below a device follows it. */
static int compare_paths(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	int left = *a == '/' ? 1 : *a ? (unsigned char)*a + 1 : 0;
	int right = *b == '/' ? 1 : *b ? (unsigned char)*b + 1 : 0;
	return left - right;
}

static int compare_devices(const void *a, const void *b)
{
	const struct pnpn_device_info *left = *(const struct pnpn_device_info *const *)a;
	const struct pnpn_device_info *right = *(const struct pnpn_device_info *const *)b;
	int difference = compare_paths(pnpn_device_info_get_syspath(left),
				       pnpn_device_info_get_syspath(right));

	return difference ? difference
			  : strcmp(pnpn_device_info_get_id(left), pnpn_device_info_get_id(right));
}

static bool is_below(const char *path, const char *above)
{
	size_t length = strlen(above);

	return length && strncmp(path, above, length) == 0 && path[length] == '/';
}

static void print_classes(const struct pnpn_device_info *info)
{
	struct pnpn_guid class;
	bool enabled;

	for (size_t i = 0; pnpn_device_info_get_interface(info, i, &class, &enabled); i++) {
		const char *name = pnpn_catalogue_class_name(&class);
		if (enabled && name)
			printf("  %s", name);
	}
}

/* COM3, E: or PhysicalDrive0 (U16): what a link is that has no other name in it. */
static bool is_assigned(const char *link)
{
	const char *name = link + strlen("\\\\.\\");

	if (strncmp(link, "\\\\.\\", strlen("\\\\.\\")) != 0)
		return false;
	if (strncmp(name, "COM", 3) == 0)
		return name[3] && !name[3 + strspn(name + 3, "0123456789")];
	if (strncmp(name, "PhysicalDrive", strlen("PhysicalDrive")) == 0)
		return true;
	return *name >= 'A' && *name <= 'Z' && strcmp(name + 1, ":") == 0;
}

static void print_assigned(const struct pnpn_device_info *info)
{
	const char *link;

	for (size_t i = 0; (link = pnpn_device_info_get_link(info, i)); i++)
		if (is_assigned(link))
			printf("  %s", link + strlen("\\\\.\\"));
}

/* Who it belongs to, unless that is Linux; who wants to know of it, if anybody does. */
static void print_people(const struct pnpn_device_info *info)
{
	if (strcmp(pnpn_device_info_get_source(info), "linux") != 0)
		printf("  %s", pnpn_device_info_get_source(info));
	if (pnpn_device_info_get_pid(info))
		printf(" %u", pnpn_device_info_get_pid(info));
	if (!pnpn_device_info_is_started(info))
		printf(", not started");
	if (pnpn_device_info_get_registrants(info))
		printf(", %u registrants", pnpn_device_info_get_registrants(info));
	if (pnpn_device_info_get_handles(info))
		printf(", %u handles", pnpn_device_info_get_handles(info));
}

static void print_long(const struct pnpn_device_info *info, int indent)
{
	char buffer[PNPN_GUID_STRING];
	struct pnpn_guid class;
	bool enabled;
	const char *text;

	for (size_t i = 0; (text = pnpn_device_info_get_link(info, i)); i++)
		printf("%*s%s\n", indent, "", text);
	for (size_t i = 0; (text = pnpn_device_info_get_interface(info, i, &class, &enabled)); i++)
		printf("%*s%s  %s%s\n", indent, "", text, pnpn_device_class_text(&class, buffer),
		       enabled ? "" : ", disabled");
}

static void print_tree(const struct list *list)
{
	const char *above[DEPTH_MAX];
	int depth = 0;

	for (size_t i = 0; i < list->n_devices; i++) {
		const struct pnpn_device_info *info = list->devices[i];
		const char *path = pnpn_device_info_get_syspath(info);
		while (depth && !is_below(path, above[depth - 1]))
			depth--;
		printf("%*s%s%s%s", 2 * depth, "",
		       pnpn_terminal_colour(list->colours, PNPN_COLOUR_NAME),
		       pnpn_device_info_get_id(info),
		       pnpn_terminal_colour(list->colours, PNPN_COLOUR_NONE));
		print_classes(info);
		print_assigned(info);
		print_people(info);
		putchar('\n');
		if (list->is_long)
			print_long(info, 2 * depth + 4);
		if (depth < DEPTH_MAX && *path)
			above[depth++] = path;
	}
}

static void print_json(const struct pnpn_device_info *info)
{
	struct pnpn_json json = {0};

	pnpn_json_begin(&json, '{');
	pnpn_device_add_json(&json, info);
	pnpn_json_end(&json, '}');
	putchar('\n');
}

/* --- which ---------------------------------------------------------------------------------------- */

static bool has_class(const struct pnpn_device_info *info, const struct pnpn_guids *wanted)
{
	struct pnpn_guid class;

	for (size_t i = 0; pnpn_device_info_get_interface(info, i, &class, NULL); i++)
		if (pnpn_command_has_guid(wanted, &class))
			return true;
	return !wanted->n;
}

/* A word on the command line in all the ways in which it may name a device. */
struct word {
	const char *text;
	char path[PATH_MAX]; /* of the device under /sys; "" for what is no path */
	char id[PNPN_INSTANCE_ID_BYTES]; /* as Linux spells it; "" for what is no such name */
};

/* /dev and /sys are full of links, and a node counts for its number, whatever its name. */
static void read_word(struct word *word, const char *text)
{
	char path[64];
	struct stat st;

	word->text = text;
	if (pnpn_linux_read_id(text, word->id) < 0)
		*word->id = 0;
	*word->path = 0;
	if (*text != '/' || stat(text, &st) < 0)
		return;
	snprintf(path, sizeof(path), "/sys/dev/%s/%u:%u", S_ISBLK(st.st_mode) ? "block" : "char",
		 major(st.st_rdev), minor(st.st_rdev));
	if (!realpath(S_ISBLK(st.st_mode) || S_ISCHR(st.st_mode) ? path : text, word->path))
		*word->path = 0;
}

static bool has_name(const struct pnpn_device_info *info, const char *text,
		     int (*compare)(const char *, const char *))
{
	const char *name;

	if (compare(pnpn_device_info_get_id(info), text) == 0)
		return true;
	for (size_t i = 0; (name = pnpn_device_info_get_link(info, i)); i++)
		if (compare(name, text) == 0)
			return true;
	for (size_t i = 0; (name = pnpn_device_info_get_interface(info, i, NULL, NULL)); i++)
		if (compare(name, text) == 0)
			return true;
	return false;
}

/* Exactly, as Linux's names are told apart. */
static bool is_exactly(const struct pnpn_device_info *info, const struct word *word)
{
	return has_name(info, word->text, strcmp) ||
	       (*word->id && has_name(info, word->id, strcmp)) ||
	       (*word->path && strcmp(pnpn_device_info_get_syspath(info), word->path) == 0);
}

/* The device that a word names, in any case if none has the word's; NULL if there is none. */
static const struct pnpn_device_info *find_named(const struct pnpn_device_list *devices,
						 const struct word *word)
{
	const struct pnpn_device_info *info;

	for (size_t i = 0; (info = pnpn_device_list_get(devices, i)); i++)
		if (is_exactly(info, word))
			return info;
	for (size_t i = 0; (info = pnpn_device_list_get(devices, i)); i++)
		if (has_name(info, word->text, strcasecmp))
			return info;
	return NULL;
}

/* The devices that the words name: they and what is below them are shown. */
static int find_wanted(struct list *list, const struct pnpn_device_list *devices)
{
	list->wanted = calloc((size_t)list->n_words + 1, sizeof(*list->wanted));
	if (!list->wanted)
		return -ENOMEM;
	for (int i = 0; i < list->n_words; i++) {
		struct word word;
		read_word(&word, list->words[i]);
		list->wanted[list->n_wanted] = find_named(devices, &word);
		list->n_wanted += list->wanted[list->n_wanted] != NULL;
	}
	return 0;
}

/* What has a class with a name, or somebody who has to do with it, or is nobody's but a program's. */
static bool is_of_interest(const struct pnpn_device_info *info)
{
	struct pnpn_guid class;
	bool enabled;

	if (strcmp(pnpn_device_info_get_source(info), "linux") != 0 ||
	    pnpn_device_info_get_registrants(info) || pnpn_device_info_get_handles(info))
		return true;
	for (size_t i = 0; pnpn_device_info_get_interface(info, i, &class, &enabled); i++)
		if (enabled && pnpn_catalogue_class_name(&class))
			return true;
	return false;
}

static bool is_wanted(const struct list *list, const struct pnpn_device_info *info)
{
	if (!list->all && !is_of_interest(info))
		return false;
	if ((list->source && strcmp(list->source, pnpn_device_info_get_source(info)) != 0) ||
	    !has_class(info, &list->classes))
		return false;
	for (size_t i = 0; i < list->n_wanted; i++)
		if (list->wanted[i] == info ||
		    is_below(pnpn_device_info_get_syspath(info),
			     pnpn_device_info_get_syspath(list->wanted[i])))
			return true;
	return !list->n_words;
}

static int show(struct list *list, const struct pnpn_device_list *devices)
{
	const struct pnpn_device_info *info;

	int r = find_wanted(list, devices);
	if (r < 0)
		return r;
	list->devices = calloc(pnpn_device_list_get_size(devices) + 1, sizeof(*list->devices));
	if (!list->devices)
		return -ENOMEM;
	for (size_t i = 0; (info = pnpn_device_list_get(devices, i)); i++)
		if (is_wanted(list, info))
			list->devices[list->n_devices++] = info;
	qsort(list->devices, list->n_devices, sizeof(*list->devices), compare_devices);
	for (size_t i = 0; list->json && i < list->n_devices; i++)
		print_json(list->devices[i]);
	if (list->json)
		return 0;
	list->colours = pnpn_terminal_has_colours();
	if (list->n_devices)
		pnpn_terminal_begin_pages();
	print_tree(list);
	return 0;
}

static int run(struct list *list)
{
	struct pnpn_connection *connection;
	struct pnpn_device_list *devices;
	int r = pnpn_command_connect(&connection);

	if (r < 0)
		return pnpn_command_not_connected(r);
	r = pnpn_list_devices(connection, &devices);
	pnpn_disconnect(connection);
	if (r < 0)
		return pnpn_command_failed("the manager did not list its devices", r);
	r = show(list, devices);
	free(list->wanted);
	free(list->devices);
	pnpn_device_list_free(devices);
	if (r < 0)
		return pnpn_command_failed("list", r);
	if (list->n_words && !list->n_devices) {
		fprintf(stderr, "pnpnotify: there is no such device; see pnpnotify list\n");
		return 1;
	}
	return 0;
}

/* Returns an exit status, or -1 to go on. */
static int take_option(struct list *list, const char *command, int option)
{
	static const char *const sources[] = {"driver", "kernel", "linux"};

	switch (option) {
	case 'c':
		return pnpn_command_add_guid(command, &list->classes, pnpn_catalogue_find_class,
					     "class", optarg);
	case 's':
		list->all = true;
		for (size_t i = 0; i < 3; i++)
			if (strcmp(sources[i], optarg) == 0)
				list->source = sources[i];
		if (!list->source)
			return pnpn_command_usage(
				command, "--source wants driver, kernel or linux, not \"%s\"",
				optarg);
		return -1;
	case 'l':
		list->is_long = true;
		return -1;
	case 'a':
		list->all = true;
		return -1;
	default:
		list->json = true;
		return -1;
	}
}

int pnpn_cmd_list(int argc, char **argv)
{
	static const struct option known[] = {
		{"class", required_argument, NULL, 'c'}, {"source", required_argument, NULL, 's'},
		{"long", no_argument, NULL, 'l'},	 {"all", no_argument, NULL, 'a'},
		{"json", no_argument, NULL, 'j'},	 {0}};
	struct list list = {0};
	int status = 0, option;

	while ((option = pnpn_command_next_option(argc, argv, known, &status)) >= 0) {
		status = take_option(&list, argv[0], option);
		if (status >= 0)
			return status;
	}
	if (option == PNPN_OPTION_EXIT)
		return status;
	list.words = argv + optind;
	list.n_words = argc - optind;
	/* Whoever asks for something gets it, and so does a program. */
	list.all |= list.n_words || list.classes.n || list.json;
	return run(&list);
}
