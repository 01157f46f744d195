// A chat in the terminal: C, with libwebsockets and cJSON.
//
//     cc -o chat chat.c -lwebsockets -lcjson && ./chat ws://127.0.0.1:3000/hawser/ws TOKEN ROOM NAME
//
// A line that is typed goes to the room; what is heard is printed, one JSON object a line. When the connection breaks it
// comes back with its session and its position: nothing is lost, nothing comes twice.
#include <cjson/cJSON.h>
#include <libwebsockets.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 4096 };

struct item {  // of a queue
    struct item *next;
    size_t size;
    char text[];  // after LWS_PRE bytes that the library needs in front
};

struct queue {
    struct item *first, **end;
};

static const char *token, *room, *name;
static char host[256], path[256];
static int port;
static struct lws_context *context;
static struct lws *line;            // the WebSocket
static bool online;                 // the server has said "connected"
static struct queue unsent;         // messages on their way into the WebSocket
static struct queue outbox;         // lines that the server has not settled yet; the first is under way
static long settled;                // how many lines it has settled in this session
static bool again;                  // the first line may have been sent before
static bool ended;                  // nothing more will be typed
static char *session, *position;    // what the server knows us by; up to here we have heard everything
static lws_sorted_usec_list_t timer, later;
static uint16_t attempts;
static long told_ms;                // what the server says about coming back: -1 never
static int interrupted;

// The pauses between attempts, and how long silence may be, since the server pings more often than that.
static const uint32_t pauses_ms[] = {100, 200, 400, 800, 1600, 3200, 6400, 10000};
static const lws_retry_bo_t policy = {
    .retry_ms_table = pauses_ms,
    .retry_ms_table_count = LWS_ARRAY_SIZE(pauses_ms),
    .conceal_count = UINT16_MAX,
    .secs_since_valid_ping = 45,
    .secs_since_valid_hangup = 60,
    .jitter_percent = 50,
};

static void push(struct queue *queue, const char *text) {
    size_t size = strlen(text);
    struct item *item = malloc(sizeof *item + LWS_PRE + size + 1);
    if (!item) abort();
    memcpy(item->text + LWS_PRE, text, size + 1);
    item->size = size;
    item->next = NULL;
    if (!queue->first) queue->end = &queue->first;
    *queue->end = item;
    queue->end = &item->next;
}

static void shift(struct queue *queue) {
    struct item *item = queue->first;
    queue->first = item->next;
    free(item);
}

static void keep(char **slot, const cJSON *value) {
    free(*slot);
    *slot = cJSON_IsString(value) ? strdup(value->valuestring) : NULL;
}

// Sends a message that is made for it, and frees it.
static void say(cJSON *message) {
    char *text = cJSON_PrintUnformatted(message);
    push(&unsent, text);
    free(text);
    cJSON_Delete(message);
    lws_callback_on_writable(line);
}

static cJSON *strings(const char *first, const char *second) {
    const char *both[] = {first, second};
    return cJSON_CreateStringArray(both, second ? 2 : 1);
}

// Sends the oldest line. It stays in the outbox until the server has settled it.
static void send_first(void) {
    if (!online) return;
    cJSON *message = cJSON_CreateObject();
    if (outbox.first) {
        cJSON_AddStringToObject(message, "event", "say");
        cJSON_AddItemToObject(message, "data", strings(room, outbox.first->text + LWS_PRE));
        cJSON_AddNumberToObject(message, "durable", settled + 1);
        if (again) cJSON_AddTrueToObject(message, "again");
        say(message);
    } else if (ended) {
        cJSON_AddObjectToObject(message, "disconnect");
        say(message);
    } else {
        cJSON_Delete(message);
    }
}

static void send_later(lws_sorted_usec_list_t *unused) {
    (void)unused;
    send_first();
}

static void add(const char *words) {
    bool idle = !outbox.first;
    push(&outbox, words);
    if (idle) send_first();
}

