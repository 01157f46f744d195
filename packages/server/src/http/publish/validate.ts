import * as v from "valibot";
import { pointerOf, Problem } from "./problem.ts";
import type { ProblemCode } from "./problem.ts";
import type { Schema } from "./schemas.ts";

/**
 * The value, if it is what the schema says.
 * @throws Problem for the first thing that is wrong, with its place
 */
export function validate<Value>(schema: Schema<Value>, value: unknown): Value {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const at = pointerOf((issue.path ?? []).map(({ key }) => key));
  const code = codeOf(issue);
  const detail = detailOf(code, issue);
  throw new Problem(code, { at, detail });
}

function codeOf(issue: v.BaseIssue<unknown>): ProblemCode {
  if (issue.type === "check") return issue.message as ProblemCode;
  if (issue.type === "strict_object" && issue.path !== undefined) {
    return issue.expected === "never" ? "FIELD_UNKNOWN" : "FIELD_MISSING";
  }
  return "FIELD_INVALID";
}

/** What was sent is not repeated at length. */
const detailLengthMax = 200;

/** What is wrong, for people; undefined: what the code says of itself. */
function detailOf(code: ProblemCode, { message, path }: v.BaseIssue<unknown>): string | undefined {
  if (code === message) return undefined;
  const field = path?.map(({ key }) => key).findLast((key) => typeof key === "string");
  if (field !== undefined && field.length > detailLengthMax) return undefined;
  if (code === "FIELD_MISSING") return `the field "${field}" is missing`;
  if (code === "FIELD_UNKNOWN") return `there is no field "${field}" here`;
  const text = field === undefined ? message : `${field}: ${message}`;
  return text.length > detailLengthMax ? undefined : text;
}
