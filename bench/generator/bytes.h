// A growing run of bytes.
#ifndef BYTES_H
#define BYTES_H

#include <stddef.h>
#include <stdint.h>

struct bytes {
  uint8_t *data;
  size_t length, room;
};

uint8_t *bytes_reserve(struct bytes *b, size_t more);  // where `more` bytes can be written
void bytes_append(struct bytes *b, const uint8_t *data, size_t length);
void bytes_release(struct bytes *b);

#endif
