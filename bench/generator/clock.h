// Time, and what the operating system has charged to a process.
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>
#include <sys/types.h>

struct mark {
  uint64_t wall_ns;
  uint64_t server_cpu_ns;     // user + system of the whole server process, all threads
  uint64_t server_user_ns;    // the two below: the kernel's coarser split of it (10 ms ticks)
  uint64_t server_system_ns;
  uint64_t server_waited_ns;  // its main thread could have run, but others had the core
};

uint64_t now_ns(void);
struct mark mark_now(pid_t server);  // server 0: nobody is measured

#endif
