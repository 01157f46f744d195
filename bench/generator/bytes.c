#include "bytes.h"

#include <stdlib.h>
#include <string.h>

#include "fail.h"

uint8_t *bytes_reserve(struct bytes *b, size_t more) {
  if (b->length + more > b->room) {
    b->room = (b->length + more) * 2;
    b->data = realloc(b->data, b->room);
    if (!b->data) fail("out of memory");
  }
  return b->data + b->length;
}

void bytes_append(struct bytes *b, const uint8_t *data, size_t length) {
  memcpy(bytes_reserve(b, length), data, length);
  b->length += length;
}

void bytes_release(struct bytes *b) {
  free(b->data);
  *b = (struct bytes){0};
}
