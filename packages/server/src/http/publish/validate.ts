import * as v from "valibot";
import { pointerOf, Problem, problems } from "./problem.ts";
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
  throw new Problem(code, { at, ...(code === issue.message ? {} : { detail: detailOf(issue) }) });
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

function detailOf({ message, path }: v.BaseIssue<unknown>): string {
  const field = path?.map(({ key }) => key).findLast((key) => typeof key === "string");
  const text = field === undefined ? message : `${field}: ${message}`;
  return text.length > detailLengthMax ? problems.FIELD_INVALID.text : text;
}
