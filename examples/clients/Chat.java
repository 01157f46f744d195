// A chat in the terminal: Java 17, with the JDK's own WebSocket and Gson.
//
//     java -cp /usr/share/java/gson.jar Chat.java ws://127.0.0.1:3000/hawser/ws TOKEN ROOM NAME
//
// A line that is typed goes to the room; what is heard is printed, one JSON object a line. When the connection breaks it
// comes back with its session and its position: nothing is lost, nothing comes twice.

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

public class Chat {
    private static final int SILENCE_S = 60; // the server pings more often than that
    private static final Gson gson = new Gson();
    private static final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private final HttpClient http = HttpClient.newHttpClient();
    /** Everything below happens in this one thread. */
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final String url, token, room, name;

    private Line line; // the connection, once there is one
    private JsonElement session; // what the server knows us by, over any number of connections
    private JsonElement position; // up to here we have heard everything
    private final ArrayDeque<String> outbox = new ArrayDeque<>(); // not settled by the server yet; the first is under way
    private long settled; // how many lines it has settled in this session
    private boolean again; // the first line may have been sent before
    private boolean online; // the server has said "connected"
    private boolean ended; // nothing more will be typed
    private long waitMs = 100; // until the next attempt

    Chat(String url, String token, String room, String name) {
        this.url = url;
        this.token = token;
        this.room = room;
        this.name = name;
    }

    /** One WebSocket. It hands what it hears to the loop. */
    private class Line implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();
        private CompletableFuture<WebSocket> sent; // the JDK wants one message sent before the next
        private boolean gone;
        private long heard = System.nanoTime();

        @Override
        public void onOpen(WebSocket socket) {
            loop.execute(() -> {
                sent = CompletableFuture.completedFuture(socket);
                line = this;
                send(session == null
                    ? Map.of("connect", Map.of("session", true))
                    : Map.of("recover", Map.of("session", session, "position", position)));
                watch();
            });
            socket.request(Long.MAX_VALUE);
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                String whole = text.toString();
                text.setLength(0);
                loop.execute(() -> {
                    heard = System.nanoTime();
                    if (!gone) hear(whole);
                });
            }
            return null;
        }

        @Override
        public CompletionStage<?> onPing(WebSocket socket, ByteBuffer data) { // the JDK answers it
            loop.execute(() -> heard = System.nanoTime());
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            loop.execute(() -> leave(reason));
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            loop.execute(() -> leave(""));
        }

        void send(Map<String, ?> message) {
            String json = gson.toJson(message);
            after(socket -> socket.sendText(json, true));
        }

        private void after(Function<WebSocket, CompletableFuture<WebSocket>> what) {
            sent = sent.thenCompose(what);
            sent.exceptionally(error -> {
                loop.execute(() -> leave(""));
                return null;
            });
        }

        private void leave(String reason) {
            if (gone) return;
            gone = true;
            online = false;
            comeBack(reason);
        }

        /** Not every end is told (JDK 17 keeps some in the midst of a frame to itself), but then a ping cannot be sent. */
        private void watch() {
            if (gone) return;
            if (System.nanoTime() - heard > TimeUnit.SECONDS.toNanos(SILENCE_S)) {
                sent.thenAccept(WebSocket::abort);
                leave("");
            } else {
                after(socket -> socket.sendPing(ByteBuffer.allocate(0)));
                loop.schedule(this::watch, 1, TimeUnit.SECONDS);
            }
        }
    }

    private void connect() {
        http.newWebSocketBuilder()
            .subprotocols("hawser.v1.json")
            .header("Authorization", "Bearer " + token)
            .buildAsync(URI.create(url), new Line())
            .exceptionally(error -> {
                loop.execute(() -> comeBack(""));
                return null;
            });
    }

    /** The reason of a close says whether, and after how many milliseconds: {"code":"SLOW","retry":1000}. */
    private void comeBack(String reason) {
        long told = 0;
        if (reason.startsWith("{")) {
            JsonElement retry = JsonParser.parseString(reason).getAsJsonObject().get("retry");
            if (retry != null && !retry.getAsJsonPrimitive().isNumber()) System.exit(1); // not to come back
            if (retry != null) told = retry.getAsLong();
        }
        long pause = Math.max(told, (long) (waitMs * (0.5 + Math.random())));
        loop.schedule(this::connect, pause, TimeUnit.MILLISECONDS);
        waitMs = Math.min(waitMs * 2, 10_000);
    }

    private void hear(String text) {
        JsonObject message = JsonParser.parseString(text).getAsJsonObject();
        if (message.has("position")) {
            if (message.get("position").equals(position)) return; // heard before
            position = message.get("position");
        }
        out.println(text);

        if (message.has("connected")) {
            connected(message.getAsJsonObject("connected"));
        } else if (message.has("error") && !online) {
            System.exit(1); // not let in
        } else if (message.has("event")) {
            if (message.has("id")) line.send(Map.of("ack", message.get("id"), "data", List.of(name)));
            if (message.get("event").getAsString().equals("chat")
                && message.getAsJsonArray("data").get(1).getAsString().equals("ping-from-browser")) {
                say(name + " heard it");
            }
        } else if (message.has("durable") && message.get("durable").getAsLong() == settled + 1) {
            if (message.has("retry")) { // not now
                again = true;
                loop.schedule(this::sendFirst, message.get("retry").getAsLong(), TimeUnit.MILLISECONDS);
                return;
            }
            outbox.remove(); // accepted, or refused for good
            settled += 1;
            again = false;
            sendFirst();
        }
    }

    private void connected(JsonObject about) {
        online = true;
        waitMs = 100;
        session = about.get("session");
        again = about.has("recovered") && about.get("recovered").getAsBoolean();
        if (!again) { // else our rooms are as they were, and what we missed comes next
            position = about.get("position");
            settled = 0;
            line.send(Map.of("event", "hello", "data", List.of(name), "id", 1));
            line.send(Map.of("subscribe", List.of(room)));
        }
        sendFirst();
    }

    private void say(String words) {
        outbox.add(words);
        if (outbox.size() == 1) sendFirst();
    }

    /** Sends the oldest line. It stays in the outbox until the server has settled it. */
    private void sendFirst() {
        if (!online) return;
        if (!outbox.isEmpty()) {
            Map<String, Object> message = new TreeMap<>();
            message.put("event", "say");
            message.put("data", List.of(room, outbox.peek()));
            message.put("durable", settled + 1);
            if (again) message.put("again", true);
            line.send(message);
        } else if (ended) {
            line.send(Map.of("disconnect", Map.of()));
            line.sent.whenComplete((socket, error) -> System.exit(0));
        }
    }

    private void type() throws IOException {
        BufferedReader keyboard = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String words; (words = keyboard.readLine()) != null; ) {
            String typed = words;
            loop.execute(() -> say(typed));
        }
        loop.execute(() -> {
            ended = true;
            if (outbox.isEmpty()) sendFirst();
        });
    }

    public static void main(String[] given) throws IOException {
        Chat chat = new Chat(given[0], given[1], given[2], given[3]);
        chat.loop.execute(chat::connect);
        chat.type();
    }
}
