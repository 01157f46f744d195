#include "dialect.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fail.h"

static struct options options;
static struct wrap event;  // the same for every message of a run

static void put(struct phrase *p, const void *data, size_t length) {
  if (p->length + length > PHRASE_MAX) fail("a phrase of more than %d bytes", PHRASE_MAX);
  memcpy(p->data + p->length, data, length);
  p->length += length;
}

__attribute__((format(printf, 1, 2))) static struct phrase text(const char *form, ...) {
  struct phrase p = {.length = 0};
  va_list words;
  va_start(words, form);
  p.length = (size_t)vsnprintf((char *)p.data, sizeof p.data, form, words);
  va_end(words);
  return p;
}

// MessagePack, always in the shortest form.
static void put_map(struct phrase *p, uint8_t entries) { put(p, &(uint8_t){0x80 | entries}, 1); }
static void put_array(struct phrase *p, uint8_t entries) { put(p, &(uint8_t){0x90 | entries}, 1); }

static void put_big_endian(struct phrase *p, uint8_t tag, uint32_t value, int bytes) {
  put(p, &tag, 1);
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) put(p, &(uint8_t){(uint8_t)(value >> shift)}, 1);
}

static void put_number(struct phrase *p, uint32_t value) {
  if (value < 128) put(p, &(uint8_t){(uint8_t)value}, 1);
  else if (value < 1u << 8) put_big_endian(p, 0xcc, value, 1);
  else if (value < 1u << 16) put_big_endian(p, 0xcd, value, 2);
  else put_big_endian(p, 0xce, value, 4);
}

static void put_word(struct phrase *p, const char *word) {
  put(p, &(uint8_t){(uint8_t)(0xa0 | strlen(word))}, 1);
  put(p, word, strlen(word));
}

// The head of a string or of bytes, as long as a payload.
static void put_payload_head(struct phrase *p) {
  bool binary = options.message == BINARY;
  uint32_t n = options.bytes;
  if (!binary && n < 32) put(p, &(uint8_t){(uint8_t)(0xa0 | n)}, 1);
  else if (n < 1u << 8) put_big_endian(p, binary ? 0xc4 : 0xd9, n, 1);
  else if (n < 1u << 16) put_big_endian(p, binary ? 0xc5 : 0xda, n, 2);
  else put_big_endian(p, binary ? 0xc6 : 0xdb, n, 4);
}

static struct phrase packed_event(const char *name, uint8_t entries, uint8_t arguments) {
  struct phrase p = {.length = 0};
  put_map(&p, entries);
  put_word(&p, "event");
  put_word(&p, name);
  put_word(&p, "data");
  put_array(&p, arguments);
  return p;
}

static struct wrap around(struct phrase before, struct phrase after) { return (struct wrap){before, after}; }

static struct wrap packed_wrap(struct phrase before, struct phrase after) {
  put_payload_head(&before);
  return around(before, after);
}

static struct wrap make_event(void) {
  switch (options.dialect) {
    case SOCKETIO: return around(text("42[\"m\",\""), text("\"]"));
    case SSE:
    case PLAIN: return around(text("{\"event\":\"m\",\"data\":[\""), text("\"]}"));
    case MSGPACK: return packed_wrap(packed_event("m", 2, 1), text("%s", ""));
    default: return around(text("%s", ""), text("%s", ""));
  }
}

void dialect_setup(const struct options *given) {
  options = *given;
  event = make_event();
}

enum opcode dialect_opcode(void) { return options.dialect == MSGPACK ? OP_BINARY : OP_TEXT; }
const struct wrap *dialect_event(void) { return &event; }

struct wrap dialect_question(uint32_t id) {
  if (options.dialect == SOCKETIO) return around(text("42%u[\"a\",\"", id), text("\"]"));
  if (options.dialect == PLAIN)
    return around(text("{\"event\":\"a\",\"data\":[\""), text("\"],\"id\":%u}", id));
  struct phrase after = {.length = 0};
  put_word(&after, "id");
  put_number(&after, id);
  return packed_wrap(packed_event("a", 3, 1), after);
}

struct wrap dialect_answer(uint32_t id) {
  if (options.dialect == SOCKETIO) return around(text("43%u[\"", id), text("\"]"));
  if (options.dialect == PLAIN) return around(text("{\"ack\":%u,\"data\":[\"", id), text("\"]}"));
  struct phrase before = {.length = 0};
  put_map(&before, 2);
  put_word(&before, "ack");
  put_number(&before, id);
  put_word(&before, "data");
  put_array(&before, 1);
  return packed_wrap(before, text("%s", ""));
}

bool dialect_splits_binary(void) { return options.dialect == SOCKETIO || options.dialect == PLAIN; }

struct phrase dialect_announcement(void) {
  if (options.dialect == PLAIN) return text("{\"event\":\"m\",\"binary\":1}");
  return text("451-[\"m\",{\"_placeholder\":true,\"num\":0}]");
}

struct phrase dialect_trigger(uint32_t first, uint32_t count) {
  switch (options.dialect) {
    case SOCKETIO: return text("42[\"broadcast\",%u,%u]", first, count);
    case SSE:
    case PLAIN: return text("{\"event\":\"broadcast\",\"data\":[%u,%u]}", first, count);
    case MSGPACK: break;
    default: return text("%u %u", first, count);
  }
  struct phrase p = packed_event("broadcast", 2, 2);
  put_number(&p, first);
  put_number(&p, count);
  return p;
}

struct phrase dialect_connect(void) {
  if (options.dialect != MSGPACK) return text("{\"connect\":{}}");
  struct phrase p = {.length = 0};
  put_map(&p, 1);
  put_word(&p, "connect");
  put_map(&p, 0);
  return p;
}

struct phrase dialect_connected(void) {
  if (options.dialect != MSGPACK) return text("{\"connected\":{");
  struct phrase p = {.length = 0};
  put_map(&p, 1);
  put_word(&p, "connected");
  return p;
}
