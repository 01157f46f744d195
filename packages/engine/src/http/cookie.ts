import { stringifySetCookie } from "cookie";
import type { SerializeOptions } from "cookie";
import type { CookieOptions } from "../options.ts";

const defaultName = "io";

/** The Set-Cookie value that carries the session id, by the `cookie` option. */
export function sessionCookie(option: true | string | CookieOptions, id: string): string {
  const settings: CookieOptions =
    option === true ? {} : typeof option === "string" ? { name: option } : option;
  const { name = defaultName, path = "/", httpOnly = true, sameSite = "lax", ...rest } = settings;
  return stringifySetCookie(name, id, {
    ...(rest as SerializeOptions),
    ...(path === false ? {} : { path }),
    httpOnly,
    sameSite,
  });
}
