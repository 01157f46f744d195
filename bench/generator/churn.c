// Churn: each connection is made up to its last handshake, closed by the close handshake, and made again.
#include "run.h"

static uint32_t open_now;

static void open_next(struct connection *c) {
  open_now++;
  connection_open(c);
}

static void on_ready(struct connection *c) { connection_close(c); }
static void on_frame(struct connection *c, const struct frame *frame) { (void)c, (void)frame; }
static void on_chunk(struct connection *c) { (void)c; }

static void on_closed(struct connection *c) {
  open_now--;
  run_completed(c->opened_ns, now_ns());
  if (run_sends()) open_next(c);
}

static void start(void) {
  for (uint32_t i = 0; i < run.options.connections; i++) open_next(&run.connections[i]);
}

static uint64_t missing(void) { return open_now; }
static bool settled(void) { return open_now == 0; }

const struct scenario churn_scenario = {
  .listener = {on_ready, on_frame, on_chunk, on_closed},
  .opens_itself = true, .start = start, .settled = settled, .missing = missing,
};
