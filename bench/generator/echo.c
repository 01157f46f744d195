// Echo and acknowledgement: each connection keeps `inflight` messages on the way, and each reply must be the next one, byte for byte.
#include <stdlib.h>

#include "fail.h"
#include "payload.h"
#include "run.h"

static uint64_t chunk_ns;  // when the chunk under way was read; 0: not looked yet

static bool may_send(const struct connection *c) {
  const struct options *o = &run.options;
  if (!run_sends() || c->sent - c->received >= o->inflight) return false;
  return o->count == 0 || c->sent < o->count;
}

static void send_due(struct connection *c) {
  uint64_t now = 0;
  while (may_send(c)) {
    struct frames message = payload_request(c->number, c->sent);
    for (int i = 0; i < message.count; i++)
      connection_queue(c, message.frame[i].opcode, message.frame[i].data, message.frame[i].length);
    if (now == 0) now = now_ns();
    c->sent_ns[c->sent % run.options.inflight] = now;
    c->sent++;
  }
}

static void on_ready(struct connection *c) {
  c->sent_ns = calloc(run.options.inflight, sizeof *c->sent_ns);
  if (!c->sent_ns) fail("out of memory");
}

static void on_frame(struct connection *c, const struct frame *frame) {
  if (c->received == c->sent) fail("connection %u: a message beyond the %u that were sent", c->number, c->sent);
  struct frames expected = payload_reply(c->number, c->received);
  run_check(c, c->received, frame, &expected.frame[c->part]);
  if (++c->part < expected.count) return;
  c->part = 0;
  if (chunk_ns == 0) chunk_ns = now_ns();
  run_completed(c->sent_ns[c->received % run.options.inflight], chunk_ns);
  c->received++;
}

static void on_chunk(struct connection *c) {
  chunk_ns = 0;
  send_due(c);
}

static void on_closed(struct connection *c) { (void)c; }

static void start(void) {
  for (uint32_t i = 0; i < run.options.connections; i++) {
    send_due(&run.connections[i]);
    connection_flush(&run.connections[i]);
  }
}

static uint64_t missing(void) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < run.options.connections; i++) sum += run.connections[i].sent - run.connections[i].received;
  return sum;
}

static bool settled(void) { return missing() == 0; }

const struct scenario echo_scenario = {
  .listener = {on_ready, on_frame, on_chunk, on_closed},
  .start = start, .settled = settled, .missing = missing,
};
