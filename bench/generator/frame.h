// RFC 6455 frames as a client sees them: masked ones out, unmasked ones in.
#ifndef FRAME_H
#define FRAME_H

#include <stddef.h>
#include <stdint.h>

enum opcode { OP_TEXT = 1, OP_BINARY = 2, OP_CLOSE = 8, OP_PING = 9, OP_PONG = 10 };
enum { FRAME_HEADER_MAX = 14 };

struct frame {
  enum opcode opcode;
  const uint8_t *data;
  size_t length;
};

// Writes one masked frame to `to` (room for length + FRAME_HEADER_MAX); returns its size.
size_t frame_write(uint8_t *to, enum opcode opcode, const uint8_t *data, size_t length);

// Reads one frame from `from`: its size on the wire, or 0 when it is not all there yet.
size_t frame_read(const uint8_t *from, size_t length, struct frame *frame);

#endif
