#include "payload.h"

#include <stdio.h>
#include <string.h>

// The pattern: letters in text; in binary all of 0 to 250, so that bytes beyond ASCII travel too.
enum { LETTERS = 26, BYTES = 251, PLACE_MAX = 64 };

static struct options options;
static uint8_t letters[PAYLOAD_BYTES_MAX + LETTERS], bytes[PAYLOAD_BYTES_MAX + BYTES];
static uint8_t text[PAYLOAD_BYTES_MAX + 2 * PLACE_MAX], attachment[PAYLOAD_BYTES_MAX];
static const char placeholder[] = "451-[\"m\",{\"_placeholder\":true,\"num\":0}]";

void payload_setup(const struct options *given) {
  options = *given;
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

// The payload between a prefix and a suffix, in one text frame.
static struct frames text_frame(const char *before, const char *after, uint32_t connection, uint32_t number) {
  size_t head = strlen(before), tail = strlen(after);
  memcpy(text, before, head);
  fill(text + head, letters, LETTERS, connection, number);
  memcpy(text + head + options.bytes, after, tail);
  return one(OP_TEXT, text, head + options.bytes + tail);
}

static struct frames echoed(uint32_t connection, uint32_t number) {
  if (options.message == BINARY) {
    fill(attachment, bytes, BYTES, connection, number);
    if (options.dialect == RAW) return one(OP_BINARY, attachment, options.bytes);
    return (struct frames){2, {{OP_TEXT, (const uint8_t *)placeholder, sizeof placeholder - 1},
                               {OP_BINARY, attachment, options.bytes}}};
  }
  if (options.dialect == RAW) return text_frame("", "", connection, number);
  return text_frame("42[\"m\",\"", "\"]", connection, number);
}

struct frames payload_request(uint32_t connection, uint32_t number) {
  if (options.message != ACK) return echoed(connection, number);
  char before[PLACE_MAX];
  snprintf(before, sizeof before, "42%u[\"a\",\"", number);
  return text_frame(before, "\"]", connection, number);
}

struct frames payload_reply(uint32_t connection, uint32_t number) {
  if (options.message != ACK) return echoed(connection, number);
  char before[PLACE_MAX];
  snprintf(before, sizeof before, "43%u[\"", number);
  return text_frame(before, "\"]", connection, number);
}

// Made by the server (servers/broadcast-text.mjs): the number in ten digits, then letters up to the size.
struct frames payload_broadcast(uint32_t number) {
  const char *before = options.dialect == RAW ? "" : "42[\"m\",\"";
  const char *after = options.dialect == RAW ? "" : "\"]";
  size_t head = strlen(before), tail = strlen(after);
  char digits[16];
  snprintf(digits, sizeof digits, "%010u", number);
  memcpy(text, before, head);
  memcpy(text + head, digits, 10);
  memcpy(text + head + 10, letters, options.bytes - 10);
  memcpy(text + head + options.bytes, after, tail);
  return one(OP_TEXT, text, head + options.bytes + tail);
}
