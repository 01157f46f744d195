import { stringifySetCookie } from "cookie";
import type { SerializeOptions } from "cookie";
import type { CookieOptions } from "../options.ts";

const defaultName = "io";

/** The Set-Cookie value that carries the session id, by the `cookie` option. */
export function sessionCookie(option: true | string | CookieOptions, id: string): string {
  const given = option === true ? {} : typeof option === "string" ? { name: option } : option;
  // An undefined that is given takes a default away, as in npm engine.io.
  const { name, path, ...rest }: CookieOptions = {
    name: defaultName,
    path: "/",
    httpOnly: true,
    sameSite: "lax",
    ...given,
  };
  return stringifySetCookie(name ?? defaultName, id, {
    ...(rest as SerializeOptions),
    ...(typeof path === "string" && { path }),
  });
}
