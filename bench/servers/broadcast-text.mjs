// The message that a broadcast carries; the generator knows it by heart (generator/payload.c).
const bytes = 128;
const digits = 10;
const letters = "abcdefghijklmnopqrstuvwxyz";
const rest = letters.repeat(Math.ceil(bytes / letters.length)).slice(0, bytes - digits);

export function broadcastText(number) {
  return String(number).padStart(digits, "0") + rest;
}

/** A raw client asks for messages with "<first number> <how many>". */
export function broadcastOrder(text) {
  const [first, count] = text.split(" ").map(Number);
  return { first, count };
}
