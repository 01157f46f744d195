#define _GNU_SOURCE
#include "stream.h"

#include <string.h>

static const char field[] = "data: ";

size_t stream_read(const uint8_t *from, size_t length, struct frame *frame) {
  const uint8_t *end = memmem(from, length, "\n\n", 2);
  if (!end) return 0;
  *frame = (struct frame){OP_TEXT, NULL, 0};
  for (const uint8_t *line = from; line < end;) {
    const uint8_t *stop = memchr(line, '\n', (size_t)(end - line));
    if (!stop) stop = end;
    size_t size = (size_t)(stop - line);
    if (size >= sizeof field - 1 && memcmp(line, field, sizeof field - 1) == 0) {
      frame->data = line + sizeof field - 1;
      frame->length = size - (sizeof field - 1);
    }
    line = stop + 1;
  }
  return (size_t)(end - from) + 2;
}
