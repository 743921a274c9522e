import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Customer, mayActFor, type Principal, Problem } from '@quadrille/nest';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { findNotification } from '../persistence/find-notification.js';

const OrderId = z.uuid();

const Notification = z.object({
  orderId: z.uuid(),
  mail: z.enum(['order-completed', 'order-cancelled']),
  customerId: z.uuid().nullable().describe('Null for a guest.'),
  orderEndedAt: z.iso.datetime(),
  sentAt: z.iso.datetime().describe('Time at which the mail server accepted the mail.'),
});

/** The mails sent to customers. */
@ApiTags('notifications')
@Controller('notifications')
export class NotificationsController {
  constructor(private readonly dataSource: DataSource) {}

  @Customer()
  @Get()
  @ApiOperation({ summary: 'Get the mail about an order, if one was sent' })
  @ApiResponse({
    status: 200,
    description: 'The mail in a list, or an empty list.',
    standardSchema: z.object({ notifications: z.array(Notification) }),
  })
  async list(
    @Query({ schema: z.object({ orderId: OrderId }) }) { orderId }: { orderId: string },
    @CurrentPrincipal() principal: Principal,
  ) {
    const found = await this.find(orderId, principal);
    return { notifications: found ? [found] : [] };
  }

  @Customer()
  @Get(':orderId')
  @ApiOperation({ summary: 'Get the mail about an order, with its time' })
  @ApiResponse({ status: 200, description: 'The sent mail.', standardSchema: Notification })
  @ApiResponse({ status: 400, description: 'The id is not a UUID.' })
  @ApiResponse({ status: 404, description: 'No mail has been sent about this order.' })
  async show(
    @Param('orderId', { schema: OrderId }) orderId: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<z.infer<typeof Notification>> {
    const found = await this.find(orderId, principal);
    if (!found) throw new Problem(404, 'unknown-notification', `No mail has been sent about the order ${orderId}.`);
    return found;
  }

  private async find(orderId: string, principal: Principal) {
    const found = await findNotification(this.dataSource, orderId);
    return found && mayActFor(principal, found.customerId) ? found : undefined;
  }
}
