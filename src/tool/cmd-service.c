/* SPDX-License-Identifier: MIT */
/* pnpnotify service: systemd's unit for a program that was written as a Windows service. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port/whole-file.h"
#include "tool/command.h"

/* The first line of each unit that is made here: no other is replaced or removed. */
#define MARK		"# Made by pnpnotify service."
#define NAME_MAX_LENGTH 200

struct unit {
	const char *name;
	bool of_user; /* systemd's for the user that calls, not the machine's */
	char folder[PATH_MAX];
	char path[PATH_MAX];
};

static bool is_name(const char *name)
{
	size_t length = strlen(name);

	if (!length || length > NAME_MAX_LENGTH || *name == '.' || *name == '-')
		return false;
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && !strchr("-_.@:", *name))
			return false;
	return true;
}

/* Where systemd looks for units that an administrator, or a user, made. Returns a negative errno. */
static int find_folder(struct unit *unit)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int length;

	if (!unit->of_user)
		length = snprintf(unit->folder, sizeof(unit->folder), "/etc/systemd/system");
	else if (config && *config == '/')
		length = snprintf(unit->folder, sizeof(unit->folder), "%s/systemd/user", config);
	else if (home && *home == '/')
		length = snprintf(unit->folder, sizeof(unit->folder), "%s/.config/systemd/user",
				  home);
	else
		return -ENOENT;
	if (length >= PATH_MAX || snprintf(unit->path, sizeof(unit->path), "%s/%s.service",
					   unit->folder, unit->name) >= PATH_MAX)
		return -ENAMETOOLONG;
	return 0;
}

/* With the folders above it. Returns a negative errno. */
static int make_folder(char *folder)
{
	for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		int r = mkdir(folder, 0777);
		*slash = '/';
		if (r < 0 && errno != EEXIST)
			return -errno;
	}
	return mkdir(folder, 0777) < 0 && errno != EEXIST ? -errno : 0;
}

/* One word of a unit's line, as systemd.syntax(7) and systemd.service(5) want it quoted. */
static void write_quoted(FILE *file, const char *word)
{
	fputc('"', file);
	for (; *word; word++) {
		unsigned char c = (unsigned char)*word;
		if (c == '%' || c == '$')
			fprintf(file, "%c%c", c, c);
		else if (c == '"' || c == '\\' || c < ' ')
			fprintf(file, "\\x%02x", c);
		else
			fputc(c, file);
	}
	fputc('"', file);
}

static void write_unit(FILE *file, const struct unit *unit, const char *program, char **arguments)
{
	const char *address = pnpn_command_address();

	fprintf(file, MARK "\n[Unit]\nDescription=%s\n", unit->name);
	if (!unit->of_user)
		fputs("Wants=pnpnotifyd.service\nAfter=pnpnotifyd.service\n", file);
	fputs("\n[Service]\nType=notify\nExecStart=", file);
	write_quoted(file, program);
	for (; *arguments; arguments++) {
		fputc(' ', file);
		write_quoted(file, *arguments);
	}
	fputs("\nRestart=on-failure\n", file);
	if (address) {
		char variable[PATH_MAX + 32];
		snprintf(variable, sizeof(variable), "PNPNOTIFY_ADDRESS=%s", address);
		fputs("Environment=", file);
		write_quoted(file, variable);
		fputc('\n', file);
	}
	fprintf(file, "\n[Install]\nWantedBy=%s.target\n",
		unit->of_user ? "default" : "multi-user");
}

/* Whether the file is one of ours; -ENOENT. */
static int is_ours(const char *path)
{
	char line[sizeof(MARK)] = "";
	FILE *file = fopen(path, "re");

	if (!file)
		return -errno;
	bool ours = fgets(line, sizeof(line), file) && strcmp(line, MARK) == 0;
	fclose(file);
	return ours;
}

static int refuse_foreign(const struct unit *unit)
{
	fprintf(stderr, "pnpnotify: %s was not made by pnpnotify service; it stays as it is\n",
		unit->path);
	return 1;
}

static int write_file(const struct unit *unit, const char *program, char **arguments)
{
	struct pnpn_whole_file file;
	int r = pnpn_whole_file_begin(&file, unit->path);

	if (r >= 0) {
		write_unit(file.stream, unit, program, arguments);
		r = pnpn_whole_file_end(&file);
	}
	return r < 0 ? pnpn_command_failed(unit->path, r) : 0;
}

static int install(struct unit *unit, char **words)
{
	char program[PATH_MAX];
	int ours = is_ours(unit->path);
	const char *user = unit->of_user ? " --user" : "";

	if (!ours)
		return refuse_foreign(unit);
	if (!realpath(words[0], program) || access(program, X_OK) < 0)
		return pnpn_command_failed(words[0], -errno);
	int r = make_folder(unit->folder);
	if (r < 0)
		return pnpn_command_failed(unit->folder, r);
	r = write_file(unit, program, words + 1);
	if (!r)
		printf("%s\nsystemctl%s daemon-reload && systemctl%s enable --now %s\n", unit->path,
		       user, user, unit->name);
	return r;
}

static int forget(struct unit *unit)
{
	int ours = is_ours(unit->path);

	if (!ours)
		return refuse_foreign(unit);
	if (ours < 0 || unlink(unit->path) < 0)
		return pnpn_command_failed(unit->path, ours < 0 ? ours : -errno);
	printf("systemctl%s daemon-reload\n", unit->of_user ? " --user" : "");
	return 0;
}

int pnpn_cmd_service(int argc, char **argv)
{
	static const struct option known[] = {{"user", no_argument, NULL, 'u'}, {0}};
	struct unit unit = {0};
	int option, status = 0;

	while ((option = pnpn_command_next_option(argc, argv, known, &status)) >= 0)
		unit.of_user = option == 'u';
	if (option == PNPN_OPTION_EXIT)
		return status;
	char **words = argv + optind;
	int n_words = argc - optind;
	bool installs = n_words >= 3 && strcmp(words[0], "install") == 0;
	if (!installs && (n_words != 2 || strcmp(words[0], "remove") != 0))
		return pnpn_command_usage(argv[0],
					  "it is: service install NAME PROGRAM [ARGUMENT...], "
					  "or service remove NAME");
	unit.name = words[1];
	if (!is_name(unit.name))
		return pnpn_command_usage(
			argv[0],
			"\"%s\" can't be a unit's name: letters, digits and -_.@: are "
			"allowed, %d at most",
			unit.name, NAME_MAX_LENGTH);
	int r = find_folder(&unit);
	if (r < 0)
		return pnpn_command_failed("the user's folder of units", r);
	return installs ? install(&unit, words + 2) : forget(&unit);
}
