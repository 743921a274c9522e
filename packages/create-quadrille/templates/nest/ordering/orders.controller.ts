import { randomUUID } from 'node:crypto';
import { BadRequestException, Body, Controller, Post } from '@nestjs/common';
import { Commands } from '@quadrille/nest';
import { Order } from './ordering.js';

const Wish = Order.omit({ orderId: true });

@Controller('orders')
export class OrdersController {
  constructor(private readonly commands: Commands) {}

  @Post()
  async place(@Body() body: unknown) {
    const wish = Wish.safeParse(body);
    if (!wish.success) throw new BadRequestException(wish.error.issues);
    const orderId = randomUUID();
    await this.commands.run('place-order', { ...wish.data, orderId }, { key: orderId });
    return { orderId };
  }
}
