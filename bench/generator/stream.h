// Server-Sent Events as their reader sees them: each event as a text frame of its data.
#ifndef STREAM_H
#define STREAM_H

#include "frame.h"

// Reads one event from `from`: its size on the wire, or 0 when it is not all there yet. Without data its length is 0.
size_t stream_read(const uint8_t *from, size_t length, struct frame *frame);

#endif
