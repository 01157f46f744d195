#define _GNU_SOURCE
#include "connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "fail.h"
#include "handshake.h"
#include "stream.h"

// A source address has 28,000 ports, and a closed connection keeps its own for a while.
enum { OPENS_PER_ADDRESS = 10000, ADDRESSES = 64, READ_BYTES = 1 << 18, BATCH_BYTES = 1 << 18 };

static struct options options;
static const struct listener *listener;
static int epoll;
static struct bytes chunk;         // the read under way, of a connection that has no rest
static struct bytes batch;         // frames queued, not yet written
static struct connection *batched;  // whose they are

void connection_setup(const struct options *given, int epoll_fd, const struct listener *given_listener) {
  options = *given;
  epoll = epoll_fd;
  listener = given_listener;
}

static void watch(struct connection *c, int operation, bool out) {
  struct epoll_event event = {.events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = c};
  if (epoll_ctl(epoll, operation, c->fd, &event) != 0) fail("epoll_ctl: %s", strerror(errno));
  c->wants_out = out;
}

static void bind_source(int fd) {
  static uint32_t opens;
  int on = 1;
  struct sockaddr_in source = {.sin_family = AF_INET};
  source.sin_addr.s_addr = htonl(INADDR_LOOPBACK + opens++ / OPENS_PER_ADDRESS % ADDRESSES);
  // The port is chosen at connect(), so that all pairs of addresses count and not only all ports.
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&source, sizeof source) != 0) fail("bind: %s", strerror(errno));
}

void connection_open(struct connection *c) {
  struct sockaddr_in target = {.sin_family = AF_INET, .sin_port = htons(options.port)};
  target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int on = 1;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (c->fd < 0) fail("socket: %s (connection %u)", strerror(errno), c->number);
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  bind_source(c->fd);
  c->streams = options.dialect == SSE && c->number > 0;
  c->opened_ns = now_ns();
  c->state = CONNECTING;
  c->close_seen = false;
  if (connect(c->fd, (struct sockaddr *)&target, sizeof target) != 0 && errno != EINPROGRESS)
    fail("connect: %s", strerror(errno));
  watch(c, EPOLL_CTL_ADD, true);
}

static void write_out(struct connection *c, const uint8_t *data, size_t length) {
  size_t taken = 0;
  if (c->unsent.length == 0) {
    ssize_t n = send(c->fd, data, length, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) fail("send: %s (connection %u)", strerror(errno), c->number);
    if (n > 0) taken = (size_t)n;
  }
  if (taken == length) return;
  bytes_append(&c->unsent, data + taken, length - taken);
  if (!c->wants_out) watch(c, EPOLL_CTL_MOD, true);
}

void connection_flush(struct connection *c) {
  if (batch.length == 0) return;
  if (batched != c) fail("frames of connection %u were left unflushed", batched->number);
  write_out(c, batch.data, batch.length);
  batch.length = 0;
}

void connection_queue(struct connection *c, enum opcode opcode, const uint8_t *data, size_t length) {
  if (batch.length > BATCH_BYTES) connection_flush(c);
  if (batch.length > 0 && batched != c) fail("frames of connection %u were left unflushed", batched->number);
  batched = c;
  batch.length += frame_write(bytes_reserve(&batch, length + FRAME_HEADER_MAX), opcode, data, length);
}

static void drain_unsent(struct connection *c) {
  if (c->unsent.length > 0) {
    ssize_t n = send(c->fd, c->unsent.data + c->unsent_at, c->unsent.length - c->unsent_at, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) fail("send: %s (connection %u)", strerror(errno), c->number);
    if (n > 0) c->unsent_at += (size_t)n;
  }
  if (c->unsent_at < c->unsent.length) return;
  bytes_release(&c->unsent);
  c->unsent_at = 0;
  watch(c, EPOLL_CTL_MOD, false);
}

static void on_connected(struct connection *c) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error) fail("connect: %s (connection %u)", strerror(error), c->number);
  watch(c, EPOLL_CTL_MOD, false);
  c->state = UPGRADING;
  char request[512];
  size_t length = handshake_request(request, sizeof request, c, &options);
  write_out(c, (const uint8_t *)request, length);
}

