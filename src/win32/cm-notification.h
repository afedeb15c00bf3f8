/* SPDX-License-Identifier: MIT */
/* CM_Register_Notification: what was registered, for those who make the calls. */
#ifndef PNPN_WIN32_CM_NOTIFICATION_H
#define PNPN_WIN32_CM_NOTIFICATION_H

#include <stdbool.h>
#include <windows.h>
#include <cfgmgr32.h>

/** With pnpn_cm_lock held: whether there is one of that number, and what to call. */
bool pnpn_cm_notification_find(HCMNOTIFICATION number, PCM_NOTIFY_CALLBACK *ret_callback,
			       PVOID *ret_context);

/** Makes calls of what has happened, if it may take that, or else waits. Returns false, and has stopped, where
 *  nothing is registered any more. */
bool pnpn_cm_notification_listen(bool take);

/** Has whoever listens look again. */
void pnpn_cm_notification_wake(void);

#endif
