import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Param,
  ParseIntPipe,
  Post,
  UseGuards,
  UseInterceptors,
} from "@nestjs/common";
import { EventEmitter2, OnEvent } from "@nestjs/event-emitter";
import { MessagePattern } from "@nestjs/microservices";
import { Task, Tool, Workflow } from "respan-instructor";
import { AuditInterceptor } from "./audit.interceptor";
import { Roles, RolesGuard } from "./roles.guard";
import { SupportDesk } from "./support-desk";

/** This package's decorators above Nest's on one method, below them on the next. Routes, guards and events work for both. */
@Controller("tickets")
export class TicketsController {
  private readonly heard: string[] = [];

  constructor(
    private readonly desk: SupportDesk,
    private readonly events: EventEmitter2,
  ) {}

  @Workflow({ name: "above" })
  @Post("above")
  @HttpCode(202)
  @UseGuards(RolesGuard)
  @Roles("agent")
  @UseInterceptors(AuditInterceptor)
  async above(@Body() body: { message: string }) {
    const ticket = await this.desk.extractTicket(body.message);
    await this.events.emitAsync("ticket.above", ticket.customer);
    return ticket;
  }

  @Post("below")
  @HttpCode(202)
  @UseGuards(RolesGuard)
  @Roles("agent")
  @UseInterceptors(AuditInterceptor)
  @Workflow({ name: "below" })
  async below(@Body() body: { message: string }) {
    const ticket = await this.desk.extractTicket(body.message);
    await this.events.emitAsync("ticket.below", ticket.customer);
    return ticket;
  }

  @Get("between/:id")
  @Tool
  @Header("x-answered-by", "nest")
  between(@Param("id", ParseIntPipe) id: number) {
    return { type: typeof id, id };
  }

  @Task({ name: "heard_above" })
  @OnEvent("ticket.above")
  onAbove(customer: string): void {
    this.heard.push(`above ${customer}`);
  }

  @OnEvent("ticket.below")
  @Task({ name: "heard_below" })
  onBelow(customer: string): void {
    this.heard.push(`below ${customer}`);
  }

  @Workflow({ name: "message_above" })
  @MessagePattern("count.above")
  countAbove(words: string): number {
    return words.split(" ").length;
  }

  @MessagePattern("count.below")
  @Workflow({ name: "message_below" })
  countBelow(words: string): number {
    return words.split(" ").length;
  }

  @Get("heard")
  heardEvents(): string[] {
    return this.heard;
  }
}
