/* SPDX-License-Identifier: MIT */
/* pnpnotify guid */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <uuid/uuid.h>

#include "tool/command.h"

static bool is_identifier(const char *name)
{
	if (!isalpha((unsigned char)*name) && *name != '_')
		return false;
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && *name != '_')
			return false;
	return true;
}

static void print_windows(const char *name, const uuid_t id)
{
	printf("DEFINE_GUID(%s, 0x%02x%02x%02x%02x, 0x%02x%02x, 0x%02x%02x,\n"
	       "            0x%02x, 0x%02x, 0x%02x, 0x%02x, 0x%02x, 0x%02x, 0x%02x, 0x%02x);\n",
	       name, id[0], id[1], id[2], id[3], id[4], id[5], id[6], id[7], id[8], id[9], id[10],
	       id[11], id[12], id[13], id[14], id[15]);
}

/* A constant of its own in each source that includes the header; who uses it or not is not asked. */
static void print_native(const char *include, const char *unused, const char *name, const uuid_t id)
{
	printf("#include <%s>\n\n"
	       "static const struct pnpn_guid %s %s = {\n"
	       "\t0x%02x%02x%02x%02x, 0x%02x%02x, 0x%02x%02x,\n"
	       "\t{0x%02x, 0x%02x, 0x%02x, 0x%02x, 0x%02x, 0x%02x, 0x%02x, 0x%02x}};\n",
	       include, name, unused, id[0], id[1], id[2], id[3], id[4], id[5], id[6], id[7], id[8],
	       id[9], id[10], id[11], id[12], id[13], id[14], id[15]);
}

/* @whose: 'n' for native sources, 'k' for kernel sources, 0 for Windows' */
static void print_header(const char *name, int whose)
{
	uuid_t id;
	char text[37], guard[200];

	uuid_generate_random(id);
	uuid_unparse_lower(id, text);
	snprintf(guard, sizeof(guard), "%s_H", name);
	for (char *p = guard; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	printf("/* {%s}%s */\n#ifndef %s\n#define %s\n\n", text,
	       whose ? ""
		     : "\n * In one source file of each program, before this header: #include "
		       "<initguid.h>",
	       guard, guard);
	if (!whose)
		print_windows(name, id);
	else if (whose == 'n')
		print_native("pnpnotify.h", "__attribute__((unused))", name, id);
	else
		print_native("pnpnotify/driver.h", "__maybe_unused", name, id);
	puts("\n#endif");
}

int pnpn_cmd_guid(int argc, char **argv)
{
	static const struct option known[] = {
		{"native", no_argument, NULL, 'n'}, {"kernel", no_argument, NULL, 'k'}, {0}};
	int option, whose = 0, status = 0;

	while ((option = pnpn_command_next_option(argc, argv, known, &status)) >= 0) {
		if (whose && whose != option)
			return pnpn_command_usage(argv[0], "--native or --kernel, not both");
		whose = option;
	}
	if (option == PNPN_OPTION_EXIT)
		return status;
	if (argc - optind != 2 || strcmp(argv[optind], "new") != 0)
		return pnpn_command_usage(argv[0], "it is: guid new NAME [--native | --kernel]");
	const char *name = argv[optind + 1];
	if (!is_identifier(name) || strlen(name) > 128)
		return pnpn_command_usage(
			argv[0],
			"\"%s\" can't be a name in C: letters, digits and _ are allowed, "
			"128 at most",
			name);
	print_header(name, whose);
	return 0;
}
