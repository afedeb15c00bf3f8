/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tool/terminal.h"

static bool pager_wanted = true;
static pid_t pager;

bool pnpn_terminal_has_colours(void)
{
	const char *refused = getenv("NO_COLOR"), *kind = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(refused && *refused) && kind && strcmp(kind, "dumb") != 0;
}

const char *pnpn_terminal_colour(bool wanted, enum pnpn_colour colour)
{
	static const char *const sequences[] = {
		[PNPN_COLOUR_NONE] = "\033[0m",	 [PNPN_COLOUR_DIM] = "\033[2m",
		[PNPN_COLOUR_NAME] = "\033[1m",	 [PNPN_COLOUR_CAME] = "\033[32m",
		[PNPN_COLOUR_WENT] = "\033[31m", [PNPN_COLOUR_LOST] = "\033[33m",
	};

	return wanted ? sequences[colour] : "";
}

void pnpn_terminal_get_size(int *ret_columns, int *ret_lines)
{
	struct winsize size;
	bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row;

	*ret_columns = known ? size.ws_col : 80;
	*ret_lines = known ? size.ws_row : 24;
}

void pnpn_terminal_set_pager(bool wanted)
{
	pager_wanted = wanted;
}

static const char *find_pager(void)
{
	const char *own = getenv("PNPNOTIFY_PAGER"), *common = getenv("PAGER");

	return own ? own : common ? common : "less";
}

static void exec_pager(const char *command, int input)
{
	if (dup2(input, STDIN_FILENO) < 0)
		_exit(126);
	/* What fits is only shown; colours are left alone; root's pager runs no commands. */
	setenv("LESS", "FRSX", 0);
	setenv("LESSSECURE", "1", 1);
	execl("/bin/sh", "sh", "-c", command, NULL);
	_exit(127);
}

void pnpn_terminal_begin_pages(void)
{
	const char *command = find_pager();
	int pipe_fds[2];

	if (!pager_wanted || pager || !*command || strcmp(command, "cat") == 0 ||
	    !isatty(STDOUT_FILENO) || pipe2(pipe_fds, O_CLOEXEC) < 0)
		return;
	fflush(stdout);
	pager = fork();
	if (!pager)
		exec_pager(command, pipe_fds[0]);
	if (pager > 0) {
		(void)dup2(pipe_fds[1], STDOUT_FILENO);
		/* The pager's to handle; and who leaves it has seen enough. */
		signal(SIGINT, SIG_IGN);
		signal(SIGPIPE, SIG_IGN);
	}
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}

bool pnpn_terminal_end_pages(void)
{
	if (pager <= 0)
		return false;
	/* The end of what it reads. */
	close(STDOUT_FILENO);
	while (waitpid(pager, NULL, 0) < 0 && errno == EINTR)
		;
	pager = 0;
	return true;
}
