import OpenAI from "openai";
import { createTracedInstructor, RespanTelemetry, Task, Workflow } from "respan-instructor";
import { z } from "zod";

// A workflow, and a task for each step of it.
export const telemetry = new RespanTelemetry({ appName: "instructor-support-api" });
const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });

const Invoice = z.object({ vendor: z.string(), invoice_id: z.string(), total_usd: z.number() });

class InvoiceDesk {
  @Task({ name: "extract_invoice" })
  extractInvoice(text: string) {
    return client.create({
      model: "gpt-4o-mini",
      response_model: { schema: Invoice, name: "Invoice" },
      messages: [{ role: "user", content: text }],
    });
  }

  @Workflow({ name: "invoice_processing" })
  async process(text: string) {
    const invoice = await this.extractInvoice(text);
    return `${invoice.vendor} ${invoice.invoice_id}: ${invoice.total_usd} USD`;
  }
}

export function run() {
  return new InvoiceDesk().process("Northwind invoice NW-1042 totals 298.00 USD.");
}
