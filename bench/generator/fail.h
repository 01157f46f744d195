// The one way out when something is lost, wrong or impossible: say it and end with status 1.
#ifndef FAIL_H
#define FAIL_H

__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format, ...);

#endif
