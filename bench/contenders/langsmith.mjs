import { Client } from "langsmith";
import { traceable } from "langsmith/traceable";
import { wrapOpenAI } from "langsmith/wrappers";
import { Instructor, classified, openai } from "../application.mjs";
import { kept } from "./kept.mjs";

/** Lets runs go where the client would begin to write them: langsmith has its own protocol and no exporter. */
class DroppingClient extends Client {
  runs = 0;

  async createRun(run) {
    this.runs++;
    kept?.push({ ...run });
  }

  async updateRun(id, change) {
    const run = kept?.find((created) => created.id === id);
    if (run !== undefined) Object.assign(run, change);
  }
}

export function start({ url }) {
  process.env.LANGSMITH_TRACING = "true";
  const options = { apiUrl: url ?? "http://langsmith.invalid", apiKey: "bench" };
  const client = url === undefined ? new DroppingClient(options) : new Client(options);

  const classify = traceable(async (text) => classified(text), { name: "classify", client });
  return {
    spans: () => client.runs,
    flush: () => client.awaitPendingTraceBatches(),
    nested: traceable(async (text) => classify(text), { name: "extract", client }),
    structured: (fetch) => {
      const wrapped = wrapOpenAI(openai(fetch), { client });
      const instructor = Instructor({ client: wrapped, mode: "TOOLS" });
      return (request) => instructor.chat.completions.create(request);
    },
  };
}
