import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** The identity of a request. */
export interface Principal {
  /** The issuer's subject, for audits. Undefined if callers are not authenticated. */
  readonly subject: string | undefined;
  /** The customer whose data they may access; undefined for operators, and without authentication. */
  readonly customerId: string | undefined;
}

/** The principal without authentication (AUTH=none): unrestricted. */
export const ANYONE: Principal = { subject: undefined, customerId: undefined };

/** The principal of a request without a token, with authentication enabled: a customer without any data. */
export const ANONYMOUS: Principal = { subject: undefined, customerId: 'nobody' };

/** Whether a principal may access a customer's data; data without a customer are for operators only. */
export const mayActFor = ({ customerId: own }: Principal, customerId: string | null): boolean =>
  own === undefined || own === customerId;

/** A request with a known principal. */
export type Identified = FastifyRequest & { principal: Principal };

/**
 * Parameter decorator: the principal, on routes for customers and operators. In an application without this authentication it is
 * unrestricted.
 */
export const CurrentPrincipal = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal =>
    context.switchToHttp().getRequest<Partial<Identified>>().principal ?? ANONYMOUS,
);

/** Sets the operator of a decision to the token's subject, if there is one. */
export const inTheNameOf = <Decision extends { readonly by: string }>(
  { subject }: Principal,
  decision: Decision,
): Decision => (subject === undefined ? decision : { ...decision, by: subject });
