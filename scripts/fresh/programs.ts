/** The sources that a person writes after `setup`, following its output. */

const SCHEMA = `const SupportTicket = z.object({
  customer: z.string(),
  priority: z.enum(["low", "medium", "high"]),
  summary: z.string(),
});
`;

const CALL = `createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" }).create({
  model: "gpt-4o-mini",
  response_model: { schema: SupportTicket, name: "SupportTicket" },
  messages: [{ role: "user", content: message }],
})`;

const IMPORTS = (name: string): string => `import OpenAI from "openai";
import { createTracedInstructor, ${name} } from "respan-instructor";
import { z } from "zod";

`;

const MESSAGE = '"ACME cannot log in before a security audit."';

/** With the decorator, in either mode. */
export const DECORATED = `${IMPORTS("Workflow")}${SCHEMA}
class SupportDesk {
  @Workflow({ name: "support_ticket_extraction" })
  async extract(message: string) {
    return ${CALL};
  }
}

export const extractTicket = (message: string) => new SupportDesk().extract(message);
`;

/** With the function form. */
export function functions(form: "ts" | "js" | "cjs"): string {
  const typed = form === "ts" ? "message: string" : "message";
  const body = `${SCHEMA}
const extractTicket = (${typed}) => withWorkflow({ name: "support_ticket_extraction" }, async () => ${CALL});
`;
  if (form !== "cjs") return `${IMPORTS("withWorkflow")}${body}\nexport { extractTicket };\n`;
  return `const { OpenAI } = require("openai");
const { createTracedInstructor, withWorkflow } = require("respan-instructor");
const { z } = require("zod");

${body}
module.exports = { extractTicket };
`;
}

export function main(form: "import" | "require"): string {
  if (form === "import") {
    return `import "./tracing.js";
import { extractTicket } from "./desk.js";

console.log(await extractTicket(${MESSAGE}));
`;
  }
  return `require("./tracing.js");
const { extractTicket } = require("./desk.js");

void extractTicket(${MESSAGE}).then(console.log);
`;
}

export const EXPRESS = `import { respanScope } from "./tracing";
import express from "express";
import { extractTicket } from "./desk";

const app = express();
app.use(express.json());
app.use(respanScope);
app.get("/ticket", async (_request, response) => {
  response.json(await extractTicket(${MESSAGE}));
});
app.listen(Number(process.env.PORT), "127.0.0.1");
`;

export const FASTIFY = `import { respanScope } from "./tracing.js";
import fastify from "fastify";
import { extractTicket } from "./desk.js";

const app = fastify();
app.addHook("preHandler", respanScope);
app.get("/ticket", () => extractTicket(${MESSAGE}));
await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
`;

export const NEST_SERVICE = `import { Injectable } from '@nestjs/common';
import { extractTicket } from './desk';

@Injectable()
export class AppService {
  getTicket() {
    return extractTicket(${MESSAGE});
  }
}
`;

export const NEST_CONTROLLER = `import { Controller, Get } from '@nestjs/common';
import { AppService } from './app.service';

@Controller()
export class AppController {
  constructor(private readonly appService: AppService) {}

  @Get()
  getTicket() {
    return this.appService.getTicket();
  }
}
`;

export const NEXT_LAYOUT = `import type { ReactNode } from "react";

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
`;

export const NEXT_ROUTE = `import { extractTicket } from "../../desk";

export const dynamic = "force-dynamic";

export async function GET(): Promise<Response> {
  return Response.json(await extractTicket(${MESSAGE}));
}
`;

export const NEXT_CONFIG = `import type { NextConfig } from "next";

const config: NextConfig = {
  serverExternalPackages: ["respan-instructor", "@instructor-ai/instructor"],
};

export default config;
`;

export const LAMBDA = `import { traced } from "./tracing.js";
import { extractTicket } from "./desk.js";

export const handler = traced((event: { message: string }) => extractTicket(event.message));
`;

/** The Lambda service: calls the handler, and may freeze the process once it has answered. */
export const INVOKE = `import { handler } from "./handler.js";

console.log(await handler({ message: ${MESSAGE} }));
process.exit(0);
`;
