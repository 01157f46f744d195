/* oxlint-disable typescript/no-explicit-any -- this file is where types are erased, as those of npm engine.io are */

/** A request as listeners and middlewares declare it: Express's, one with a session on it, one with `_query`. */
export type AnyRequest = any;
/** Headers of an answer, as they may be set. */
export type AnyHeaders = Record<string, any>;
/** An Express-compatible middleware with types of its own. */
export type AnyMiddleware = (request: any, response: any, next: (error?: any) => void) => void;
/** Why a connection has closed: an error, a close code, a request. */
export type AnyDescription = any;
