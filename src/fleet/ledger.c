/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fleet/ledger.h"

#define MAGIC 0x31726567646c4e50ull /* "PNldger1" */

/* Rows at first; always a power of two, at most three of four used. */
#define FIRST_ROWS 1024u

struct pnpn_ledger_header {
	uint64_t magic;
	uint64_t key[2]; /* of the hash */
	uint64_t created; /* the stream */
	uint64_t place; /* atomic: in it */
	uint64_t n_rows;
	uint64_t n_used; /* rows that are or were of a device */
	uint64_t reserved;
	struct pnpn_ledger_row rows[];
};

/* --- the hash: SipHash-2-4 (Aumasson, Bernstein), with 128 bits from two keys ---------------------------- */

static uint64_t rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] = rotate(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] = rotate(v[2], 32);
}

static void sip_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	sip_round(v);
	v[0] ^= word;
}

static uint64_t sip(const uint64_t key[2], const char *text, size_t length)
{
	uint64_t v[4] = {key[0] ^ 0x736f6d6570736575ull, key[1] ^ 0x646f72616e646f6dull,
			 key[0] ^ 0x6c7967656e657261ull, key[1] ^ 0x7465646279746573ull};
	size_t i = 0;

	for (; i + 8 <= length; i += 8) {
		uint64_t word;
		memcpy(&word, text + i, sizeof(word));
		sip_word(v, word);
	}
	uint64_t last = (uint64_t)length << 56;
	memcpy(&last, text + i, length - i);
	sip_word(v, last);
	v[2] ^= 0xff;
	for (int round = 0; round < 4; round++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* A host's name has no slash. */
static void hash_of(const struct pnpn_ledger *ledger, const char *host, const char *device,
		    uint64_t ret_hash[2])
{
	uint64_t other[2] = {~ledger->header->key[1], ledger->header->key[0]};
	char text[512];
	size_t host_length = strlen(host), length = strlen(device);

	memcpy(text, host, host_length);
	text[host_length++] = '/';
	memcpy(text + host_length, device, length);
	ret_hash[0] = sip(ledger->header->key, text, host_length + length) | 1;
	ret_hash[1] = sip(other, text, host_length + length);
}

/* --- the file --------------------------------------------------------------------------------------- */

static size_t bytes_of(uint64_t rows)
{
	return sizeof(struct pnpn_ledger_header) + rows * sizeof(struct pnpn_ledger_row);
}

static int map(struct pnpn_ledger *ledger, size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, ledger->fd, 0);

	if (memory == MAP_FAILED)
		return -errno;
	if (ledger->header)
		munmap(ledger->header, ledger->bytes);
	ledger->header = memory;
	ledger->bytes = bytes;
	return 0;
}

static bool is_sound(const struct pnpn_ledger *ledger)
{
	uint64_t rows = ledger->header->n_rows;

	return ledger->header->magic == MAGIC && rows >= FIRST_ROWS && !(rows & (rows - 1)) &&
	       rows <= ledger->bytes && bytes_of(rows) == ledger->bytes &&
	       ledger->header->n_used < rows;
}

/* Memory for all of it is taken now: a full disk is an error here, and no signal later. */
static int begin_anew(struct pnpn_ledger *ledger, uint64_t rows)
{
	size_t bytes = bytes_of(rows);

	if (ftruncate(ledger->fd, 0) < 0 || ftruncate(ledger->fd, (off_t)bytes) < 0)
		return -errno;
	int r = -posix_fallocate(ledger->fd, 0, (off_t)bytes);
	if (r == 0)
		r = map(ledger, bytes);
	if (r < 0)
		return r;
	if (getrandom(ledger->header->key, sizeof(ledger->header->key), 0) < 0)
		return -errno;
	ledger->header->n_rows = rows;
	ledger->header->magic = MAGIC;
	return 0;
}

int pnpn_ledger_init(struct pnpn_ledger *ledger, const char *path)
{
	struct stat st;

	*ledger = (struct pnpn_ledger){
		.fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
	if (ledger->fd < 0)
		return -errno;
	if (flock(ledger->fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	if (fstat(ledger->fd, &st) < 0)
		return -errno;
	if ((size_t)st.st_size >= bytes_of(FIRST_ROWS) && map(ledger, (size_t)st.st_size) >= 0 &&
	    is_sound(ledger))
		return 0;
	return begin_anew(ledger, FIRST_ROWS);
}

void pnpn_ledger_deinit(struct pnpn_ledger *ledger)
{
	if (ledger->header)
		munmap(ledger->header, ledger->bytes);
	if (ledger->fd >= 0)
		close(ledger->fd);
	*ledger = (struct pnpn_ledger){.fd = -1};
}

uint64_t pnpn_ledger_begin(struct pnpn_ledger *ledger, uint64_t created)
{
	struct pnpn_ledger_header *header = ledger->header;

	if (header->created != created) {
		memset(header->rows, 0, header->n_rows * sizeof(header->rows[0]));
		header->n_used = header->place = 0;
		header->created = created;
	}
	return header->place;
}

void pnpn_ledger_set_place(struct pnpn_ledger *ledger, uint64_t place)
{
	__atomic_store_n(&ledger->header->place, place, __ATOMIC_RELEASE);
}

/* --- rows ------------------------------------------------------------------------------------------- */

/* The row of a hash, or the free one where it would be. */
static struct pnpn_ledger_row *look(struct pnpn_ledger_header *header, const uint64_t hash[2])
{
	for (uint64_t i = hash[0];; i++) {
		struct pnpn_ledger_row *row = &header->rows[i & (header->n_rows - 1)];
		if (!row->hash[0] || memcmp(row->hash, hash, sizeof(row->hash)) == 0)
			return row;
	}
}

/* Rows that were left behind are free again; with many in use there are twice as many. */
static int make_room(struct pnpn_ledger *ledger)
{
	uint64_t rows = ledger->header->n_rows, used = 0;
	size_t bytes = bytes_of(rows);
	struct pnpn_ledger_header *before = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
						 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (before == MAP_FAILED)
		return -errno;
	memcpy(before, ledger->header, bytes);
	for (uint64_t i = 0; i < rows; i++)
		used += before->rows[i].since != 0;
	int r = begin_anew(ledger, used > rows / 2 ? 2 * rows : rows);
	if (r >= 0) {
		memcpy(ledger->header->key, before->key, sizeof(before->key));
		ledger->header->created = before->created;
		ledger->header->place = before->place;
		ledger->header->n_used = used;
	}
	for (uint64_t i = 0; r >= 0 && i < rows; i++)
		if (before->rows[i].since)
			*look(ledger->header, before->rows[i].hash) = before->rows[i];
	munmap(before, bytes);
	return r;
}

struct pnpn_ledger_row *pnpn_ledger_find(struct pnpn_ledger *ledger, const char *host,
					 const char *device, bool make)
{
	uint64_t hash[2];

	hash_of(ledger, host, device, hash);
	struct pnpn_ledger_row *row = look(ledger->header, hash);
	if (row->hash[0])
		return make || row->since ? row : NULL;
	if (!make)
		return NULL;
	if (ledger->header->n_used >= ledger->header->n_rows / 4 * 3) {
		if (make_room(ledger) < 0)
			return NULL;
		row = look(ledger->header, hash);
	}
	ledger->header->n_used++;
	memcpy(row->hash, hash, sizeof(row->hash));
	return row;
}

/* The row stays, so that others that came past it are found; it is free when room is made. */
void pnpn_ledger_forget(struct pnpn_ledger *ledger, const char *host, const char *device)
{
	struct pnpn_ledger_row *row = pnpn_ledger_find(ledger, host, device, false);

	if (row)
		row->since = row->sequence = 0;
}
