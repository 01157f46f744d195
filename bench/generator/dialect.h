// How each dialect says things: what stands before and behind a payload, and the messages without one.
#ifndef DIALECT_H
#define DIALECT_H

#include <stdbool.h>

#include "frame.h"
#include "options.h"

enum { PHRASE_MAX = 96 };

struct phrase {
  uint8_t data[PHRASE_MAX];
  size_t length;
};

// Round a payload of options.bytes, in one frame.
struct wrap {
  struct phrase before, after;
};

void dialect_setup(const struct options *options);
enum opcode dialect_opcode(void);                   // of a message that is not bare bytes
const struct wrap *dialect_event(void);             // the event "m" with the payload as its argument
struct wrap dialect_question(uint32_t id);          // the event "a", to be acknowledged
struct wrap dialect_answer(uint32_t id);            // its acknowledgement
bool dialect_splits_binary(void);                   // bytes go in a frame of their own, behind dialect_announcement()
struct phrase dialect_announcement(void);
struct phrase dialect_trigger(uint32_t first, uint32_t count);  // asks for broadcasts
struct phrase dialect_connect(void);                // the plain dialects' first message
struct phrase dialect_connected(void);              // how the answer begins

#endif
