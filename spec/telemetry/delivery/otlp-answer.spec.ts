import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { readOtlpAnswer } from "../../../lib/telemetry/delivery/respan-exporter.js";
import { encodeResponse } from "../../harness/otlp-messages.js";

const NOTHING = { rejectedSpans: 0, message: "" };
const TWO = { rejectedSpans: 2, message: "too old" };

const read = (body: Uint8Array | string, contentType: string) =>
  readOtlpAnswer(Buffer.from(body), contentType, ProtobufTraceSerializer);

describe("an answer in JSON", () => {
  it.each<[string, unknown]>([
    ['{"partialSuccess":{"rejectedSpans":2,"errorMessage":"too old"}}', TWO],
    ['{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}', TWO],
    ['{"partial_success":{"rejected_spans":2,"error_message":"too old"}}', TWO],
    ['{"partialSuccess":{"rejectedSpans":2}}', { rejectedSpans: 2, message: "" }],
    ['{"partialSuccess":{"errorMessage":"only a word"}}', { rejectedSpans: 0, message: "only a word" }],
    ['{"partialSuccess":{"rejectedSpans":2,"errorMessage":7}}', { rejectedSpans: 2, message: "" }],
    ['{"partialSuccess":{}}', NOTHING],
    ['{"partialSuccess":{"rejectedSpans":-2}}', NOTHING],
    ['{"partialSuccess":{"rejectedSpans":1.5}}', NOTHING],
    ['{"partialSuccess":{"rejectedSpans":"many"}}', NOTHING],
    ['{"partialSuccess":null}', NOTHING],
    ['{"partialSuccess":"no"}', NOTHING],
    ["{}", NOTHING],
    ["null", NOTHING],
    ['"text"', NOTHING],
    ["7", NOTHING],
    ["{", NOTHING],
    ["", NOTHING],
  ])("%s says %j", (body, said) => {
    expect(read(body, "application/json")).toEqual(said);
  });

  it.each([
    "application/json",
    "application/json; charset=utf-8",
    "Application/JSON",
    "application/problem+json",
    "text/json",
  ])("is known by its content type: %s", (contentType) => {
    expect(read('{"partialSuccess":{"rejectedSpans":2,"errorMessage":"too old"}}', contentType)).toEqual(TWO);
  });
});

describe("an answer of success", () => {
  it.each<[string, string, string, boolean]>([
    ["that is empty", "", "text/html", true],
    ["in JSON", '{"partialSuccess":{}}', "application/json", true],
    ["in JSON that cannot be read", "{", "application/json", true],
    ["in JSON, with no error", '{"error":null}', "application/json", true],
    ["in JSON, with an error of OTLP's", '{"error":"x","partialSuccess":{}}', "application/json", true],
    ["in JSON, with an error", '{"error":"not signed in"}', "application/json", false],
    ["in JSON, with errors", '{"errors":[]}', "application/problem+json", false],
    ["in plain text", "OK", "text/plain", true],
    ["that is a page", "<html>", "text/html", false],
    ["that is a page by its type", "Sign in", "Text/HTML; charset=utf-8", false],
    ["that is a page by its text", "\ufeff\n<!DOCTYPE html>", "", false],
    ["that is a page under JSON", "<html>", "application/json", false],
  ])("%s", (_what, body, contentType, isOtlp) => {
    expect(read(body, contentType) !== undefined).toBe(isOtlp);
  });
});

describe("an answer in protobuf", () => {
  const body = encodeResponse({ rejectedSpans: 2, errorMessage: "too old" });

  it.each([
    "application/x-protobuf",
    "application/octet-stream; name=json",
    "application/jsonp",
    "application/xjson",
    "",
  ])("is what has no JSON for its content type: %s", (contentType) => {
    expect(read(body, contentType)).toEqual(TWO);
  });

  it.each([
    ["is empty", new Uint8Array()],
    ["is garbage", Uint8Array.of(0xff, 0x7b, 0x00)],
  ])("that %s says nothing", (_what, bytes) => {
    expect(read(bytes, "application/x-protobuf")).toEqual(NOTHING);
  });
});