static void enter(void) {
    cJSON *message = cJSON_CreateObject();
    if (session) {
        cJSON *recover = cJSON_AddObjectToObject(message, "recover");
        cJSON_AddStringToObject(recover, "session", session);
        if (position) cJSON_AddStringToObject(recover, "position", position);
    } else {
        cJSON_AddTrueToObject(cJSON_AddObjectToObject(message, "connect"), "session");
    }
    say(message);
}

static void connected(const cJSON *about) {
    online = true;
    attempts = 0;
    keep(&session, cJSON_GetObjectItem(about, "session"));
    again = cJSON_IsTrue(cJSON_GetObjectItem(about, "recovered"));
    if (!again) {  // else our rooms are as they were, and what we missed comes next
        keep(&position, cJSON_GetObjectItem(about, "position"));
        settled = 0;
        cJSON *hello = cJSON_CreateObject(), *subscribe = cJSON_CreateObject();
        cJSON_AddStringToObject(hello, "event", "hello");
        cJSON_AddItemToObject(hello, "data", strings(name, NULL));
        cJSON_AddNumberToObject(hello, "id", 1);
        say(hello);
        cJSON_AddItemToObject(subscribe, "subscribe", strings(room, NULL));
        say(subscribe);
    }
    send_first();
}

static void event(const cJSON *message) {
    const cJSON *id = cJSON_GetObjectItem(message, "id");
    if (id) {  // the server wants an answer
        cJSON *ack = cJSON_CreateObject();
        cJSON_AddNumberToObject(ack, "ack", id->valuedouble);
        cJSON_AddItemToObject(ack, "data", strings(name, NULL));
        say(ack);
    }
    const char *words = cJSON_GetStringValue(cJSON_GetArrayItem(cJSON_GetObjectItem(message, "data"), 1));
    if (words && !strcmp(words, "ping-from-browser")) {
        char answer[LINE];
        snprintf(answer, sizeof answer, "%s heard it", name);
        add(answer);
    }
}

static void hear(const char *text, size_t size) {
    cJSON *message = cJSON_ParseWithLength(text, size);
    const cJSON *found = cJSON_GetObjectItem(message, "position");
    if (found && position && !strcmp(found->valuestring, position)) {  // heard before
        cJSON_Delete(message);
        return;
    }
    if (found) keep(&position, found);
    printf("%.*s\n", (int)size, text);
    fflush(stdout);

    if ((found = cJSON_GetObjectItem(message, "connected"))) {
        connected(found);
    } else if (cJSON_HasObjectItem(message, "error") && !online) {
        exit(1);  // not let in
    } else if (cJSON_HasObjectItem(message, "event")) {
        event(message);
    } else if ((found = cJSON_GetObjectItem(message, "durable")) && found->valueint == settled + 1) {
        const cJSON *retry = cJSON_GetObjectItem(message, "retry");
        again = retry != NULL;
        if (retry) {  // not now
            lws_sul_schedule(context, 0, &later, send_later, retry->valueint * LWS_US_PER_MS);
        } else {  // accepted, or refused for good
            shift(&outbox);
            settled += 1;
            send_first();
        }
    }
    cJSON_Delete(message);
}

static void dial(lws_sorted_usec_list_t *unused);

// Comes back, unless the server has said not to, or all is done.
static void hang_up(void) {
    line = NULL;
    online = false;
    while (unsent.first) shift(&unsent);
    if (told_ms < 0 || (ended && !outbox.first)) {
        interrupted = 1;
        return;
    }
    char conceal;
    long pause_ms = lws_retry_get_delay_ms(context, &policy, &attempts, &conceal);
    lws_sul_schedule(context, 0, &timer, dial, (pause_ms > told_ms ? pause_ms : told_ms) * LWS_US_PER_MS);
}

