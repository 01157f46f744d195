// A pseudo device: the plain dialect in C without any library, as on a microcontroller. Fixed buffers, its own
// handshake and masks, the smallest JSON. Standard input and output stand for a sensor and a display.
//     cc -O2 -o device device.c && ./device ws://127.0.0.1:3000/hawser/ws TOKEN ROOM NAME
#include <netdb.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MESSAGE = 2048, LINE = 256, LINES = 32, SILENCE_MS = 60000, WAIT_MS = 100, WAIT_MAX_MS = 10000 };

static const char *token, *room, *name;
static char host[64], port[8], path[128];
static int line = -1, online;               // the TCP connection; the server has said "connected"
static int wait_ms = WAIT_MS, retry_ms;     // until the next attempt; what the server says to that (-1: never)
static char session[128], position[128];    // how we come back
static char outbox[LINES][LINE];            // a ring: what the server has not settled yet; the first is under way
static int first, waiting, settled, again;  // again: the first may have been sent before
static char in[MESSAGE + 1];

static int put(const void *bytes, size_t size) { return send(line, bytes, size, MSG_NOSIGNAL) == (ssize_t)size; }

static int take(void *bytes, size_t size) {  // nothing for a minute: the line is dead, since the server pings
    struct pollfd readable = {.fd = line, .events = POLLIN};
    for (size_t got = 0; got < size;) {
        ssize_t more = poll(&readable, 1, SILENCE_MS) == 1 ? recv(line, (char *)bytes + got, size - got, 0) : 0;
        if (more <= 0) return 0;
        got += more;
    }
    return 1;
}

static int put_frame(int opcode, const char *bytes, size_t size) {
    unsigned char frame[8 + MESSAGE] = {0x80 | opcode, 0x80 | (size < 126 ? size : 126)}, *mask = frame + 2;
    if (size >= 126) *mask++ = size >> 8, *mask++ = size;
    if (getrandom(mask, 4, 0) != 4) return 0;  // a client masks what it sends (RFC 6455, 5.3)
    for (size_t at = 0; at < size; at++) mask[4 + at] = bytes[at] ^ mask[at % 4];
    return put(frame, mask + 4 + size - frame);
}

__attribute__((format(printf, 1, 2))) static int say(const char *format, ...) {
    char json[MESSAGE];
    va_list values;
    va_start(values, format);
    int size = vsnprintf(json, sizeof json, format, values);
    va_end(values);
    return size < MESSAGE && put_frame(1, json, size);
}

// Where the value of a key of this object begins, or NULL. The server writes no spaces.
static const char *value(const char *json, const char *key) {
    int depth = 0;
    for (const char *at = json; *at; at++) {
        if (*at == '{' || *at == '[') depth++;
        if ((*at == '}' || *at == ']') && --depth == 0) return NULL;
        if (*at != '"') continue;
        const char *begin = ++at;
        while (*at && *at != '"') at += *at == '\\' && at[1] ? 2 : 1;
        if (!*at) return NULL;
        size_t size = at - begin;
        if (depth == 1 && at[1] == ':' && size == strlen(key) && !memcmp(begin, key, size)) return at + 2;
    }
    return NULL;
}

// Copies a string as it stands, with its escapes: so it can be sent on. Gives what follows it.
static const char *string(const char *at, char *to, size_t size) {
    size_t got = 0;
    if (!at || *at++ != '"') return NULL;
    while (*at && *at != '"') {
        size_t more = *at == '\\' && at[1] ? 2 : 1;
        if (got + more < size) memcpy(to + got, at, more), got += more;
        at += more;
    }
    to[got] = 0;
    return *at ? at + 1 : NULL;
}

static void send_first(void) {
    if (online && waiting)
        say("{\"event\":\"say\",\"data\":[\"%s\",\"%s\"],\"durable\":%d%s}", room, outbox[first], settled + 1,
            again ? ",\"again\":true" : "");
}

static void push(const char *escaped) {
    snprintf(outbox[(first + waiting) % LINES], LINE, "%s", escaped);
    if (++waiting == 1) send_first();
}

static void entered(const char *about) {
    const char *recovered = value(about, "recovered");
    online = 1, wait_ms = WAIT_MS, again = recovered && *recovered == 't';
    string(value(about, "session"), session, sizeof session);
    if (!again) {  // else our rooms are as they were, and what we missed comes next
        string(value(about, "position"), position, sizeof position), settled = 0;
        say("{\"event\":\"hello\",\"data\":[\"%s\"],\"id\":1}", name);
        say("{\"subscribe\":[\"%s\"]}", room);
    }
    send_first();
}

