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

static void print_header(const char *name)
{
	uuid_t id;
	char text[37], guard[200];

	uuid_generate_random(id);
	uuid_unparse_lower(id, text);
	snprintf(guard, sizeof(guard), "%s_H", name);
	for (char *p = guard; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	printf("/* {%s}\n"
	       " * In one source file of each program, before this header: #include <initguid.h> "
	       "*/\n"
	       "#ifndef %s\n#define %s\n\n"
	       "DEFINE_GUID(%s, 0x%02x%02x%02x%02x, 0x%02x%02x, 0x%02x%02x,\n"
	       "            0x%02x, 0x%02x, 0x%02x, 0x%02x, 0x%02x, 0x%02x, 0x%02x, 0x%02x);\n\n"
	       "#endif\n",
	       text, guard, guard, name, id[0], id[1], id[2], id[3], id[4], id[5], id[6], id[7],
	       id[8], id[9], id[10], id[11], id[12], id[13], id[14], id[15]);
}

int pnpn_cmd_guid(int argc, char **argv)
{
	static const struct option known[] = {{0}};
	int status = 0;

	if (pnpn_command_next_option(argc, argv, known, &status) == PNPN_OPTION_EXIT)
		return status;
	if (argc - optind != 2 || strcmp(argv[optind], "new") != 0)
		return pnpn_command_usage(argv[0], "it is: guid new NAME");
	const char *name = argv[optind + 1];
	if (!is_identifier(name) || strlen(name) > 128)
		return pnpn_command_usage(
			argv[0],
			"\"%s\" can't be a name in C: letters, digits and _ are allowed, "
			"128 at most",
			name);
	print_header(name);
	return 0;
}
