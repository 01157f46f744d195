import { describe, expect, it } from "vitest";
import { TypingBoard, typingText } from "./typing-board.ts";

describe("TypingBoard", () => {
  it("knows who types, until they stop or nothing is heard of them", () => {
    const board = new TypingBoard();
    board.set("a", true, 0);
    board.set("b", true, 1000);
    expect(board.current(2000)).toEqual(["a", "b"]);
    board.set("b", false, 2500);
    expect(board.current(4999)).toEqual(["a"]);
    expect(board.current(5000)).toEqual([]);
  });
});

describe("typingText", () => {
  it("names one or two, and counts more", () => {
    expect(typingText([])).toBe("");
    expect(typingText(["Ana"])).toBe("Ana is typing");
    expect(typingText(["Ana", "Ben"])).toBe("Ana and Ben are typing");
    expect(typingText(["Ana", "Ben", "Kai"])).toBe("3 people are typing");
  });
});
