// The ways in: the HTTP upgrade, then for Socket.IO the Engine.IO open packet and CONNECT to the main namespace, for the
// plain dialects connect.
#ifndef HANDSHAKE_H
#define HANDSHAKE_H

#include "connection.h"

size_t handshake_request(char *to, size_t room, const struct connection *c, const struct options *options);
// Returns how much of `data` the answer takes, 0 when it is not all there yet. Moves the connection's state on.
size_t handshake_answer(struct connection *c, const uint8_t *data, size_t length, const struct options *options);
void handshake_frame(struct connection *c, const struct frame *frame, const struct options *options);

#endif
