// All that can be wrong with a message, and what is answered.

const deep = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);

export interface Mistake {
  /** Frames as they go out: texts, or bytes. */
  frames: (string | Buffer)[];
  code: string;
  at?: string | number;
  id?: number;
  namespace?: string;
}

export const mistakes: Record<string, Mistake> = {
  nothing: { frames: [""], code: "JSON_INVALID", at: 0 },
  "no JSON": { frames: ["hello"], code: "JSON_INVALID", at: 0 },
  "JSON that ends early": { frames: ['{"event":"echo","data":['], code: "JSON_INVALID", at: 24 },
  "something behind the JSON": { frames: ['{"event":"echo"} x'], code: "JSON_INVALID", at: 17 },
  "a comma too many": { frames: ['{"event":"echo",}'], code: "JSON_INVALID", at: 16 },
  "a place behind letters of two units": {
    frames: ['{"event":"👋","data":[oops]}'],
    code: "JSON_INVALID",
    at: 22,
  },
  "a list": { frames: ["[1]"], code: "MESSAGE_SHAPE", at: "" },
  null: { frames: ["null"], code: "MESSAGE_SHAPE", at: "" },
  "a text": { frames: ['"event"'], code: "MESSAGE_SHAPE", at: "" },
  "no verb": { frames: ['{"data":[1]}'], code: "VERB_MISSING", at: "" },
  "an empty object": { frames: ["{}"], code: "VERB_MISSING", at: "" },
  "two verbs": { frames: ['{"event":"echo","ack":1}'], code: "VERB_CONFLICT", at: "/ack" },
  "a verb of the server": { frames: ['{"connected":{}}'], code: "FIELD_UNKNOWN", at: "/connected" },
  "a field that nobody knows": {
    frames: ['{"event":"echo","dta":[1],"id":7}'],
    code: "FIELD_UNKNOWN",
    at: "/dta",
    id: 7,
  },
  "a field with a stroke and a tilde": {
    frames: ['{"event":"echo","a/b~c":1}'],
    code: "FIELD_UNKNOWN",
    at: "/a~1b~0c",
  },
  "a field of another verb": {
    frames: ['{"ping":1,"data":[]}'],
    code: "FIELD_UNKNOWN",
    at: "/data",
  },
  "a field of connect that nobody knows": {
    frames: ['{"connect":{"nsp":"/"}}'],
    code: "FIELD_UNKNOWN",
    at: "/connect/nsp",
  },
  "an event that is a number": { frames: ['{"event":5}'], code: "FIELD_INVALID", at: "/event" },
  "an event that is an object": {
    frames: ['{"event":{"toString":"x"}}'],
    code: "FIELD_INVALID",
    at: "/event",
  },
  "data that is no list": {
    frames: ['{"event":"echo","data":{"0":1}}'],
    code: "FIELD_INVALID",
    at: "/data",
  },
  "an id that is negative": {
    frames: ['{"event":"echo","id":-1}'],
    code: "FIELD_INVALID",
    at: "/id",
  },
  "an id that is a fraction": {
    frames: ['{"event":"echo","id":1.5}'],
    code: "FIELD_INVALID",
    at: "/id",
  },
  "an id beyond what is exact": {
    frames: ['{"event":"echo","id":9007199254740993}'],
    code: "FIELD_INVALID",
    at: "/id",
  },
  "an ack that is a text": { frames: ['{"ack":"1"}'], code: "FIELD_INVALID", at: "/ack" },
  "a namespace without its stroke": {
    frames: ['{"event":"echo","namespace":"chat"}'],
    code: "FIELD_INVALID",
    at: "/namespace",
  },
  "a ping that is long": {
    frames: [`{"ping":"${"x".repeat(65)}"}`],
    code: "FIELD_INVALID",
    at: "/ping",
  },
  "a ping that is an object": { frames: ['{"ping":{}}'], code: "FIELD_INVALID", at: "/ping" },
  "a room that is a number": {
    frames: ['{"subscribe":["a",5]}'],
    code: "FIELD_INVALID",
    at: "/subscribe/1",
  },
  "rooms that are no list": {
    frames: ['{"subscribe":"a"}'],
    code: "FIELD_INVALID",
    at: "/subscribe",
  },
  "a position that is a number": {
    frames: ['{"position":12}'],
    code: "FIELD_INVALID",
    at: "/position",
  },
  "a counter of zero": {
    frames: ['{"event":"echo","durable":0}'],
    code: "FIELD_INVALID",
    at: "/durable",
  },
  "a reserved name: disconnect": {
    frames: ['{"event":"disconnect"}'],
    code: "EVENT_RESERVED",
    at: "/event",
  },
  "a reserved name: newListener": {
    frames: ['{"event":"newListener","data":["x","y"]}'],
    code: "EVENT_RESERVED",
    at: "/event",
  },
  "a reserved name, with what it concerns": {
    frames: ['{"event":"connect","id":3,"namespace":"/"}'],
    code: "EVENT_RESERVED",
    at: "/event",
    id: 3,
  },
  "too deep": { frames: [`{"event":"echo","data":[${deep(101)}]}`], code: "TOO_DEEP" },
  "far too deep": { frames: [`{"event":"echo","data":[${deep(20_000)}]}`], code: "TOO_DEEP" },
  "too many binaries": {
    frames: ['{"event":"echo","binary":101}'],
    code: "BINARY_TOO_MANY",
    at: "/binary",
  },
  "binaries without end": {
    frames: ['{"event":"echo","binary":1e15}'],
    code: "BINARY_TOO_MANY",
    at: "/binary",
  },
  "a negative number of binaries": {
    frames: ['{"event":"echo","binary":-1}'],
    code: "FIELD_INVALID",
    at: "/binary",
  },
  "a binary that was not announced": { frames: [Buffer.of(1)], code: "BINARY_UNEXPECTED" },
  "a text where a binary was due": {
    frames: ['{"event":"echo","binary":1}', '{"ping":1}'],
    code: "TEXT_UNEXPECTED",
  },
  "a placeholder beyond the last": {
    frames: ['{"event":"echo","data":["x",{"$binary":1}],"binary":1}'],
    code: "BINARY_MISSING",
    at: "/data/1",
  },
  "a placeholder that is a name on the prototype": {
    frames: ['{"event":"echo","data":[{"$binary":"splice"}],"binary":1}'],
    code: "BINARY_MISSING",
    at: "/data/0",
  },
};

/** [what, bytes as hex, code, place]. */
export const packed: [what: string, hex: string, code: string, at?: string | number][] = [
  ["nothing", "", "MSGPACK_INVALID", 0],
  ["the byte that is never used", "c1", "MSGPACK_INVALID", 0],
  ["a map that ends early", "82a56576656e74", "MSGPACK_INVALID", 7],
  ["something behind the map", "81a470696e670100", "MSGPACK_INVALID", 7],
  ["a text that says that it is longer", "81a56576656e74d9ff61", "MSGPACK_INVALID"],
  ["a list of four thousand million", "ddffffffff", "MSGPACK_INVALID"],
  ["a text that is no UTF-8", "81a56576656e74a2c328", "MSGPACK_INVALID"],
  ["a list", "9101", "MESSAGE_SHAPE", ""],
  ["a number", "05", "MESSAGE_SHAPE", ""],
  ["a verb that nobody has", "81a3666f6f01", "FIELD_UNKNOWN", "/foo"],
  ["lists in lists", `82a56576656e74a161a464617461${"91".repeat(5_000)}c0`, "TOO_DEEP"],
];
