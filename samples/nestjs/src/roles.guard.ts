import { CanActivate, ExecutionContext, Injectable, SetMetadata } from "@nestjs/common";
import { Reflector } from "@nestjs/core";
import type { Request } from "express";

const ROLES = "roles";
export const Roles = (...roles: string[]) => SetMetadata(ROLES, roles);

/** Rejects users without one of the handler's roles. If the handler's metadata were lost, it would admit everyone. */
@Injectable()
export class RolesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const roles = this.reflector.get<string[] | undefined>(ROLES, context.getHandler());
    if (roles === undefined) return true;
    const role = context.switchToHttp().getRequest<Request>().get("x-role");
    return role !== undefined && roles.includes(role);
  }
}
