#include "clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fail.h"

static uint64_t read_clock(clockid_t clock) {
  struct timespec t;
  if (clock_gettime(clock, &t) != 0) fail("cannot read the CPU clock of the server (has it ended?)");
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t now_ns(void) { return read_clock(CLOCK_MONOTONIC); }

static void read_split(pid_t pid, struct mark *mark) {
  char path[64], line[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  FILE *file = fopen(path, "r");
  if (!file) fail("cannot read %s", path);
  const char *end = fgets(line, sizeof line, file) ? strrchr(line, ')') : NULL;
  fclose(file);
  unsigned long user = 0, system = 0;
  // After the name in brackets: state, then 10 numbers, then utime and stime.
  if (!end || sscanf(end + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
    fail("cannot understand %s", path);
  uint64_t tick_ns = 1000000000u / (uint64_t)sysconf(_SC_CLK_TCK);
  mark->server_user_ns = user * tick_ns;
  mark->server_system_ns = system * tick_ns;
}

// The second number of schedstat: time spent runnable on a run queue. 0 where the kernel does not count it.
static uint64_t read_waited(pid_t pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/schedstat", (int)pid);
  FILE *file = fopen(path, "r");
  if (!file) return 0;
  unsigned long long waited = 0;
  if (fscanf(file, "%*u %llu", &waited) != 1) waited = 0;
  fclose(file);
  return waited;
}

struct mark mark_now(pid_t server) {
  struct mark mark = {0};
  if (server > 0) {
    clockid_t clock;
    if (clock_getcpuclockid(server, &clock) != 0) fail("no CPU clock for the server, pid %d", (int)server);
    mark.server_cpu_ns = read_clock(clock);
    mark.server_waited_ns = read_waited(server);
    read_split(server, &mark);
  }
  mark.wall_ns = now_ns();
  return mark;
}
