#include "frame.h"

#include <string.h>

#include "fail.h"

// xorshift32: masks only have to vary (RFC 6455, 5.3 asks for more, which a generator of load does not owe).
static uint32_t next_mask(void) {
  static uint32_t state = 0x9e3779b9u;
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

static void copy_masked(uint8_t *to, const uint8_t *from, size_t length, uint32_t mask) {
  uint64_t wide = ((uint64_t)mask << 32) | mask, word;
  size_t i = 0;
  for (; i + 8 <= length; i += 8) {
    memcpy(&word, from + i, 8);
    word ^= wide;
    memcpy(to + i, &word, 8);
  }
  for (; i < length; i++) to[i] = from[i] ^ (uint8_t)(wide >> (8 * (i & 7)));
}

size_t frame_write(uint8_t *to, enum opcode opcode, const uint8_t *data, size_t length) {
  size_t at = 0;
  to[at++] = 0x80 | (uint8_t)opcode;
  if (length < 126) {
    to[at++] = 0x80 | (uint8_t)length;
  } else if (length < 65536) {
    to[at++] = 0x80 | 126;
    to[at++] = (uint8_t)(length >> 8);
    to[at++] = (uint8_t)length;
  } else {
    to[at++] = 0x80 | 127;
    for (int shift = 56; shift >= 0; shift -= 8) to[at++] = (uint8_t)((uint64_t)length >> shift);
  }
  uint32_t mask = next_mask();
  memcpy(to + at, &mask, 4);
  copy_masked(to + at + 4, data, length, mask);
  return at + 4 + length;
}

size_t frame_read(const uint8_t *from, size_t length, struct frame *frame) {
  if (length < 2) return 0;
  if ((from[0] & 0xf0) != 0x80) fail("a frame with first byte 0x%02x: fragments and extensions are not expected", from[0]);
  if (from[1] & 0x80) fail("a masked frame from the server");
  size_t header = 2, size = from[1];
  if (size == 126) {
    header = 4;
    if (length < header) return 0;
    size = (size_t)from[2] << 8 | from[3];
  } else if (size == 127) {
    header = 10;
    if (length < header) return 0;
    size = 0;
    for (int i = 2; i < 10; i++) size = size << 8 | from[i];
    if (size > 1u << 26) fail("a frame of %zu bytes", size);
  }
  if (length < header + size) return 0;
  frame->opcode = (enum opcode)(from[0] & 15);
  frame->data = from + header;
  frame->length = size;
  return header + size;
}
