// A chat in the terminal: C++20, with Boost.Beast and nlohmann-json.
//
//     g++ -std=c++20 -o chat chat.cpp && ./chat ws://127.0.0.1:3000/hawser/ws TOKEN ROOM NAME
//
// A line that is typed goes to the room; what is heard is printed, one JSON object a line. When the connection breaks
// it comes back with its session and its position: nothing is lost, nothing comes twice.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <iostream>
#include <optional>
#include <random>
#include <regex>
#include <string>
#include <utility>

#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::awaitable, asio::use_awaitable;
using asio::ip::tcp;
using nlohmann::json;
using namespace std::chrono_literals;

class Chat {
public:
    Chat(asio::io_context& io, std::string url, std::string token, std::string room, std::string name)
        : io(io), token(std::move(token)), room(std::move(room)), name(std::move(name)) {
        std::smatch parts;
        if (!std::regex_match(url, parts, std::regex("ws://([^:/]+):(\\d+)(/.*)"))) throw std::invalid_argument(url);
        host = parts[1], port = parts[2], path = parts[3];
    }

    /// Connects, and comes back until the server says not to, or until all that was typed is settled.
    awaitable<void> run() {
        asio::steady_timer timer(io);
        while (true) {
            try {
                co_await connection();
            } catch (const std::exception&) {
                // The line broke, or there was none. `socket` knows what the server has said to that.
            }
            online = false;
            // The reason of a close: {"code":"SLOW","retry":1000}, or "retry":false
            const auto reason = json::parse(socket ? std::string(socket->reason().reason.c_str()) : "", nullptr, false);
            const auto retry = reason.is_object() ? reason.value("retry", json(0)) : json(0);
            if (retry == false || finished()) co_return;
            const auto pause = wait / 2 + wait * random() / 100;
            timer.expires_after(std::max(pause, std::chrono::milliseconds(retry.get<int>())));
            co_await timer.async_wait(use_awaitable);
            wait = std::min<std::chrono::milliseconds>(wait * 2, 10s);
        }
    }

    awaitable<void> type() {
        asio::posix::stream_descriptor input(io, ::dup(STDIN_FILENO));
        std::string typed;
        boost::system::error_code failed;
        while (true) {
            const auto size = co_await asio::async_read_until(input, asio::dynamic_buffer(typed), '\n',
                                                              asio::redirect_error(use_awaitable, failed));
            if (failed) break;
            say(typed.substr(0, size - 1));
            typed.erase(0, size);
        }
        ended = true;
        if (online && outbox.empty()) send_first();
    }

private:
    asio::io_context& io;
    std::string host, port, path, token, room, name;
    std::optional<websocket::stream<beast::tcp_stream>> socket;
    bool online = false;  // the server has said "connected"
    std::deque<std::string> unsent;  // messages on their way into the socket; the first is being written
    json session, position;  // what the server knows us by over any number of connections; up to here we have heard all
    std::deque<std::string> outbox;  // lines that the server has not settled yet; the first is under way
    int settled = 0;  // how many lines it has settled in this session
    bool again = false;  // the first line may have been sent before
    bool ended = false;  // nothing more will be typed
    std::chrono::milliseconds wait = 100ms;  // until the next attempt

    awaitable<void> connection() {
        socket.emplace(io);
        unsent.clear();
        tcp::resolver resolver(io);
        auto& tcp = socket->next_layer();
        tcp.expires_after(10s);
        co_await tcp.async_connect(co_await resolver.async_resolve(host, port, use_awaitable), use_awaitable);
        tcp.expires_never();
        // The server pings more often than this; silence means that the line is dead.
        socket->set_option(websocket::stream_base::timeout{10s, 60s, false});
        socket->set_option(websocket::stream_base::decorator([this](websocket::request_type& request) {
            request.set(http::field::sec_websocket_protocol, "hawser.v1.json");
            request.set(http::field::authorization, "Bearer " + token);
        }));
        co_await socket->async_handshake(host + ":" + port, path, use_awaitable);

        if (session.is_null()) send({{"connect", {{"session", true}}}});
        else send({{"recover", {{"session", session}, {"position", position}}}});
        beast::flat_buffer buffer;
        while (true) {
            co_await socket->async_read(buffer, use_awaitable);
            co_await hear(beast::buffers_to_string(buffer.data()));
            buffer.clear();
        }
    }

    awaitable<void> hear(const std::string& text) {
        const auto message = json::parse(text);
        if (message.contains("position")) {
            if (message["position"] == position) co_return;  // heard before
            position = message["position"];
        }
        std::cout << text << std::endl;

        if (message.contains("connected")) {
            connected(message["connected"]);
        } else if (message.contains("error") && !online) {
            std::exit(1);  // not let in
        } else if (message.contains("event")) {
            if (message.contains("id")) send({{"ack", message["id"]}, {"data", {name}}});
            if (message["event"] == "chat" && message["data"][1] == "ping-from-browser") say(name + " heard it");
        } else if (message.value("durable", 0) == settled + 1) {
            if (message.contains("retry")) {  // not now
                asio::steady_timer timer(io, std::chrono::milliseconds(message["retry"].get<int>()));
                co_await timer.async_wait(use_awaitable);
                again = true;
            } else {  // accepted, or refused for good
                outbox.pop_front();
                settled += 1;
                again = false;
            }
            send_first();
        }
    }

    void connected(const json& about) {
        online = true;
        wait = 100ms;
        session = about["session"];
        again = about.value("recovered", false);
        if (!again) {  // else our rooms are as they were, and what we missed comes next
            position = about.value("position", json());
            settled = 0;
            send({{"event", "hello"}, {"data", {name}}, {"id", 1}});
            send({{"subscribe", {room}}});
        }
        send_first();
    }

    void say(std::string line) {
        outbox.push_back(std::move(line));
        if (online && outbox.size() == 1) send_first();
    }

    /// Sends the oldest line. It stays in the outbox until the server has settled it.
    void send_first() {
        if (finished()) {
            send({{"disconnect", json::object()}});
        } else if (!outbox.empty()) {
            json message = {{"event", "say"}, {"data", {room, outbox.front()}}, {"durable", settled + 1}};
            if (again) message["again"] = true;
            send(message);
        }
    }

    bool finished() const { return ended && outbox.empty(); }

    void send(const json& message) {
        unsent.push_back(message.dump());
        if (unsent.size() == 1) asio::co_spawn(io, write(), asio::detached);
    }

    /// One write at a time. When it fails the read fails, too, and that is where it is looked at.
    awaitable<void> write() {
        while (!unsent.empty()) {
            co_await socket->async_write(asio::buffer(unsent.front()), use_awaitable);
            unsent.pop_front();
        }
        if (finished()) co_await socket->async_close(websocket::close_code::normal, use_awaitable);
    }

    static int random() {
        static std::mt19937 generator{std::random_device{}()};
        return std::uniform_int_distribution{0, 99}(generator);
    }
};

int main(int count, char** given) {
    if (count != 5) return 2;
    asio::io_context io;
    Chat chat(io, given[1], given[2], given[3], given[4]);
    asio::co_spawn(io, chat.run(), [&io](std::exception_ptr) { io.stop(); });
    asio::co_spawn(io, chat.type(), asio::detached);
    io.run();
}
