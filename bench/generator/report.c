#include "report.h"

#include <stdio.h>

#include "run.h"

static double seconds(uint64_t before_ns, uint64_t after_ns) { return (double)(after_ns - before_ns) / 1e9; }

void report(const struct mark *before, const struct mark *after) {
  printf("{\"completed\":%lu,\"checked\":%lu,\"seconds\":%.6f,", (unsigned long)run.completed, (unsigned long)run.checked,
         seconds(before->wall_ns, after->wall_ns));
  printf("\"server\":{\"cpu\":%.6f,\"user\":%.2f,\"system\":%.2f,\"waited\":%.6f},",
         seconds(before->server_cpu_ns, after->server_cpu_ns), seconds(before->server_user_ns, after->server_user_ns),
         seconds(before->server_system_ns, after->server_system_ns),
         seconds(before->server_waited_ns, after->server_waited_ns));
  printf("\"generator\":{\"idle\":%.6f},", (double)run.idle_ns / 1e9);
  printf("\"latencyUs\":{\"p50\":%.2f,\"p99\":%.2f,\"max\":%.2f}}\n", histogram_quantile_us(&run.latency, 0.5),
         histogram_quantile_us(&run.latency, 0.99), (double)run.latency.max_ns / 1000.0);
}
