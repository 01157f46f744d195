// What the scenarios share: the options, the connections, the phase, what was counted.
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>

#include "clock.h"
#include "connection.h"
#include "histogram.h"

enum phase {
  OPEN,    // connections are being made
  WARMUP,
  WINDOW,  // what happens here is counted
  DRAIN,   // nothing new is sent; what is on its way must come
};

struct run {
  struct options options;
  struct connection *connections;
  enum phase phase;
  uint32_t ready;             // connections
  uint64_t completed;         // messages, deliveries or connections, inside the window
  uint64_t checked;           // the same over the whole run
  struct histogram latency;   // inside the window
  uint64_t idle_ns;           // time in the window without anything to do
};

extern struct run run;

struct scenario {
  struct listener listener;
  bool opens_itself;             // else all connections are made before start()
  void (*start)(void);
  bool (*settled)(void);         // nothing is on its way any more
  uint64_t (*missing)(void);     // how much is, for the message when it never comes
};

extern const struct scenario echo_scenario, broadcast_scenario, churn_scenario, hold_scenario;

// New messages may go out: not while connections are still being made, nor at the end.
static inline bool run_sends(void) { return run.phase == WARMUP || run.phase == WINDOW; }

// One message is complete and right.
void run_completed(uint64_t since_ns, uint64_t now);

// Ends the run unless `got` is, byte for byte, `expected`.
void run_check(const struct connection *c, uint32_t message, const struct frame *got, const struct frame *expected);

#endif
