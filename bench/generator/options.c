#include "options.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "payload.h"

static int one_of(const char *key, const char *value, const char *const *names) {
  for (int i = 0; names[i]; i++)
    if (strcmp(value, names[i]) == 0) return i;
  fail("%s: \"%s\" is not known", key, value);
}

static uint32_t number(const char *key, const char *value, uint32_t min, uint32_t max) {
  char *end;
  errno = 0;
  unsigned long n = strtoul(value, &end, 10);
  if (errno || *end || end == value || n < min || n > max)
    fail("%s: expected a number from %u to %u, got \"%s\"", key, min, max, value);
  return (uint32_t)n;
}

static bool is(const char *key, const char *name) { return strcmp(key, name) == 0; }

static void set(struct options *o, const char *key, const char *value) {
  static const char *const scenarios[] = {"echo", "broadcast", "churn", "hold", NULL};
  static const char *const dialects[] = {"raw", "socketio", "plain", "msgpack", "sse", NULL};
  static const char *const messages[] = {"text", "ack", "binary", NULL};
  if (is(key, "scenario")) o->scenario = (enum scenario_name)one_of(key, value, scenarios);
  else if (is(key, "dialect")) o->dialect = (enum dialect)one_of(key, value, dialects);
  else if (is(key, "message")) o->message = (enum message)one_of(key, value, messages);
  else if (is(key, "port")) o->port = (uint16_t)number(key, value, 1, 65535);
  else if (is(key, "server")) o->server = (pid_t)number(key, value, 0, 1u << 30);
  else if (is(key, "connections")) o->connections = number(key, value, 1, 1000000);
  else if (is(key, "opening")) o->opening = number(key, value, 1, 4096);
  else if (is(key, "inflight")) o->inflight = number(key, value, 1, 1024);
  else if (is(key, "bytes")) o->bytes = number(key, value, 16, PAYLOAD_BYTES_MAX);
  else if (is(key, "burst")) o->burst = number(key, value, 1, 1000);
  else if (is(key, "warmup")) o->warmup_ms = number(key, value, 0, 600000);
  else if (is(key, "window")) o->window_ms = number(key, value, 1, 600000);
  else if (is(key, "count")) o->count = number(key, value, 0, 1u << 30);
  else if (is(key, "drain")) o->drain_ms = number(key, value, 1, 600000);
  else if (is(key, "spin")) o->spin = number(key, value, 0, 1);
  else if (is(key, "deadline")) o->deadline_s = number(key, value, 1, 3600);
  else fail("unknown option \"%s\"", key);
}

struct options options_parse(int count, char **words) {
  struct options o = {
    .connections = 1, .opening = 100, .inflight = 1, .bytes = 32, .burst = 1,
    .warmup_ms = 500, .window_ms = 1000, .drain_ms = 10000, .deadline_s = 120,
  };
  for (int i = 1; i < count; i++) {
    char *equals = strchr(words[i], '=');
    if (!equals) fail("expected key=value, got \"%s\"", words[i]);
    *equals = 0;
    set(&o, words[i], equals + 1);
  }
  if (o.port == 0) fail("port is missing");
  if (o.message == ACK && o.dialect == RAW) fail("raw WebSocket has no acknowledgements");
  if (o.dialect == SSE && o.scenario != BROADCAST && o.scenario != HOLD) fail("streams only listen");
  return o;
}
