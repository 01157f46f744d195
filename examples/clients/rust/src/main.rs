//! A chat in the terminal: Rust, with tungstenite and serde_json.
//!
//!     cargo run -- ws://127.0.0.1:3000/hawser/ws TOKEN ROOM NAME
//!
//! A line that is typed goes to the room; what is heard is printed, one JSON object a line. When the connection breaks
//! it comes back with its session and its position: nothing is lost, nothing comes twice.

use std::collections::VecDeque;
use std::io::{self, BufRead};
use std::net::TcpStream;
use std::sync::mpsc::{channel, Receiver, TryRecvError};
use std::time::{Duration, Instant};

use serde_json::{json, Value};
use tungstenite::client::IntoClientRequest;
use tungstenite::http::HeaderValue;
use tungstenite::protocol::CloseFrame;
use tungstenite::{Error, Message, WebSocket};

/// The server pings more often than that.
const SILENCE: Duration = Duration::from_secs(60);
/// How long a read waits before we look at the keyboard.
const GLANCE: Duration = Duration::from_millis(20);

type Failure = Box<dyn std::error::Error>;

struct Chat {
    url: String,
    token: String,
    room: String,
    name: String,
    /// What the server knows us by, over any number of connections.
    session: Option<String>,
    /// Up to here we have heard everything.
    position: Value,
    /// Lines that the server has not settled yet; the first is under way.
    outbox: VecDeque<String>,
    /// How many lines it has settled in this session.
    settled: u64,
    /// The first line may have been sent before.
    again: bool,
    /// The server has said "connected".
    online: bool,
    /// Nothing more will be typed.
    ended: bool,
    /// Until the next attempt.
    wait: Duration,
    /// What the server says to that when it closes: milliseconds, or false, not to come back.
    retry: Value,
}

type Socket = WebSocket<TcpStream>;

impl Chat {
    fn run(&mut self, typed: &Receiver<String>) {
        loop {
            self.retry = Value::Null;
            // An error is a line that broke, or a server that is away: the way back is the same.
            let _ = self.connection(typed);
            self.online = false;
            if self.retry == false || self.finished() {
                return;
            }
            let told = Duration::from_millis(self.retry.as_u64().unwrap_or(0));
            std::thread::sleep(told.max(self.wait.mul_f64(0.5 + rand::random::<f64>())));
            self.wait = (self.wait * 2).min(Duration::from_secs(10));
        }
    }

    fn connection(&mut self, typed: &Receiver<String>) -> Result<(), Failure> {
        let mut request = self.url.as_str().into_client_request()?;
        let bearer = HeaderValue::from_str(&format!("Bearer {}", self.token))?;
        request.headers_mut().insert("authorization", bearer);
        request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("hawser.v1.json"));
        let address = request.uri().authority().ok_or("the URL has no host")?.to_string();
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let (mut socket, _) = tungstenite::client(request, stream)?;
        socket.get_ref().set_read_timeout(Some(GLANCE))?;

        send(&mut socket, match &self.session {
            None => json!({"connect": {"session": true}}),
            Some(session) => json!({"recover": {"session": session, "position": self.position}}),
        })?;
        let mut heard = Instant::now();
        while !(self.online && self.finished()) {
            match socket.read() {
                Ok(Message::Text(text)) => {
                    heard = Instant::now();
                    self.hear(&mut socket, &text)?;
                }
                Ok(Message::Close(Some(frame))) => self.retry = retry_of(&frame),
                Ok(_) => heard = Instant::now(), // a ping: tungstenite answers it
                Err(Error::Io(error)) if is_timeout(&error) => {
                    if heard.elapsed() > SILENCE {
                        return Err(error.into());
                    }
                    self.look_at_keyboard(&mut socket, typed)?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        send(&mut socket, json!({"disconnect": {}}))?;
        Ok(socket.close(None)?)
    }

    fn look_at_keyboard(&mut self, socket: &mut Socket, typed: &Receiver<String>) -> Result<(), Failure> {
        while self.online && !self.ended {
            match typed.try_recv() {
                Ok(line) => self.say(socket, line)?,
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => self.ended = true,
            }
        }
        Ok(())
    }

    fn hear(&mut self, socket: &mut Socket, text: &str) -> Result<(), Failure> {
        let message: Value = serde_json::from_str(text)?;
        if let Some(position) = message.get("position") {
            if *position == self.position {
                return Ok(()); // heard before
            }
            self.position = position.clone();
        }
        println!("{text}");

        if let Some(about) = message.get("connected") {
            self.connected(socket, about)?;
        } else if message.get("error").is_some() && !self.online {
            std::process::exit(1); // not let in
        } else if let Some(event) = message.get("event") {
            if let Some(id) = message.get("id") {
                send(socket, json!({"ack": id, "data": [self.name]}))?;
            }
            if event == "chat" && message["data"][1] == "ping-from-browser" {
                self.say(socket, format!("{} heard it", self.name))?;
            }
        } else if message["durable"] == self.settled + 1 {
            if let Some(ms) = message.get("retry").and_then(Value::as_u64) {
                std::thread::sleep(Duration::from_millis(ms)); // not now
                self.again = true;
            } else {
                self.outbox.pop_front(); // accepted, or refused for good
                self.settled += 1;
                self.again = false;
            }
            self.send_first(socket)?;
        }
        Ok(())
    }

    fn connected(&mut self, socket: &mut Socket, about: &Value) -> Result<(), Failure> {
        self.online = true;
        self.wait = Duration::from_millis(100);
        self.session = about["session"].as_str().map(str::to_owned);
        self.again = about["recovered"] == true;
        if !self.again {
            // Else our rooms are as they were, and what we missed comes next.
            self.position = about["position"].clone();
            self.settled = 0;
            send(socket, json!({"event": "hello", "data": [self.name], "id": 1}))?;
            send(socket, json!({"subscribe": [self.room]}))?;
        }
        self.send_first(socket)
    }

    fn say(&mut self, socket: &mut Socket, line: String) -> Result<(), Failure> {
        self.outbox.push_back(line);
        if self.outbox.len() == 1 { self.send_first(socket) } else { Ok(()) }
    }

    /// Sends the oldest line. It stays in the outbox until the server has settled it.
    fn send_first(&self, socket: &mut Socket) -> Result<(), Failure> {
        let Some(line) = self.outbox.front() else { return Ok(()) };
        let mut message = json!({"event": "say", "data": [self.room, line], "durable": self.settled + 1});
        if self.again {
            message["again"] = json!(true);
        }
        send(socket, message)
    }

    fn finished(&self) -> bool {
        self.ended && self.outbox.is_empty()
    }
}

fn send(socket: &mut Socket, message: Value) -> Result<(), Failure> {
    Ok(socket.send(Message::Text(message.to_string()))?)
}

/// The reason of a close is JSON: {"code":"SLOW","retry":1000}, or "retry":false.
fn retry_of(frame: &CloseFrame) -> Value {
    serde_json::from_str::<Value>(&frame.reason).map_or(Value::Null, |reason| reason["retry"].clone())
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [url, token, room, name] = <[String; 4]>::try_from(given).expect("URL TOKEN ROOM NAME");
    let (sender, typed) = channel();
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    let mut chat = Chat {
        url, token, room, name,
        session: None, position: Value::Null, outbox: VecDeque::new(), settled: 0,
        again: false, online: false, ended: false,
        wait: Duration::from_millis(100), retry: Value::Null,
    };
    chat.run(&typed);
}
