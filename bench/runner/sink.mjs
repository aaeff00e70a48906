/** The local receiver: accepts every export over HTTP and counts its bytes. */
import { createServer } from "node:http";

export class Sink {
  #bytes = new Map();
  #server = createServer((request, response) => {
    const lane = request.url.split("/")[1];
    request.on("data", (chunk) => this.#bytes.set(lane, (this.#bytes.get(lane) ?? 0) + chunk.length));
    request.on("end", () => {
      const isProtobuf = request.headers["content-type"] === "application/x-protobuf";
      response.writeHead(200, { "content-type": isProtobuf ? "application/x-protobuf" : "application/json" });
      // An empty protobuf message is an ExportTraceServiceResponse without a partial success.
      response.end(isProtobuf ? "" : "{}");
    });
  });

  static async start() {
    const sink = new Sink();
    await new Promise((resolve) => sink.#server.listen(0, "127.0.0.1", resolve));
    sink.#server.unref();
    return sink;
  }

  /** An address of its own for each contender. */
  lane(name) {
    return `http://127.0.0.1:${this.#server.address().port}/${name}`;
  }

  bytes(url) {
    return this.#bytes.get(new URL(url).pathname.split("/")[1]) ?? 0;
  }
}
