/* SPDX-License-Identifier: MIT */
/*
 * A child of a process with threads: whatever lock one of them held stays locked here, so that it makes system calls and
 * nothing else. glibc's own functions that change users would ask the threads, which are not here.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "manager/ejectable.h"
#include "manager/ejector-process.h"
#include "manager/identity.h"

/* Whoever looks at a disk that came or changed is through with it soon. */
#define TRIES	   40
#define TRY_NSEC   50000000
#define CLAIM_FLAG (O_EXCL | O_CLOEXEC | O_NONBLOCK)

/* --- whose rights it has -------------------------------------------------------------------------------- */

/* What the manager has open is its peers' business. */
static int close_others(int socket)
{
	if (socket > 0 && syscall(SYS_close_range, 0, socket - 1, 0) < 0)
		return -errno;
	return syscall(SYS_close_range, socket + 1, ~0u, 0) < 0 ? -errno : 0;
}

/* Of files alone, for the first step: who may nothing can't stop the process, and have others wait for it. */
static int borrow_rights(const struct pnpn_identity *who)
{
	if (who->uid == geteuid())
		return 0;
	if (!who->n_gids)
		return -EACCES;
	gid_t gid = who->gids[who->n_gids - 1];
	if (syscall(SYS_setgroups, who->n_gids, who->gids) < 0 ||
	    syscall(SYS_setresgid, gid, gid, gid) < 0)
		return -EACCES;
	(void)syscall(SYS_setfsuid, who->uid);
	return (uid_t)syscall(SYS_setfsuid, -1) == who->uid ? 0 : -EACCES;
}

/* He may see and stop the process then, but not look into the manager's memory that it has. */
static int become(const struct pnpn_identity *who)
{
	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		return -errno;
	if (who->uid == geteuid())
		return 0;
	return syscall(SYS_setresuid, who->uid, who->uid, who->uid) < 0 ? -errno : 0;
}

/* --- the steps ------------------------------------------------------------------------------------------ */

/* Who may not write to a disk does not have it go: also where that is read-only, and opening it would not tell. */
static int step_may(const struct pnpn_ejectable *what)
{
	return faccessat(AT_FDCWD, what->path, R_OK | W_OK, AT_EACCESS) < 0 ? -errno : 0;
}

/* Nobody can mount it, or have it for himself otherwise, while it is open so. */
static int step_claim(const struct pnpn_ejectable *what, int *ret_fd)
{
	struct stat about;
	int fd = open(what->path, O_RDWR | CLAIM_FLAG);

	if (fd < 0 && (errno == EROFS || errno == EACCES))
		fd = open(what->path, O_RDONLY | CLAIM_FLAG);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &about) < 0 || !S_ISBLK(about.st_mode) || about.st_rdev != what->number) {
		close(fd);
		return -ENODEV;
	}
	*ret_fd = fd;
	return 0;
}

/* Whether it goes when it is closed here: then it has no state any more. */
static bool is_gone(int fd, struct loop_info64 *ret_info)
{
	return ioctl(fd, LOOP_GET_STATUS64, ret_info) < 0 && errno == ENXIO;
}

/*
 * While somebody else has it open the kernel says yes, and lets it go when the last one closes it, whenever that is. So it is
 * looked at afterwards, and what was put off is called off: nobody else can be the last one while it is open here.
 */
static int step_eject(int fd)
{
	struct loop_info64 info;

	if (is_gone(fd, &info))
		return 0;
	uint32_t goes_by_itself = info.lo_flags & LO_FLAGS_AUTOCLEAR;
	for (int i = 0; i < TRIES; i++) {
		if (ioctl(fd, LOOP_CLR_FD) < 0)
			return errno == ENXIO ? 0 : -errno;
		if (is_gone(fd, &info))
			return 0;
		info.lo_flags = (info.lo_flags & ~(uint32_t)LO_FLAGS_AUTOCLEAR) | goes_by_itself;
		if (ioctl(fd, LOOP_SET_STATUS64, &info) < 0)
			return -errno;
		(void)nanosleep(&(struct timespec){.tv_nsec = TRY_NSEC}, NULL);
	}
	return -EBUSY;
}

/* --------------------------------------------------------------------------------------------------------- */

/* Returns whether it goes on: not if the other end is gone. */
static bool tell_and_wait(int socket, int result)
{
	char byte;

	return write(socket, &result, sizeof(result)) == sizeof(result) &&
	       read(socket, &byte, 1) == 1;
}

_Noreturn void pnpn_ejector_process_run(int socket, const struct pnpn_identity *who,
					const struct pnpn_ejectable *what)
{
	int disk = -1;
	int r = close_others(socket);

	if (r >= 0)
		r = borrow_rights(who);
	if (r >= 0)
		r = step_may(what);
	if (!tell_and_wait(socket, r) || r < 0)
		_exit(0);
	r = become(who);
	if (r >= 0)
		r = step_claim(what, &disk);
	if (!tell_and_wait(socket, r) || r < 0)
		_exit(0);
	r = step_eject(disk);
	/* It goes with the last one that has it open. */
	close(disk);
	(void)tell_and_wait(socket, r);
	_exit(0);
}
