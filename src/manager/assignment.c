/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/tree.h"
#include "manager/assignment.h"
#include "manager/server.h"
#include "port/notice.h"
#include "port/whole-file.h"

/* Of one kind. */
#define PORTS	     256
#define DISKS	     256
#define FIRST_LETTER 'D'

static struct pnpn_assignment *at(struct pnpn_list *link)
{
	return pnpn_list_entry(link, struct pnpn_assignment, link);
}

static bool is_drive(const char *name)
{
	return name[0] >= FIRST_LETTER && name[0] <= 'Z' && name[1] == ':' && !name[2];
}

static bool is_port(const char *name)
{
	int number, end = 0;

	return sscanf(name, "COM%3d%n", &number, &end) == 1 && !name[end] && number >= 1 &&
	       number <= PORTS;
}

static bool is_disk(const char *name)
{
	int number, end = 0;

	return sscanf(name, "PhysicalDrive%3d%n", &number, &end) == 1 && !name[end] &&
	       number >= 0 && number < DISKS;
}

static bool is_of_kind(const char *name, enum pnpn_assignment_kind kind)
{
	return kind == PNPN_ASSIGN_PORT	   ? is_port(name)
	       : kind == PNPN_ASSIGN_DRIVE ? is_drive(name)
					   : is_disk(name);
}

static struct pnpn_assignment *find_name(struct pnpn_server *server, const char *name)
{
	pnpn_list_for_each_safe (link, after, &server->assignments)
		if (strcmp(at(link)->name, name) == 0)
			return at(link);
	return NULL;
}

/* A device may be a port and have a letter. */
static struct pnpn_assignment *find_id(struct pnpn_server *server, enum pnpn_assignment_kind kind,
				       const char *id)
{
	pnpn_list_for_each_safe (link, after, &server->assignments)
		if (is_of_kind(at(link)->name, kind) && strcmp(at(link)->id, id) == 0)
			return at(link);
	return NULL;
}

static struct pnpn_assignment *add(struct pnpn_server *server, const char *name, const char *id)
{
	struct pnpn_assignment *assignment = calloc(1, sizeof(*assignment));

	if (!assignment)
		return NULL;
	snprintf(assignment->name, sizeof(assignment->name), "%s", name);
	snprintf(assignment->id, sizeof(assignment->id), "%s", id);
	pnpn_list_append(&server->assignments, &assignment->link);
	return assignment;
}

/* --- the file ------------------------------------------------------------------------------------- */

static void read_line(struct pnpn_server *server, const char *line)
{
	char name[PNPN_ASSIGNED_BYTES], id[PNPN_INSTANCE_ID_BYTES], normal[PNPN_INSTANCE_ID_BYTES];

	if (*line == '#' || sscanf(line, "%16s %200s", name, id) != 2)
		return;
	if ((is_port(name) || is_drive(name) || is_disk(name)) &&
	    pnpn_instance_id_normalize(id, normal) >= 0 && !find_name(server, name))
		(void)add(server, name, normal);
}

int pnpn_assignments_set_path(struct pnpn_server *server, const char *path)
{
	char line[512];

	server->assignments_path = strdup(path);
	if (!server->assignments_path)
		return -ENOMEM;
	FILE *file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		read_line(server, line);
	if (file)
		fclose(file);
	return 0;
}

static void write_all(struct pnpn_server *server, FILE *file)
{
	fprintf(file,
		"# Which serial port is which COMn, which volume has which letter, which disk "
		"which number: pnpnotifyd(8).\n");
	pnpn_list_for_each_safe (link, after, &server->assignments)
		fprintf(file, "%s %s\n", at(link)->name, at(link)->id);
}

/* What can't be kept is given all the same, until the manager ends. */
static void save(struct pnpn_server *server)
{
	struct pnpn_whole_file file;

	if (!server->assignments_path)
		return;
	int r = pnpn_whole_file_begin(&file, server->assignments_path);
	if (r >= 0) {
		write_all(server, file.stream);
		r = pnpn_whole_file_end(&file);
	}
	if (r < 0)
		pnpn_notice(NULL, "%s: %s", server->assignments_path, strerror(-r));
}

/* --- giving --------------------------------------------------------------------------------------- */

static bool write_name(enum pnpn_assignment_kind kind, int index,
		       char ret_name[PNPN_ASSIGNED_BYTES])
{
	if (kind == PNPN_ASSIGN_PORT)
		snprintf(ret_name, PNPN_ASSIGNED_BYTES, "COM%d", (index + 1) & 0x1ff);
	else if (kind == PNPN_ASSIGN_DRIVE)
		snprintf(ret_name, PNPN_ASSIGNED_BYTES, "%c:", FIRST_LETTER + index);
	else
		snprintf(ret_name, PNPN_ASSIGNED_BYTES, "PhysicalDrive%d", index & 0x1ff);
	return is_of_kind(ret_name, kind);
}

static struct pnpn_assignment *give(struct pnpn_server *server, enum pnpn_assignment_kind kind,
				    const char *id)
{
	char name[PNPN_ASSIGNED_BYTES];

	for (int i = 0; write_name(kind, i, name); i++)
		if (!find_name(server, name))
			return add(server, name, id);
	/* The one that was given first of those that nobody needs now. */
	pnpn_list_for_each_safe (link, after, &server->assignments) {
		struct pnpn_assignment *assignment = at(link);
		if (!is_of_kind(assignment->name, kind) ||
		    pnpn_tree_find_id(&server->tree, assignment->id))
			continue;
		snprintf(assignment->id, sizeof(assignment->id), "%s", id);
		return assignment;
	}
	return NULL;
}

const char *pnpn_assignment_get(struct pnpn_server *server, enum pnpn_assignment_kind kind,
				const char *instance_id)
{
	struct pnpn_assignment *assignment = find_id(server, kind, instance_id);

	if (!assignment) {
		assignment = give(server, kind, instance_id);
		if (assignment)
			save(server);
	}
	return assignment ? assignment->name : NULL;
}

void pnpn_assignments_free(struct pnpn_server *server)
{
	pnpn_list_for_each_safe (link, after, &server->assignments) {
		pnpn_list_remove(link);
		free(at(link));
	}
	free(server->assignments_path);
}
