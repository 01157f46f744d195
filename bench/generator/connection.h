// One WebSocket connection on a non-blocking socket: opened, upgraded, for Socket.IO joined, then in the scenario's hands.
#ifndef CONNECTION_H
#define CONNECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes.h"
#include "frame.h"
#include "options.h"

enum state {
  ABSENT,
  CONNECTING,  // TCP
  UPGRADING,   // awaits the HTTP answer 101
  OPENING,     // awaits Engine.IO's open packet, 0{…}
  JOINING,     // awaits Socket.IO's CONNECT, 40{…}, or the plain dialects' connected
  READY,
  CLOSING,     // the close frame is on its way; awaits the server's, then the end of the stream
};

struct connection {
  int fd;
  uint32_t number;
  enum state state;
  bool streams;         // Server-Sent Events in place of frames
  bool wants_out;       // epoll watches for room to write
  bool close_seen;      // CLOSING: the server's close frame has come
  uint64_t opened_ns;
  struct bytes rest;    // the beginning of a frame whose end has not come
  struct bytes unsent;  // what the kernel did not take at once
  size_t unsent_at;     // and how much of that it has taken since
  // The scenario's own:
  uint32_t sent;        // messages
  uint32_t received;    // messages complete
  int part;             // frames of the message that is half here
  uint64_t *sent_ns;    // ring of `inflight`
};

// What a scenario is told.
struct listener {
  void (*ready)(struct connection *c);
  void (*frame)(struct connection *c, const struct frame *frame);  // text or binary, while READY
  void (*chunk)(struct connection *c);                             // all frames of one read have been handed over
  void (*closed)(struct connection *c);                            // after connection_close; the socket is gone
};

void connection_setup(const struct options *options, int epoll, const struct listener *listener);
void connection_open(struct connection *c);
void connection_event(struct connection *c, uint32_t events);
void connection_queue(struct connection *c, enum opcode opcode, const uint8_t *data, size_t length);
void connection_flush(struct connection *c);  // what was queued leaves in one write
void connection_close(struct connection *c);

#endif
