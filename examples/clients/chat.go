// A chat in the terminal: Go, with gorilla/websocket.
//
//	chat ws://127.0.0.1:3000/hawser/ws TOKEN ROOM NAME
//
// A line that is typed goes to the room; what is heard is printed, one JSON object a line. When the connection breaks
// it comes back with its session and its position: nothing is lost, nothing comes twice.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand"
	"net/http"
	"os"
	"time"

	"github.com/gorilla/websocket"
)

const silence = 60 * time.Second // the server pings more often than that

type object map[string]any

// message is what the server says, as far as we look at it.
type message struct {
	Event     string
	Data      []any
	ID        *int // the server wants an answer
	Position  *string
	Durable   *int
	Retry     *int
	Error     *struct{ Code string }
	Connected *struct {
		Session   string
		Position  string
		Recovered bool
	}
}

type chat struct {
	url, token, room, name string

	socket   *websocket.Conn
	session  string   // what the server knows us by, over any number of connections
	position string   // up to here we have heard everything
	outbox   []string // lines that the server has not settled yet; the first is under way
	settled  int      // how many lines it has settled in this session
	again    bool     // the first line may have been sent before
	online   bool     // the server has said "connected"
	wait     time.Duration
}

func main() {
	c := &chat{url: os.Args[1], token: os.Args[2], room: os.Args[3], name: os.Args[4], wait: 100 * time.Millisecond}
	typed := make(chan string)
	go func() {
		lines := bufio.NewScanner(os.Stdin)
		for lines.Scan() {
			typed <- lines.Text()
		}
		close(typed)
	}()
	for retry := 0; retry >= 0; {
		retry = c.connection(&typed)
		pause := time.Duration(float64(c.wait) * (0.5 + rand.Float64()))
		if told := time.Duration(retry) * time.Millisecond; told > pause {
			pause = told
		}
		time.Sleep(pause)
		if c.wait *= 2; c.wait > 10*time.Second {
			c.wait = 10 * time.Second
		}
	}
}

// connection lives through one WebSocket. It returns how many milliseconds the server wants us to stay away at least,
// or -1: not to come back.
func (c *chat) connection(typed *chan string) int {
	dialer := websocket.Dialer{Subprotocols: []string{"hawser.v1.json"}, HandshakeTimeout: 10 * time.Second}
	socket, _, err := dialer.Dial(c.url, http.Header{"Authorization": {"Bearer " + c.token}})
	if err != nil {
		return 0
	}
	defer socket.Close()
	c.socket, c.online = socket, false

	heard := make(chan []byte)
	gone := make(chan int, 1)
	left := make(chan struct{})
	defer close(left)
	go read(socket, heard, gone, left)

	if c.session == "" {
		c.send(object{"connect": object{"session": true}})
	} else {
		c.send(object{"recover": object{"session": c.session, "position": c.position}})
	}
	var lines chan string // nothing is taken from the keyboard before we are connected
	var later <-chan time.Time
	for {
		select {
		case text := <-heard:
			var m message
			if json.Unmarshal(text, &m) == nil {
				later = c.hear(text, &m, later)
			}
			if m.Connected != nil {
				lines = *typed
			}
		case line, open := <-lines:
			if !open {
				*typed, lines = nil, nil
			} else {
				c.say(line)
			}
		case <-later:
			c.sendFirst()
		case retry := <-gone:
			return retry
		}
		if *typed == nil && len(c.outbox) == 0 {
			c.send(object{"disconnect": object{}})
			return -1
		}
	}
}

func read(socket *websocket.Conn, heard chan<- []byte, gone chan<- int, left <-chan struct{}) {
	pong := socket.PingHandler()
	socket.SetPingHandler(func(data string) error {
		socket.SetReadDeadline(time.Now().Add(silence))
		return pong(data)
	})
	for {
		socket.SetReadDeadline(time.Now().Add(silence))
		_, text, err := socket.ReadMessage()
		if err != nil {
			gone <- retryAfter(err)
			return
		}
		select {
		case heard <- text:
		case <-left:
			return
		}
	}
}

// retryAfter reads the reason of a close: {"code":"SLOW","retry":1000}, or "retry":false.
func retryAfter(err error) int {
	closed, ok := err.(*websocket.CloseError)
	if !ok {
		return 0
	}
	var reason struct{ Retry any }
	json.Unmarshal([]byte(closed.Text), &reason)
	switch retry := reason.Retry.(type) {
	case bool:
		return -1
	case float64:
		return int(retry)
	}
	return 0
}

func (c *chat) hear(text []byte, m *message, later <-chan time.Time) <-chan time.Time {
	if m.Position != nil {
		if *m.Position == c.position {
			return later // heard before
		}
		c.position = *m.Position
	}
	fmt.Printf("%s\n", text)

	switch {
	case m.Connected != nil:
		c.connected(m)
	case m.Event != "":
		if m.ID != nil {
			c.send(object{"ack": *m.ID, "data": []string{c.name}})
		}
		if m.Event == "chat" && m.Data[1] == "ping-from-browser" {
			c.say(c.name + " heard it")
		}
	case m.Error != nil && !c.online:
		os.Exit(1) // not let in
	case m.Durable == nil || *m.Durable != c.settled+1:
	case m.Retry != nil: // not now
		c.again = true
		return time.After(time.Duration(*m.Retry) * time.Millisecond)
	default: // accepted, or refused for good
		c.outbox, c.settled, c.again = c.outbox[1:], c.settled+1, false
		c.sendFirst()
	}
	return later
}

func (c *chat) connected(m *message) {
	c.online, c.wait, c.session = true, 100*time.Millisecond, m.Connected.Session
	c.again = m.Connected.Recovered
	if !m.Connected.Recovered { // else our rooms are as they were, and what we missed comes next
		c.position, c.settled = m.Connected.Position, 0
		c.send(object{"event": "hello", "data": []string{c.name}, "id": 1})
		c.send(object{"subscribe": []string{c.room}})
	}
	c.sendFirst()
}

func (c *chat) say(line string) {
	c.outbox = append(c.outbox, line)
	if len(c.outbox) == 1 {
		c.sendFirst()
	}
}

// sendFirst sends the oldest line, which stays in the outbox until the server has settled it.
func (c *chat) sendFirst() {
	if len(c.outbox) > 0 {
		m := object{"event": "say", "data": []string{c.room, c.outbox[0]}, "durable": c.settled + 1}
		if c.again {
			m["again"] = true
		}
		c.send(m)
	}
}

// send does not look at errors: read hears of them, too.
func (c *chat) send(m object) {
	c.socket.WriteJSON(m)
}
