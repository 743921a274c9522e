import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** In whose name a request is made. */
export interface Principal {
  /** How the issuer names them: for audits. Undefined where nobody is asked who they are. */
  readonly subject: string | undefined;
  /** The one customer whose things they may see and spend; undefined for operators, and where nobody is asked. */
  readonly customerId: string | undefined;
}

/** Everybody, where nobody is asked who they are (AUTH=none). */
export const ANYONE: Principal = { subject: undefined, customerId: undefined };

/** Somebody without a token, where people are asked who they are: a customer of whom there is nothing. */
export const NOBODY: Principal = { subject: undefined, customerId: 'nobody' };

/** Whether they may see and spend what belongs to a customer; what belongs to no customer only operators. */
export const mayActFor = ({ customerId: own }: Principal, customerId: string | null): boolean =>
  own === undefined || own === customerId;

/** A request of which is known in whose name it is made. */
export type Identified = FastifyRequest & { principal: Principal };

/** Parameter decorator: who asks, on routes for customers and operators. In an application of another making that is nobody. */
export const CurrentPrincipal = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal =>
    context.switchToHttp().getRequest<Partial<Identified>>().principal ?? NOBODY,
);

/** What an operator decided; by whom the token says, where there is one. */
export const inTheNameOf = <Decision extends { readonly by: string }>(
  { subject }: Principal,
  decision: Decision,
): Decision => (subject === undefined ? decision : { ...decision, by: subject });
