import { HttpError } from "./http-error.js";

/** How many a request asks for: at most so many, and a default where it does not say. */
export function limitOf(parameters: URLSearchParams, byDefault: number, most: number): number {
  const text = parameters.get("limit") ?? "";
  const limit = text === "" ? byDefault : Number(text);
  if (!Number.isInteger(limit) || limit < 1) throw new HttpError(400, "limit must be a positive integer");
  return Math.min(limit, most);
}
