/* SPDX-License-Identifier: MIT */
#include "win32/delivery.h"
#include "win32/notification.h"
#include "win32/queue.h"
#include "win32/timer.h"
#include "win32/window-life.h"

static void drop_all(struct pnpn_queue *queue)
{
	pnpn_window_drop_all(queue);
	pnpn_timer_drop_all(queue);
	pnpn_delivery_drop_all(queue);
}

const struct pnpn_queue_sink pnpn_queue_sink = {
	.drop_all = drop_all,
	.forget_native = pnpn_notification_forget_native,
};
