// The load generator: one thread, one epoll, N WebSocket connections. It opens them, warms up, measures a window, waits until
// everything on its way has come, and prints one JSON object. Whatever is lost, repeated or wrong ends it with status 1.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fail.h"
#include "payload.h"
#include "report.h"
#include "run.h"

enum { EVENTS = 256, AFTERMATH_MS = 30, NS_PER_MS = 1000000, SPARE_FILES = 32 };

struct run run;
static const struct scenario *scenario;
static int epoll;
static uint32_t opened;  // how many connections have been begun

void run_completed(uint64_t since_ns, uint64_t now) {
  run.checked++;
  if (run.phase != WINDOW) return;
  run.completed++;
  histogram_add(&run.latency, now - since_ns);
}

void run_check(const struct connection *c, uint32_t message, const struct frame *got, const struct frame *expected) {
  if (got->opcode == expected->opcode && got->length == expected->length &&
      memcmp(got->data, expected->data, got->length) == 0)
    return;
  fail("connection %u, message %u: lost, repeated or wrong\n  expected %s of %zu bytes: %.*s\n  got      %s of %zu bytes: %.*s",
       c->number, message, expected->opcode == OP_TEXT ? "text" : "binary", expected->length,
       (int)(expected->length > 80 ? 80 : expected->length), (const char *)expected->data,
       got->opcode == OP_TEXT ? "text" : "binary", got->length, (int)(got->length > 80 ? 80 : got->length),
       (const char *)got->data);
}

// With spin the generator never sleeps: waking a sleeper is charged to the server that writes to it, costs as much as the
// write itself, and comes and goes with the load.
static int wait_idle(struct epoll_event *events, uint64_t end_ns) {
  uint64_t began = now_ns(), now = began;
  int n = 0;
  while (n == 0 && now < end_ns) {
    uint64_t left_ms = (end_ns - now) / NS_PER_MS + 1;
    n = epoll_wait(epoll, events, EVENTS, run.options.spin ? 0 : left_ms > 1000 ? 1000 : (int)left_ms);
    now = now_ns();
  }
  if (run.phase == WINDOW) run.idle_ns += now - began;
  return n;
}

static void poll_events(uint64_t end_ns) {
  struct epoll_event events[EVENTS];
  int n = epoll_wait(epoll, events, EVENTS, 0);
  if (n == 0) n = wait_idle(events, end_ns);
  if (n < 0 && errno != EINTR) fail("epoll_wait: %s", strerror(errno));
  for (int i = 0; i < n; i++) connection_event(events[i].data.ptr, events[i].events);
}

// Serves until the time is over or `done` says so.
static void serve_until(uint64_t end_ns, bool (*done)(void)) {
  while (now_ns() < end_ns && !(done && done())) poll_events(end_ns);
}

static uint64_t in_ms(uint32_t ms) { return now_ns() + (uint64_t)ms * NS_PER_MS; }

static void raise_file_limit(void) {
  struct rlimit limit;
  rlim_t needed = run.options.connections + SPARE_FILES;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) return;
  limit.rlim_cur = needed;
  if (limit.rlim_max < needed) limit.rlim_max = needed;  // only root may
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
    fail("%u connections need %lu open files, and the limit cannot be raised to that: %s (see ulimit -n)",
         run.options.connections, (unsigned long)needed, strerror(errno));
}

static void counted_ready(struct connection *c) {
  run.ready++;
  scenario->listener.ready(c);
}

static void open_all(void) {
  while (run.ready < run.options.connections) {
    while (opened < run.options.connections && opened - run.ready < run.options.opening)
      connection_open(&run.connections[opened++]);
    poll_events(in_ms(1000));
  }
}

static bool all_counted(void) {
  return run.checked == (uint64_t)run.options.count * run.options.connections;
}

static void drain(void) {
  run.phase = DRAIN;
  serve_until(in_ms(run.options.drain_ms), scenario->settled);
  if (!scenario->settled()) fail("lost: %lu messages never came", (unsigned long)scenario->missing());
  serve_until(in_ms(AFTERMATH_MS), NULL);  // what is repeated would come now
}

static void hold(void) {
  struct epoll_event events[EVENTS];
  struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &input) != 0) fail("hold needs a pipe as standard input");
  printf("ready\n");
  fflush(stdout);
  for (;;) {
    int n = epoll_wait(epoll, events, EVENTS, -1);
    for (int i = 0; i < n; i++) {
      if (events[i].data.ptr == NULL) return;
      connection_event(events[i].data.ptr, events[i].events);
    }
  }
}

static void measure(void) {
  const struct options *o = &run.options;
  run.phase = o->count > 0 || o->warmup_ms == 0 ? WINDOW : WARMUP;
  struct mark before = mark_now(o->server);
  scenario->start();
  if (o->count > 0) {
    serve_until(in_ms(o->window_ms), all_counted);
  } else {
    if (run.phase == WARMUP) {
      serve_until(in_ms(o->warmup_ms), NULL);
      run.phase = WINDOW;
      before = mark_now(o->server);
    }
    serve_until(in_ms(o->window_ms), NULL);
  }
  struct mark after = mark_now(o->server);
  drain();
  report(&before, &after);
}

int main(int count, char **words) {
  static const struct scenario *const scenarios[] = {&echo_scenario, &broadcast_scenario, &churn_scenario, &hold_scenario};
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // never outlives the runner
  run.options = options_parse(count, words);
  alarm(run.options.deadline_s);
  raise_file_limit();
  payload_setup(&run.options);
  scenario = scenarios[run.options.scenario];
  epoll = epoll_create1(EPOLL_CLOEXEC);
  struct listener listener = scenario->listener;
  listener.ready = counted_ready;
  connection_setup(&run.options, epoll, &listener);
  run.connections = calloc(run.options.connections, sizeof *run.connections);
  if (epoll < 0 || !run.connections) fail("cannot set up: %s", strerror(errno));
  for (uint32_t i = 0; i < run.options.connections; i++) run.connections[i].number = i;
  if (!scenario->opens_itself) open_all();
  if (run.options.scenario == HOLD) hold();
  else measure();
  return 0;
}
