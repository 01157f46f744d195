#define _GNU_SOURCE
#include "handshake.h"

#include <stdio.h>
#include <string.h>

#include "dialect.h"
#include "fail.h"

// The key and its answer from RFC 6455, section 1.3.
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

static size_t stream_request(char *to, size_t room, const struct options *options) {
  // As browsers ask. The sizes of chunks stand between events, and are no fields.
  return (size_t)snprintf(to, room, "GET /hawser/sse?room=room HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n", options->port);
}

size_t handshake_request(char *to, size_t room, const struct connection *c, const struct options *options) {
  if (c->streams) return stream_request(to, room, options);
  static const char *const paths[] = {
    [RAW] = "/", [SOCKETIO] = "/socket.io/?EIO=4&transport=websocket", [PLAIN] = "/hawser/ws", [MSGPACK] = "/hawser/ws",
    [SSE] = "/hawser/ws"};
  const char *protocol = options->dialect == MSGPACK ? "Sec-WebSocket-Protocol: hawser.v1.msgpack\r\n" : "";
  int length = snprintf(to, room,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        "Sec-WebSocket-Key: " KEY "\r\nSec-WebSocket-Version: 13\r\n%s\r\n",
                        paths[options->dialect], options->port, protocol);
  return (size_t)length;
}

size_t handshake_answer(struct connection *c, const uint8_t *data, size_t length, const struct options *options) {
  const char *end = memmem(data, length, "\r\n\r\n", 4);
  if (!end) {
    if (length > 8192) fail("the answer to the upgrade of connection %u has no end", c->number);
    return 0;
  }
  size_t size = (size_t)(end - (const char *)data) + 4;
  if (c->streams) {
    if (length < 12 || memcmp(data + 8, " 200", 4) != 0 || !memmem(data, size, "text/event-stream", 17))
      fail("the stream of connection %u was answered with:\n%.*s", c->number, (int)length, (const char *)data);
    c->state = JOINING;
    return size;
  }
  if (length < 12 || memcmp(data, "HTTP/1.1 101", 12) != 0 || !memmem(data, size, ACCEPT, sizeof ACCEPT - 1))
    fail("the upgrade of connection %u was answered with:\n%.*s", c->number, (int)size, (const char *)data);
  c->state = options->dialect == RAW ? READY : options->dialect == SOCKETIO ? OPENING : JOINING;
  if (c->state == JOINING) {
    struct phrase connect = dialect_connect();
    connection_queue(c, dialect_opcode(), connect.data, connect.length);
  }
  return size;
}

static int starts_with(const struct frame *frame, const char *text) {
  size_t length = strlen(text);
  return frame->opcode == OP_TEXT && frame->length >= length && memcmp(frame->data, text, length) == 0;
}

static void plain_frame(struct connection *c, const struct frame *frame) {
  struct phrase start = dialect_connected();
  if (frame->opcode != dialect_opcode() || frame->length < start.length || memcmp(frame->data, start.data, start.length) != 0)
    fail("connection %u, awaiting connected: unexpected \"%.*s\"", c->number,
         (int)(frame->length > 100 ? 100 : frame->length), (const char *)frame->data);
  c->state = READY;
}

void handshake_frame(struct connection *c, const struct frame *frame, const struct options *options) {
  if (options->dialect != SOCKETIO) {
    plain_frame(c, frame);
    return;
  }
  if (c->state == OPENING && starts_with(frame, "0{")) {
    connection_queue(c, OP_TEXT, (const uint8_t *)"40", 2);
    c->state = JOINING;
  } else if (c->state == JOINING && starts_with(frame, "40{")) {
    c->state = READY;
  } else {
    fail("connection %u, %s: unexpected \"%.*s\"", c->number, c->state == OPENING ? "awaiting 0{…}" : "awaiting 40{…}",
         (int)(frame->length > 100 ? 100 : frame->length), (const char *)frame->data);
  }
}
