/** What clients are told to wait before they come again, in ms. */
export const retryMs = 2_000;

/** How often a client to which nothing is said is told how far it has come, in ms. */
export const positionIntervalMs = 15_000;

/** Events that are kept while middlewares look at the client. */
export const earlyEventsMax = 64;
