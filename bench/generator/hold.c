// Hold: connections that say nothing but the heartbeat, until standard input ends.
#include "fail.h"
#include "run.h"

static void on_ready(struct connection *c) { (void)c; }
static void on_frame(struct connection *c, const struct frame *frame) {
  fail("connection %u: %zu bytes that nobody asked for", c->number, frame->length);
}
static void on_chunk(struct connection *c) { (void)c; }
static void on_closed(struct connection *c) { (void)c; }
static void start(void) {}
static bool settled(void) { return true; }
static uint64_t missing(void) { return 0; }

const struct scenario hold_scenario = {
  .listener = {on_ready, on_frame, on_chunk, on_closed},
  .start = start, .settled = settled, .missing = missing,
};
