/* SPDX-License-Identifier: MIT */
/* A file that is there whole or not at all: written beside its place, and renamed. Whoever reads it meanwhile sees the
 * one before. */
#ifndef PNPN_PORT_WHOLE_FILE_H
#define PNPN_PORT_WHOLE_FILE_H

#include <stdio.h>

struct pnpn_whole_file {
	FILE *stream; /* what is to be in it */
	char *path; /* its place */
	char *fresh; /* where it is until then */
};

/** Begins one for the path. Returns 0; a negative errno. */
int pnpn_whole_file_begin(struct pnpn_whole_file *file, const char *path);

/** Puts it in its place once it is on the disk, whatever was written to the stream; where something failed, there or
 *  here, nothing of it is left. Returns 0; a negative errno. */
int pnpn_whole_file_end(struct pnpn_whole_file *file);

#endif
