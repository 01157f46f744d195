#include "payload.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "dialect.h"

// The pattern: letters in text; in binary all of 0 to 250, so that bytes beyond ASCII travel too.
enum { LETTERS = 26, BYTES = 251 };

static struct options options;
static uint8_t letters[PAYLOAD_BYTES_MAX + LETTERS], bytes[PAYLOAD_BYTES_MAX + BYTES];
static uint8_t text[PAYLOAD_BYTES_MAX + 2 * PHRASE_MAX], attachment[PAYLOAD_BYTES_MAX];
static struct phrase announcement;  // of binary in a frame of its own

void payload_setup(const struct options *given) {
  options = *given;
  dialect_setup(given);
  announcement = dialect_announcement();
  for (size_t i = 0; i < sizeof letters; i++) letters[i] = (uint8_t)('a' + i % LETTERS);
  for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(i % BYTES);
}

static void write_hex(uint8_t *to, uint32_t value) {
  for (int i = 7; i >= 0; i--, value >>= 4) to[i] = (uint8_t)"0123456789abcdef"[value & 15];
}

static void fill(uint8_t *to, const uint8_t *pattern, uint32_t period, uint32_t connection, uint32_t number) {
  write_hex(to, connection);
  write_hex(to + 8, number);
  memcpy(to + 16, pattern + (connection * 7 + number * 3) % period, options.bytes - 16);
}

static struct frames one(enum opcode opcode, const uint8_t *data, size_t length) {
  return (struct frames){1, {{opcode, data, length}}};
}

// Room for the payload with its wrap round it; returns where the payload goes.
static uint8_t *wrapped(const struct wrap *wrap, struct frames *frames) {
  size_t head = wrap->before.length, tail = wrap->after.length;
  memcpy(text, wrap->before.data, head);
  memcpy(text + head + options.bytes, wrap->after.data, tail);
  *frames = one(dialect_opcode(), text, head + options.bytes + tail);
  return text + head;
}

static struct frames message(const struct wrap *wrap, uint32_t connection, uint32_t number) {
  struct frames frames;
  bool binary = options.message == BINARY;
  fill(wrapped(wrap, &frames), binary ? bytes : letters, binary ? BYTES : LETTERS, connection, number);
  return frames;
}

static struct frames echoed(uint32_t connection, uint32_t number) {
  if (options.message == BINARY && options.dialect != MSGPACK) {
    fill(attachment, bytes, BYTES, connection, number);
    if (!dialect_splits_binary()) return one(OP_BINARY, attachment, options.bytes);
    return (struct frames){2, {{OP_TEXT, announcement.data, announcement.length}, {OP_BINARY, attachment, options.bytes}}};
  }
  return message(dialect_event(), connection, number);
}

struct frames payload_request(uint32_t connection, uint32_t number) {
  if (options.message != ACK) return echoed(connection, number);
  struct wrap wrap = dialect_question(number);
  return message(&wrap, connection, number);
}

struct frames payload_reply(uint32_t connection, uint32_t number) {
  if (options.message != ACK) return echoed(connection, number);
  struct wrap wrap = dialect_answer(number);
  return message(&wrap, connection, number);
}

// Made by the server (servers/broadcast-text.mjs): the number in ten digits, then letters up to the size.
struct frames payload_broadcast(uint32_t number) {
  struct frames frames;
  uint8_t *to = wrapped(dialect_event(), &frames);
  char digits[16];
  snprintf(digits, sizeof digits, "%010u", number);
  memcpy(to, digits, 10);
  memcpy(to + 10, letters, options.bytes - 10);
  return frames;
}
