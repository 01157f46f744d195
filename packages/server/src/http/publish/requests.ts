/** Who is meant; exactly one of these. */
export interface TargetFields {
  readonly room?: string | undefined;
  readonly user?: string | undefined;
  readonly socket?: string | undefined;
  readonly all?: true | undefined;
}

interface InNamespace {
  readonly namespace?: string | undefined;
}

export interface PublishRequest extends TargetFields, InNamespace {
  readonly rooms?: readonly string[] | undefined;
  readonly except?: string | readonly string[] | undefined;
  readonly event: string;
  readonly data?: readonly unknown[] | undefined;
  readonly binary?: "base64" | undefined;
  readonly durable?: boolean | undefined;
  readonly volatile?: boolean | undefined;
}

export interface DisconnectRequest extends TargetFields, InNamespace {
  readonly close?: boolean | undefined;
}

export interface JoinRequest extends TargetFields, InNamespace {
  readonly join: string | readonly string[];
}

export interface LeaveRequest extends TargetFields, InNamespace {
  readonly leave: string | readonly string[];
}

export type ActionName = "publish" | "disconnect" | "join" | "leave";

/** What can be asked for, by its name. */
export interface ActionRequests {
  readonly publish: PublishRequest;
  readonly disconnect: DisconnectRequest;
  readonly join: JoinRequest;
  readonly leave: LeaveRequest;
}

export interface BatchRequest {
  /** Each is a request of its own, and `action` says which; looked at one by one. */
  readonly items: readonly unknown[];
}

/** The query of a list. */
export interface ListQuery extends InNamespace {
  readonly limit?: number | undefined;
  /** The last of the page before. */
  readonly after?: string | undefined;
  /** Of rooms: what their names begin with. */
  readonly prefix?: string | undefined;
}
