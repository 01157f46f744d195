// What the runner asks for: `generator scenario=echo dialect=raw port=8080 connections=100 …`, see options.c.
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdint.h>
#include <sys/types.h>

enum scenario_name { ECHO, BROADCAST, CHURN, HOLD };
enum dialect {
  RAW,
  SOCKETIO,
  PLAIN,    // the plain dialect, as JSON
  MSGPACK,  // and as MessagePack
  SSE,      // Server-Sent Events; connection 0, which asks for broadcasts, speaks PLAIN
};
enum message { TEXT, ACK, BINARY };

struct options {
  enum scenario_name scenario;
  enum dialect dialect;
  enum message message;
  uint16_t port;
  pid_t server;          // whose CPU is read; 0: nobody's
  uint32_t connections;
  uint32_t opening;      // handshakes under way at a time
  uint32_t inflight;     // echo: messages on the way per connection
  uint32_t bytes;        // payload of a message
  uint32_t burst;        // broadcast: how many the server makes for one trigger, within one tick
  uint32_t warmup_ms;
  uint32_t window_ms;
  uint32_t count;        // echo: end after so many messages a connection instead of after the window; 0: by time
  uint32_t drain_ms;     // how long what is on its way may take after the window
  uint32_t spin;         // 1: never sleep, for a core of its own
  uint32_t deadline_s;   // the whole run, whatever happens
};

struct options options_parse(int count, char **words);

#endif