void connection_close(struct connection *c) {
  static const uint8_t normal[] = {1000 >> 8, 1000 & 255};
  // What the official client does in disconnect(): leave the namespace, then close the WebSocket.
  if (options.dialect == SOCKETIO) connection_queue(c, OP_TEXT, (const uint8_t *)"41", 2);
  connection_queue(c, OP_CLOSE, normal, sizeof normal);
  connection_flush(c);
  c->state = CLOSING;
}

static void on_end(struct connection *c, const char *how) {
  if (c->state != CLOSING || !c->close_seen)
    fail("the server ended connection %u (%s) %s", c->number, how,
         c->state == READY ? "after its handshake" : c->state == CLOSING ? "without a close frame" : "during its handshake");
  close(c->fd);
  bytes_release(&c->rest);
  bytes_release(&c->unsent);
  c->unsent_at = 0;
  c->state = ABSENT;
  listener->closed(c);
}

static void on_close_frame(struct connection *c, const struct frame *frame) {
  unsigned code = frame->length < 2 ? 1005 : (unsigned)frame->data[0] << 8 | frame->data[1];
  if (c->state != CLOSING) fail("the server closed connection %u with code %u", c->number, code);
  if (code != 1000 && code != 1005) fail("the server answered close 1000 with %u (connection %u)", code, c->number);
  c->close_seen = true;
}

static void on_frame(struct connection *c, const struct frame *frame) {
  switch (frame->opcode) {
    case OP_CLOSE: on_close_frame(c, frame); return;
    case OP_PING: connection_queue(c, OP_PONG, frame->data, frame->length); return;
    case OP_PONG: return;
    case OP_TEXT:
    case OP_BINARY: break;
    default: fail("opcode %d from the server (connection %u)", frame->opcode, c->number);
  }
  if (c->state == CLOSING) return;
  bool enginePing = options.dialect == SOCKETIO && frame->opcode == OP_TEXT && frame->length == 1 && frame->data[0] == '2';
  if (enginePing) {
    connection_queue(c, OP_TEXT, (const uint8_t *)"3", 1);
  } else if (c->state == READY) {
    listener->frame(c, frame);
  } else {
    handshake_frame(c, frame, &options);
    if (c->state == READY) listener->ready(c);
  }
}

// Returns how much of `data` was used.
static size_t consume(struct connection *c, const uint8_t *data, size_t length) {
  size_t at = 0, size;
  struct frame frame;
  if (c->state == UPGRADING) {
    at = handshake_answer(c, data, length, &options);
    if (at == 0) return 0;
    if (c->state == READY) listener->ready(c);
  }
  size_t (*read)(const uint8_t *, size_t, struct frame *) = c->streams ? stream_read : frame_read;
  while ((size = read(data + at, length - at, &frame)) > 0) {
    // What has no data says nothing: a heartbeat, a pause between attempts.
    if (!c->streams || frame.length > 0) on_frame(c, &frame);
    at += size;
  }
  return at;
}

// Keeps what of a read is not yet a whole frame.
static void keep(struct connection *c, struct bytes *read, size_t used) {
  size_t left = read->length - used;
  if (read != &c->rest) {
    if (left > 0) bytes_append(&c->rest, read->data + used, left);
    return;
  }
  if (used > 0) memmove(read->data, read->data + used, left);
  read->length = left;
}

static void read_in(struct connection *c) {
  // A frame that is half here is read on where it lies, so that a large one is not copied with every read.
  struct bytes *read = c->rest.length > 0 ? &c->rest : &chunk;
  chunk.length = 0;
  uint8_t *to = bytes_reserve(read, READ_BYTES);
  ssize_t n = recv(c->fd, to, READ_BYTES, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) {
    on_end(c, n == 0 ? "end of stream" : strerror(errno));
    return;
  }
  read->length += (size_t)n;
  keep(c, read, consume(c, read->data, read->length));
  if (c->state == READY) listener->chunk(c);
  connection_flush(c);
}

void connection_event(struct connection *c, uint32_t events) {
  if (c->state == CONNECTING) {
    if (events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) on_connected(c);
    return;
  }
  if (events & EPOLLOUT) drain_unsent(c);
  if (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) read_in(c);
}
