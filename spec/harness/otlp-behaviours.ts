import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Gate } from "./gate.js";
import { encodeResponse } from "./otlp-messages.js";

/** How the receiver meets one request. */
export interface Behaviour {
  /** Whether the spans count as received: a fault after that makes an exporter send them again. */
  keeps: boolean;
  /** Answers; the request has been read. */
  answer(response: ServerResponse): void | Promise<void>;
  /** Resets the connection after so many bytes of the request, before it has been read. */
  resetAfterBytes?: number;
}

export interface PartialSuccess {
  rejectedSpans: number;
  errorMessage: string;
}

/** 200 and `{"partialSuccess": {"rejectedSpans": 0, "errorMessage": ""}}`, as Respan answers. */
export function accepted(): Behaviour {
  return partialSuccess({ rejectedSpans: 0, errorMessage: "" });
}

/** 200 with spans rejected, as JSON (Respan) or as protobuf (most others). */
export function partialSuccess(partial: PartialSuccess, form: "json" | "protobuf" = "json"): Behaviour {
  return form === "json"
    ? body(200, "application/json", JSON.stringify({ partialSuccess: partial }))
    : body(200, "application/x-protobuf", encodeResponse(partial));
}

/** An HTTP status, the spans refused unless it is a 2xx. `retry-after` and the like go into the headers. */
export function status(code: number, headers: Record<string, string> = {}, text = ""): Behaviour {
  return body(code, "application/json", text || JSON.stringify({ code, message: `scripted status ${code}` }), headers);
}

/** Sends the exporter elsewhere. */
export function redirect(location: string, code = 307): Behaviour {
  return status(code, { location });
}

/** 200 without a body. */
export function emptyAnswer(contentType = "application/x-protobuf"): Behaviour {
  return body(200, contentType, "");
}

/** 200 with a body that is not what its content type says. */
export function garbageAnswer(contentType = "application/json"): Behaviour {
  return body(200, contentType, Buffer.from([0xff, 0x7b, 0x00, 0xfe, 0x3c]));
}

/** 200 with so many bytes of JSON, none of which anybody should hold in memory. */
export function hugeAnswer(bytes: number): Behaviour {
  return {
    keeps: true,
    async answer(response) {
      response.writeHead(200, { "content-type": "application/json" });
      const piece = Buffer.alloc(64 * 1024, 0x20);
      for (let sent = 0; sent < bytes && !response.destroyed; sent += piece.length) {
        if (!response.write(piece)) await drained(response);
      }
      response.end("{}");
    },
  };
}

/** Reads the request and never answers, or answers once the gate is released. */
export function hang(gate?: Gate, keeps = false): Behaviour {
  return {
    keeps,
    async answer(response) {
      if (!gate) return;
      await gate.pass();
      await accepted().answer(response);
    },
  };
}

/** The usual answer, a byte at a time, `delay` milliseconds between two. */
export function slowDrip(delay: number): Behaviour {
  return {
    keeps: true,
    async answer(response) {
      const text = Buffer.from(JSON.stringify({ partialSuccess: {} }));
      response.writeHead(200, { "content-type": "application/json", "content-length": text.length });
      for (let i = 0; i < text.length && !response.destroyed; i++) {
        response.write(text.subarray(i, i + 1));
        await sleep(delay, undefined, { ref: false });
      }
      response.end();
    },
  };
}

/** Takes the spans, begins to answer and resets the connection: the exporter cannot know that they arrived. */
export function resetMidAnswer(): Behaviour {
  return {
    keeps: true,
    async answer(response) {
      response.writeHead(200, { "content-type": "application/json", "content-length": 1000 });
      await new Promise<void>((resolve) => response.write('{"partial', () => resolve()));
      response.socket?.resetAndDestroy();
    },
  };
}

/** Resets the connection while the request is still on its way. */
export function resetMidRequest(bytes = 1): Behaviour {
  return { keeps: false, resetAfterBytes: bytes, answer: () => undefined };
}

function body(code: number, contentType: string, data: string | Buffer, headers: Record<string, string> = {}) {
  return {
    keeps: code < 300,
    answer(response: ServerResponse) {
      response.writeHead(code, { "content-type": contentType, "content-length": Buffer.byteLength(data), ...headers });
      response.end(data);
    },
  };
}

async function drained(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.once("drain", done).once("close", done);
  });
}
