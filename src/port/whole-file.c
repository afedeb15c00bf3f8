/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "port/whole-file.h"

static void forget(struct pnpn_whole_file *file)
{
	free(file->path);
	free(file->fresh);
	*file = (struct pnpn_whole_file){0};
}

int pnpn_whole_file_begin(struct pnpn_whole_file *file, const char *path)
{
	struct pnpn_whole_file begun = {.path = strdup(path)};
	int r = -ENOMEM;

	if (begun.path && asprintf(&begun.fresh, "%s.new", path) >= 0) {
		(void)unlink(begun.fresh); /* of one that was killed; nobody else's is written to */
		begun.stream = fopen(begun.fresh, "wxe");
		r = begun.stream ? 0 : -errno;
	} else {
		begun.fresh = NULL;
	}
	if (r < 0)
		forget(&begun);
	else
		*file = begun;
	return r;
}

int pnpn_whole_file_end(struct pnpn_whole_file *file)
{
	int r = 0;

	errno = EIO; /* of a stream that failed before nobody knows why */
	if (ferror(file->stream) || fflush(file->stream) != 0 || fsync(fileno(file->stream)) < 0)
		r = -errno;
	if (fclose(file->stream) != 0 && r == 0)
		r = -errno;
	if (r == 0 && rename(file->fresh, file->path) < 0)
		r = -errno;
	if (r < 0)
		unlink(file->fresh);
	forget(file);
	return r;
}