static void hear(void) {
    const char *at, *data = value(in, "data");
    char mark[sizeof position], from[LINE], words[LINE];
    if (string(value(in, "position"), mark, sizeof mark)) {
        if (!strcmp(mark, position)) return;  // heard before
        strcpy(position, mark);
    }
    puts(in), fflush(stdout);
    if (!(at = value(in, "connected")) && !online) exit(1);  // "error": not let in
    if (at) entered(at);
    else if (value(in, "event")) {
        if ((at = value(in, "id"))) say("{\"ack\":%d,\"data\":[\"%s\"]}", atoi(at), name);
        if (data && (at = string(data + 1, from, sizeof from)) && *at == ',' && string(at + 1, words, sizeof words) &&
            !strcmp(words, "ping-from-browser") && waiting < LINES) {
            snprintf(words, sizeof words, "%s heard it", name);
            push(words);
        }
    } else if ((at = value(in, "durable")) && atoi(at) == settled + 1) {
        again = (at = value(in, "retry")) != NULL;
        if (at) usleep(atoi(at) * 1000);                         // not now
        else first = (first + 1) % LINES, waiting--, settled++;  // accepted, or refused for good
        send_first();
    }
}

static int hear_frame(void) {
    unsigned char head[2], rest[8];
    if (!take(head, 2)) return 0;
    unsigned long long size = head[1] & 127, bytes = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (!take(rest, bytes)) return 0;
    for (unsigned at = 0; at < bytes; at++) size = (at ? size << 8 : 0) | rest[at];
    for (; size > MESSAGE; size--)
        if (!take(in, 1)) return 0;  // longer than we can hold: its beginning is passed over, and it is no JSON then
    if (!take(in, size)) return 0;
    in[size] = 0;
    if (head[0] == 0x81) hear();
    if (head[0] == 0x89) return put_frame(10, in, size);  // ping: pong
    if (head[0] != 0x88) return 1;
    const char *told = size > 2 ? value(in + 2, "retry") : NULL;  // {"code":"SLOW","retry":1000}
    if (told) retry_ms = *told == 'f' ? -1 : atoi(told);
    return 0;
}

static int dial(void) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    if (getaddrinfo(host, port, &hints, &found)) return 0;
    line = socket(found->ai_family, found->ai_socktype, 0);
    int failed = connect(line, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    // The key may be the same each time: it keeps caches from answering, it proves nothing.
    char request[1024], status[12], c;
    int size = snprintf(request, sizeof request,
        "GET %s HTTP/1.1\r\nHost: %s:%s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: aGF3c2VyLXRoZS1kZXYtaQ==\r\nSec-WebSocket-Protocol: hawser.v1.json\r\n"
        "Authorization: Bearer %s\r\n\r\n", path, host, port, token);
    if (failed || !put(request, size) || !take(status, sizeof status) || memcmp(status + 9, "101", 3)) return 0;
    for (int same = 0; same < 4; same = c == "\r\n\r\n"[same] ? same + 1 : c == '\r')  // the rest of the answer's head
        if (!take(&c, 1)) return 0;
    return !session[0] ? say("{\"connect\":{\"session\":true}}") :
        say("{\"recover\":{\"session\":\"%s\",\"position\":\"%s\"}}", session, position);
}

// One line of standard input, escaped for JSON. False at its end.
static int typed(void) {
    char c, escaped[LINE - 2];
    for (size_t got = 0; read(0, &c, 1) == 1;) {
        escaped[got] = 0;
        if (c == '\n') return push(escaped), 1;
        if (got + 3 > sizeof escaped || (unsigned char)c < ' ') continue;
        if (c == '"' || c == '\\') escaped[got++] = '\\';
        escaped[got++] = c;
    }
    return 0;
}

int main(int count, char **given) {
    if (count != 5 || sscanf(given[1], "ws://%63[^:/]:%7[0-9]%127s", host, port, path) != 3) return 2;
    token = given[2], room = given[3], name = given[4];
    srand(getpid());
    for (int open = 1;; close(line)) {
        retry_ms = online = 0;
        int alive = dial();
        while (alive && (open || waiting)) {  // the keyboard is looked at only while there is room for what is typed
            struct pollfd both[] = {{line, POLLIN, 0}, {online && open && waiting < LINES / 2 ? 0 : -1, POLLIN, 0}};
            alive = poll(both, 2, SILENCE_MS) > 0 && (!both[0].revents || hear_frame());
            if (both[1].revents) open = typed();
        }
        if (alive) return !say("{\"disconnect\":{}}");
        if (retry_ms < 0) return 1;
        int pause_ms = wait_ms / 2 + rand() % wait_ms;
        usleep(1000 * (retry_ms > pause_ms ? retry_ms : pause_ms));
        wait_ms = wait_ms * 2 < WAIT_MAX_MS ? wait_ms * 2 : WAIT_MAX_MS;
    }
}
