/* SPDX-License-Identifier: MIT */
/* What one user has of an owner of devices: open files, requests, bytes (D10). */
#ifndef PNPN_IO_USER_H
#define PNPN_IO_USER_H

#include <stdint.h>
#include <sys/types.h>

struct pnpn_io_user;
struct pnpn_io_users;

/** One file more of that user's, who is made if need be. Returns 0; -EDQUOT; -ENOMEM. */
int pnpn_io_user_open(struct pnpn_io_users *users, uid_t uid, struct pnpn_io_user **ret_user);

/** One less. */
void pnpn_io_user_close(struct pnpn_io_user *user);

/** Takes requests and bytes. Returns 0; -EDQUOT, nothing taken. Any thread. */
int pnpn_io_user_take(struct pnpn_io_user *user, unsigned int requests, uint64_t bytes);

/** Gives them back. */
void pnpn_io_user_give(struct pnpn_io_user *user, unsigned int requests, uint64_t bytes);

#endif
