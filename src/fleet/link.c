/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fleet/link.h"
#include "fleet/options.h"

#define SECOND 1000000000ll

/* How long a server may take to answer, in ms. */
#define ANSWER_MS 5000

/* How long messages of one id are known as one. */
#define DUPLICATES (120 * SECOND)

/* --- connecting ----------------------------------------------------------------------------------- */

static void on_reconnected(natsConnection *connection, void *userdata)
{
	struct pnpn_link *link = userdata;

	__atomic_fetch_add(&link->reconnects, 1, __ATOMIC_RELEASE);
}

/* The library's words alone: they have no secrets. */
static void on_error(natsConnection *connection, natsSubscription *subscription, natsStatus status,
		     void *userdata)
{
	const char *text = NULL;

	(void)natsConnection_GetLastError(connection, &text);
	fprintf(stderr, "pnpnotify-fleet: the server says: %s\n",
		text && *text ? text : natsStatus_GetText(status));
}

static int say(const char *what, natsStatus status)
{
	fprintf(stderr, "pnpnotify-fleet: %s: %s\n", what, natsStatus_GetText(status));
	return -EINVAL;
}

/* A file that only we read: what it says goes to the library and nowhere else. */
static int set_login(natsOptions *nats, const char *path)
{
	char user[256] = "", password[1024] = "";
	FILE *file = fopen(path, "re");
	bool whole = file && fgets(user, sizeof(user), file) &&
		     fgets(password, sizeof(password), file);

	if (file)
		fclose(file);
	user[strcspn(user, "\r\n")] = 0;
	password[strcspn(password, "\r\n")] = 0;
	natsStatus s = whole ? natsOptions_SetUserInfo(nats, user, password) : NATS_INVALID_ARG;
	explicit_bzero(password, sizeof(password));
	return s == NATS_OK ? 0 : say(path, s);
}

static int set_tls(natsOptions *nats, const struct pnpn_fleet_options *options)
{
	natsStatus s = NATS_OK;

	if (!options->tls_ca && !options->tls_cert)
		return 0;
	s = natsOptions_SetSecure(nats, true);
	if (s == NATS_OK && options->tls_ca)
		s = natsOptions_LoadCATrustedCertificates(nats, options->tls_ca);
	if (s == NATS_OK && options->tls_cert)
		s = natsOptions_LoadCertificatesChain(nats, options->tls_cert, options->tls_key);
	return s == NATS_OK ? 0 : say("TLS", s);
}

static int set_identity(natsOptions *nats, const struct pnpn_fleet_options *options)
{
	int r = set_tls(nats, options);

	if (r >= 0 && options->login)
		r = set_login(nats, options->login);
	if (r < 0 || !options->creds)
		return r;
	natsStatus s = natsOptions_SetUserCredentialsFromFiles(nats, options->creds, NULL);
	return s == NATS_OK ? 0 : say(options->creds, s);
}

static int set_behaviour(natsOptions *nats, struct pnpn_link *link,
			 const struct pnpn_fleet_options *options, const char *name)
{
	natsStatus s = natsOptions_SetServers(nats, (const char **)options->servers.words,
					      options->servers.n);

	if (s != NATS_OK)
		return say("--server", s);
	(void)natsOptions_SetName(nats, name);
	(void)natsOptions_SetTimeout(nats, ANSWER_MS);
	(void)natsOptions_SetMaxReconnect(nats, -1);
	(void)natsOptions_SetReconnectWait(nats, 250);
	(void)natsOptions_SetReconnectJitter(nats, 100, 100);
	/* A link that was cut says nothing: what does not answer in some seconds is gone. */
	(void)natsOptions_SetPingInterval(nats, 2000);
	(void)natsOptions_SetMaxPingsOut(nats, 2);
	(void)natsOptions_SetErrorHandler(nats, on_error, NULL);
	(void)natsOptions_SetReconnectedCB(nats, on_reconnected, link);
	return 0;
}

static int try_connect(struct pnpn_link *link, natsOptions *nats, bool waits, bool *told)
{
	natsStatus s = natsConnection_Connect(&link->connection, nats);

	if (s == NATS_OK)
		s = natsConnection_JetStream(&link->js, link->connection, NULL);
	if (s == NATS_OK)
		return 0;
	if (!*told)
		fprintf(stderr, "pnpnotify-fleet: no server: %s%s\n", natsStatus_GetText(s),
			waits ? "; waiting for one" : "");
	*told = true;
	return waits ? -EAGAIN : -ENOTCONN;
}

int pnpn_link_init(struct pnpn_link *link, const struct pnpn_fleet_options *options,
		   const char *name, const bool *stop)
{
	natsOptions *nats = NULL;
	bool told = false;
	int r = natsOptions_Create(&nats) == NATS_OK ? 0 : -ENOMEM;

	*link = (struct pnpn_link){0};
	if (r >= 0)
		r = set_behaviour(nats, link, options, name);
	if (r >= 0)
		r = set_identity(nats, options);
	if (r >= 0)
		r = -EAGAIN;
	while (r == -EAGAIN && !(stop && __atomic_load_n(stop, __ATOMIC_RELAXED))) {
		r = try_connect(link, nats, stop, &told);
		if (r == -EAGAIN)
			nats_Sleep(200);
	}
	natsOptions_Destroy(nats);
	return r == -EAGAIN ? -EINTR : r;
}

