import { propagateAttributes } from "respan-instructor";
import { SupportDesk } from "../../desk";

export async function POST(request: Request): Promise<Response> {
  const { message } = (await request.json()) as { message: string };
  const customer = request.headers.get("x-customer") ?? undefined;
  const desk = new SupportDesk();
  return Response.json(await propagateAttributes({ customerIdentifier: customer }, () => desk.extractTicket(message)));
}
