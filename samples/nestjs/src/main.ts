import "reflect-metadata";
import type { AddressInfo } from "node:net";
import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { EventEmitterModule } from "@nestjs/event-emitter";
import { Transport } from "@nestjs/microservices";
import type { MicroserviceOptions } from "@nestjs/microservices";
import { RespanTelemetry } from "respan-instructor";
import { SupportDesk } from "./support-desk";
import { TicketsController } from "./tickets.controller";

const telemetry = new RespanTelemetry({ appName: "support-nest" });

@Module({
  imports: [EventEmitterModule.forRoot()],
  controllers: [TicketsController],
  providers: [SupportDesk],
})
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ["error", "warn"] });
  app.connectMicroservice<MicroserviceOptions>({
    transport: Transport.TCP,
    options: { host: "127.0.0.1", port: Number(process.env.MICROSERVICE_PORT) },
  });
  await app.startAllMicroservices();
  await app.listen(Number(process.env.PORT ?? 0), "127.0.0.1");
  console.log(`listening on ${(app.getHttpServer().address() as AddressInfo).port}`);
  process.once("SIGTERM", () => void app.close().then(() => telemetry.shutdown()));
}

void main();