void pnpn_link_deinit(struct pnpn_link *link)
{
	if (link->connection)
		natsConnection_Close(link->connection);
	jsCtx_Destroy(link->js);
	natsConnection_Destroy(link->connection);
	*link = (struct pnpn_link){0};
}

bool pnpn_link_is_up(const struct pnpn_link *link)
{
	return natsConnection_Status(link->connection) == NATS_CONN_STATUS_CONNECTED;
}

/* --- what has to be there ------------------------------------------------------------------------- */

natsStatus pnpn_link_look(struct pnpn_link *link, const char *stream)
{
	jsStreamInfo *info = NULL;
	natsStatus s = js_GetStreamInfo(&info, link->js, stream, NULL, NULL);

	jsStreamInfo_Destroy(info);
	return s;
}

static natsStatus make_stream(struct pnpn_link *link, const struct pnpn_fleet_options *options)
{
	const char *subjects[] = {PNPN_FLEET_SUBJECTS};
	jsStreamConfig config;

	natsStatus s = pnpn_link_look(link, PNPN_FLEET_STREAM);
	if (s != NATS_NOT_FOUND)
		return s;
	(void)jsStreamConfig_Init(&config);
	config.Name = PNPN_FLEET_STREAM;
	config.Subjects = subjects;
	config.SubjectsLen = 1;
	config.MaxBytes = (int64_t)options->stream_bytes;
	config.Discard = js_DiscardOld;
	config.Replicas = (int64_t)options->replicas;
	config.Duplicates = DUPLICATES;
	return js_AddStream(NULL, link->js, &config, NULL, NULL);
}

static natsStatus make_bucket(struct pnpn_link *link, const char *stream, const char *bucket,
			      int64_t ttl, const struct pnpn_fleet_options *options)
{
	kvStore *store = NULL;
	kvConfig config;

	natsStatus s = pnpn_link_look(link, stream);
	if (s != NATS_NOT_FOUND)
		return s;
	(void)kvConfig_Init(&config);
	config.Bucket = bucket;
	config.History = 1;
	config.TTL = ttl;
	config.Replicas = (int)options->replicas;
	s = js_CreateKeyValue(&store, link->js, &config);
	kvStore_Destroy(store);
	return s;
}

int pnpn_link_prepare(struct pnpn_link *link, const struct pnpn_fleet_options *options)
{
	natsStatus s = make_stream(link, options);

	if (s == NATS_OK)
		s = make_bucket(link, PNPN_FLEET_HOSTS_STREAM, "pnpn_hosts",
				(int64_t)options->limit * SECOND, options);
	if (s == NATS_OK)
		s = make_bucket(link, PNPN_FLEET_DEVICES_STREAM, "pnpn_devices", 0, options);
	return s == NATS_OK ? 0 : -EAGAIN;
}

/* --- messages ------------------------------------------------------------------------------------- */

static natsStatus set_headers(natsMsg *message, const struct pnpn_link_parcel *parcel)
{
	natsStatus s = NATS_OK;

	if (*parcel->id)
		s = natsMsgHeader_Set(message, "Nats-Msg-Id", parcel->id);
	for (int i = 0; i < PNPN_FLEET_N_HEADERS && s == NATS_OK; i++)
		if (parcel->headers[i])
			s = natsMsgHeader_Set(message, pnpn_fleet_header_names[i],
					      parcel->headers[i]);
	if (s == NATS_OK && parcel->deletion)
		s = natsMsgHeader_Set(message, "KV-Operation", "DEL");
	return s;
}

int pnpn_link_send(struct pnpn_link *link, const struct pnpn_link_parcel *parcel)
{
	natsMsg *message = NULL;
	natsStatus s = natsMsg_Create(&message, parcel->subject, parcel->reply, parcel->data,
				      (int)parcel->size);

	if (s == NATS_OK)
		s = set_headers(message, parcel);
	if (s == NATS_OK)
		s = natsConnection_PublishMsg(link->connection, message);
	natsMsg_Destroy(message);
	return s == NATS_OK ? 0 : s == NATS_NO_MEMORY ? -ENOMEM : -EAGAIN;
}

int pnpn_link_read(natsMsg *message, struct pnpn_fleet_message *ret_message)
{
	const char *headers[PNPN_FLEET_N_HEADERS] = {0};

	for (int i = 0; i < PNPN_FLEET_N_HEADERS; i++)
		(void)natsMsgHeader_Get(message, pnpn_fleet_header_names[i], &headers[i]);
	return pnpn_fleet_message_decode(natsMsg_GetSubject(message), headers,
					 natsMsg_GetData(message),
					 (size_t)natsMsg_GetDataLength(message), ret_message);
}

uint64_t pnpn_link_place(natsMsg *message, uint64_t *ret_time, uint64_t *ret_pending)
{
	jsMsgMetaData *data = NULL;

	if (natsMsg_GetMetaData(&data, message) != NATS_OK)
		return 0;
	uint64_t place = data->Sequence.Stream;
	if (ret_time)
		*ret_time = (uint64_t)data->Timestamp;
	if (ret_pending)
		*ret_pending = data->NumPending;
	jsMsgMetaData_Destroy(data);
	return place;
}

bool pnpn_link_is_deletion(natsMsg *message)
{
	const char *operation = NULL;

	return natsMsgHeader_Get(message, "KV-Operation", &operation) == NATS_OK && operation;
}
