// Broadcast: connection 0 asks the server for the next messages, and every connection must get each of them, in order, once.
// The next trigger goes out when half of the deliveries have come, so that the server has no pause and never has two triggers
// waiting: each one is a tick of its own.
#include <stdlib.h>

#include "dialect.h"
#include "fail.h"
#include "payload.h"
#include "run.h"

static uint64_t triggered, delivered;  // messages asked for; deliveries over all connections
static uint64_t *triggered_ns;         // ring over the last messages
static uint64_t chunk_ns;

enum { RING = 4096 };

static void trigger(void) {
  struct phrase order = dialect_trigger((uint32_t)triggered, run.options.burst);
  uint64_t now = now_ns();
  for (uint32_t i = 0; i < run.options.burst; i++) triggered_ns[triggered++ % RING] = now;
  connection_queue(&run.connections[0], dialect_opcode(), order.data, order.length);
  connection_flush(&run.connections[0]);
}

static bool due(void) {
  uint64_t half = (uint64_t)run.options.burst * run.options.connections / 2;
  return run_sends() && delivered + half >= triggered * run.options.connections;
}

static void on_ready(struct connection *c) { (void)c; }

static void on_frame(struct connection *c, const struct frame *frame) {
  if (c->received == triggered) fail("connection %u: a message beyond the %lu that were broadcast", c->number, triggered);
  struct frames expected = payload_broadcast(c->received);
  run_check(c, c->received, frame, &expected.frame[0]);
  if (chunk_ns == 0) chunk_ns = now_ns();
  run_completed(triggered_ns[c->received % RING], chunk_ns);
  c->received++;
  delivered++;
}

static void on_chunk(struct connection *c) {
  chunk_ns = 0;
  connection_flush(c);
  if (due()) trigger();
}

static void on_closed(struct connection *c) { (void)c; }

static void start(void) {
  triggered_ns = calloc(RING, sizeof *triggered_ns);
  if (!triggered_ns) fail("out of memory");
  trigger();
}

static uint64_t missing(void) { return triggered * run.options.connections - delivered; }
static bool settled(void) { return missing() == 0; }

const struct scenario broadcast_scenario = {
  .listener = {on_ready, on_frame, on_chunk, on_closed},
  .start = start, .settled = settled, .missing = missing,
};
