/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <time.h>

#include "fleet/follow.h"

/* After so long without a message the stream is asked whether there are any. */
#define SILENCE_MS 3000

/* How long a message that is there may take. */
#define ANSWER_MS 5000

/* How long what is in the queue may take to be passed over. */
#define DRAIN_MS 2000

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* In a thread of the library's. One that was begun anew may still have an older one beside it. */
static void on_message(natsConnection *connection, natsSubscription *subscription, natsMsg *message,
		       void *userdata)
{
	struct pnpn_follow *follow = userdata;
	uint64_t sequence = pnpn_link_place(message, NULL, NULL);

	pthread_mutex_lock(follow->lock);
	if (sequence && !follow->ended &&
	    (sequence >= follow->next || follow->next == PNPN_FOLLOW_NEW)) {
		follow->next = sequence + 1;
		follow->heard_ms = now_ms();
		follow->take(follow->userdata, message, sequence);
	}
	pthread_mutex_unlock(follow->lock);
	natsMsg_Destroy(message);
}

static void set_begin(const struct pnpn_follow *follow, jsSubOptions *options)
{
	(void)jsSubOptions_Init(options);
	options->Stream = follow->stream;
	options->Ordered = true;
	if (follow->next == PNPN_FOLLOW_NEW) {
		options->Config.DeliverPolicy = js_DeliverNew;
	} else if (follow->next != PNPN_FOLLOW_LAST) {
		options->Config.DeliverPolicy = js_DeliverByStartSequence;
		options->Config.OptStartSeq = follow->next;
	} else if (follow->since_ns) {
		options->Config.DeliverPolicy = js_DeliverByStartTime;
		options->Config.OptStartTime = (int64_t)follow->since_ns;
	} else {
		options->Config.DeliverPolicy = js_DeliverLastPerSubject;
	}
}

int pnpn_follow_start(struct pnpn_follow *follow)
{
	jsSubOptions options;

	natsSubscription_Destroy(follow->subscription);
	follow->subscription = NULL;
	follow->reconnects = __atomic_load_n(&follow->link->reconnects, __ATOMIC_ACQUIRE);
	follow->heard_ms = now_ms();
	set_begin(follow, &options);
	/* The lock is let go: a message that came already would wait for it, and the answer behind the message. */
	pthread_mutex_unlock(follow->lock);
	natsSubscription *subscription = NULL;
	natsStatus s = js_Subscribe(&subscription, follow->link->js, follow->subject, on_message,
				    follow, NULL, &options, NULL);
	pthread_mutex_lock(follow->lock);
	follow->subscription = subscription;
	return s == NATS_OK ? 0 : -EAGAIN;
}

/* Whether the stream has what we did not hear of. */
static bool is_behind(struct pnpn_follow *follow)
{
	jsStreamInfo *info = NULL;
	uint64_t next = follow->next;

	pthread_mutex_unlock(follow->lock);
	natsStatus s = js_GetStreamInfo(&info, follow->link->js, follow->stream, NULL, NULL);
	pthread_mutex_lock(follow->lock);
	bool behind = s == NATS_OK && next != PNPN_FOLLOW_NEW && info->State.LastSeq >= next;
	jsStreamInfo_Destroy(info);
	return behind && follow->next == next;
}

void pnpn_follow_tend(struct pnpn_follow *follow)
{
	if (!pnpn_link_is_up(follow->link))
		return;
	bool again = !follow->subscription ||
		     follow->reconnects !=
			     __atomic_load_n(&follow->link->reconnects, __ATOMIC_ACQUIRE);
	if (!again && now_ms() - follow->heard_ms > SILENCE_MS) {
		follow->heard_ms = now_ms();
		again = is_behind(follow);
	}
	if (again)
		(void)pnpn_follow_start(follow);
}

/* What the library has in its queue comes and is passed over: closed with that, it would still be freeing it at our end. */
void pnpn_follow_stop(struct pnpn_follow *follow)
{
	pthread_mutex_lock(follow->lock);
	follow->ended = true;
	pthread_mutex_unlock(follow->lock);
	if (follow->subscription && natsSubscription_Drain(follow->subscription) == NATS_OK)
		(void)natsSubscription_WaitForDrainCompletion(follow->subscription, DRAIN_MS);
	natsSubscription_Destroy(follow->subscription);
	follow->subscription = NULL;
}

/* --- at once --------------------------------------------------------------------------------------- */

static int read_pending(natsSubscription *subscription, uint64_t pending,
			void (*take)(void *userdata, natsMsg *message, uint64_t sequence),
			void *userdata)
{
	while (pending) {
		natsMsg *message = NULL;
		if (natsSubscription_NextMsg(&message, subscription, ANSWER_MS) != NATS_OK)
			return -EAGAIN;
		uint64_t place = pnpn_link_place(message, NULL, &pending);
		take(userdata, message, place);
		natsMsg_Destroy(message);
	}
	return 0;
}

int pnpn_follow_read(struct pnpn_link *link, const char *stream, const char *subject,
		     void (*take)(void *userdata, natsMsg *message, uint64_t sequence),
		     void *userdata)
{
	struct pnpn_follow begin = {.stream = stream, .next = PNPN_FOLLOW_LAST};
	natsSubscription *subscription = NULL;
	jsConsumerInfo *info = NULL;
	jsSubOptions options;

	set_begin(&begin, &options);
	natsStatus s = js_SubscribeSync(&subscription, link->js, subject, NULL, &options, NULL);
	if (s == NATS_OK)
		s = natsSubscription_GetConsumerInfo(&info, subscription, NULL, NULL);
	/* What was delivered before the question is there too. */
	uint64_t pending = s == NATS_OK ? info->NumPending + info->Delivered.Consumer : 0;
	jsConsumerInfo_Destroy(info);
	int r = s == NATS_OK ? read_pending(subscription, pending, take, userdata) : -EAGAIN;
	if (subscription)
		(void)natsSubscription_Unsubscribe(subscription);
	natsSubscription_Destroy(subscription);
	return r;
}
