// What a message carries: 16 characters that name it (connection and number), then a pattern that depends on both.
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include <stdint.h>

#include "frame.h"
#include "options.h"

enum { MESSAGE_FRAMES_MAX = 2, PAYLOAD_BYTES_MAX = 1 << 24 };

// One message of the scenario as the frames that go out, or that must come back. Valid until the next call.
struct frames {
  int count;
  struct frame frame[MESSAGE_FRAMES_MAX];
};

void payload_setup(const struct options *options);
struct frames payload_request(uint32_t connection, uint32_t number);
struct frames payload_reply(uint32_t connection, uint32_t number);
struct frames payload_broadcast(uint32_t number);

#endif
