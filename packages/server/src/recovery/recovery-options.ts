/** Settings of connection state recovery. */
export interface RecoveryOptions {
  /** How long a session is kept after its line broke, in ms. Default 120000. */
  maxDisconnectionDuration?: number;
  /** Whether a session that comes back passes by the middlewares. Default true. */
  skipMiddlewares?: boolean;
}

/** The settings with their defaults. */
export function recoveryOptionsOf(options: {
  connectionStateRecovery?: RecoveryOptions | undefined;
}): Required<RecoveryOptions> {
  return {
    maxDisconnectionDuration: 120_000,
    skipMiddlewares: true,
    ...options.connectionStateRecovery,
  };
}
