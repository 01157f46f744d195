import { describe, expect, it } from "vitest";
import type { CookieOptions } from "../options.ts";
import { sessionCookie } from "./cookie.ts";

describe("sessionCookie", () => {
  const forms: [option: true | string | CookieOptions, cookie: string][] = [
    [true, "io=abc; Path=/; HttpOnly; SameSite=Lax"],
    ["sticky", "sticky=abc; Path=/; HttpOnly; SameSite=Lax"],
    [{ name: "sticky" }, "sticky=abc; Path=/; HttpOnly; SameSite=Lax"],
    [{ path: "/app" }, "io=abc; Path=/app; HttpOnly; SameSite=Lax"],
    [{ path: false }, "io=abc; HttpOnly; SameSite=Lax"],
    [{ httpOnly: false }, "io=abc; Path=/; SameSite=Lax"],
    [{ sameSite: "strict" }, "io=abc; Path=/; HttpOnly; SameSite=Strict"],
    [{ sameSite: "none", secure: true }, "io=abc; Path=/; HttpOnly; Secure; SameSite=None"],
    [{ sameSite: false }, "io=abc; Path=/; HttpOnly"],
    [
      { maxAge: 60, domain: "app.example" },
      "io=abc; Max-Age=60; Domain=app.example; Path=/; HttpOnly; SameSite=Lax",
    ],
  ];
  for (const [option, cookie] of forms) {
    it(`writes ${JSON.stringify(option)}`, () => {
      expect(sessionCookie(option, "abc")).toBe(cookie);
    });
  }
});