static void dial(lws_sorted_usec_list_t *unused) {
    (void)unused;
    told_ms = 0;
    struct lws_client_connect_info info = {
        .context = context, .address = host, .port = port, .path = path, .host = host, .origin = NULL,
        .protocol = "hawser.v1.json", .local_protocol_name = "chat", .retry_and_idle_policy = &policy,
    };
    lws_client_connect_via_info(&info);  // a failure is told to the callback
}

// The reason of a close: {"code":"SLOW","retry":1000}, or "retry":false.
static void read_reason(const char *reason, size_t size) {
    cJSON *json = size > 2 ? cJSON_ParseWithLength(reason + 2, size - 2) : NULL;
    const cJSON *retry = cJSON_GetObjectItem(json, "retry");
    if (retry) told_ms = cJSON_IsNumber(retry) ? retry->valueint : -1;
    cJSON_Delete(json);
}

static void typed(int keyboard) {
    static char words[LINE];
    static size_t got;
    ssize_t more = read(keyboard, words + got, sizeof words - 1 - got);
    got += more > 0 ? (size_t)more : 0;
    for (char *end; (end = memchr(words, '\n', got));) {
        *end = 0;
        add(words);
        got -= (size_t)(end + 1 - words);
        memmove(words, end + 1, got);
    }
    if (more <= 0) ended = true;
    if (ended && !outbox.first) send_first();
}

static int on_chat(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size) {
    static char *whole;  // a message may come in parts
    static size_t held;
    (void)user;
    switch (reason) {
        case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER: {
            char bearer[512];
            unsigned char **at = in, *end = *at + size;
            int length = snprintf(bearer, sizeof bearer, "Bearer %s", token);
            return lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_AUTHORIZATION, (void *)bearer, length, at, end);
        }
        case LWS_CALLBACK_CLIENT_ESTABLISHED:
            line = wsi;
            held = 0;
            enter();
            break;
        case LWS_CALLBACK_CLIENT_RECEIVE:
            whole = realloc(whole, held + size);
            if (!whole) abort();
            memcpy(whole + held, in, size);
            held += size;
            if (lws_is_final_fragment(wsi) && !lws_remaining_packet_payload(wsi)) {
                hear(whole, held);
                held = 0;
            }
            break;
        case LWS_CALLBACK_CLIENT_WRITEABLE:
            if (!unsent.first) {
                if (online && ended && !outbox.first) return -1;  // all is said: close
                break;
            }
            lws_write(wsi, (void *)(unsent.first->text + LWS_PRE), unsent.first->size, LWS_WRITE_TEXT);
            shift(&unsent);
            lws_callback_on_writable(wsi);
            break;
        case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
            read_reason(in, size);
            break;
        case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        case LWS_CALLBACK_CLIENT_CLOSED:
            hang_up();
            break;
        case LWS_CALLBACK_RAW_RX_FILE:
            typed(lws_get_socket_fd(wsi));
            if (ended) return -1;
            break;
        default:
            break;
    }
    return 0;
}

int main(int count, char **given) {
    if (count != 5 || sscanf(given[1], "ws://%255[^:/]:%d%255s", host, &port, path) != 3) return 2;
    token = given[2], room = given[3], name = given[4];
    lws_set_log_level(LLL_ERR, NULL);
    static const struct lws_protocols protocols[] = {{.name = "chat", .callback = on_chat}, {0}};
    struct lws_context_creation_info info = {.port = CONTEXT_PORT_NO_LISTEN, .protocols = protocols};
    context = lws_create_context(&info);
    if (!context) return 1;
    lws_sock_file_fd_type keyboard = {.filefd = STDIN_FILENO};
    lws_adopt_descriptor_vhost(lws_get_vhost_by_name(context, "default"), LWS_ADOPT_RAW_FILE_DESC, keyboard, "chat", NULL);
    dial(NULL);
    while (!interrupted) lws_service(context, 0);
    lws_context_destroy(context);
    return told_ms < 0;
}
