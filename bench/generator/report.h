// The JSON that the runner reads.
#ifndef REPORT_H
#define REPORT_H

#include "clock.h"

void report(const struct mark *before, const struct mark *after);

#endif
