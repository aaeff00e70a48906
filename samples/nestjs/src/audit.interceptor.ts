import { CallHandler, ExecutionContext, Injectable, NestInterceptor } from "@nestjs/common";
import { getCurrentTraceId } from "respan-instructor";
import { map, Observable } from "rxjs";

/** Adds the handler's name to the answer, and that the handler's span has ended. */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler<object>): Observable<object> {
    const handler = context.getHandler().name;
    return next.handle().pipe(map((answer) => ({ ...answer, handler, traceAfter: getCurrentTraceId() ?? null })));
  }
}
