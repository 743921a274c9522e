import { purgeOlder, type RetentionRule } from '@quadrille/nest';
import type { StorefrontEnvironment } from '../environment.js';

/** Purges old ended sagas with all their data. */
export const purgeSagas: RetentionRule<StorefrontEnvironment> = {
  name: 'sagas',
  async purge(tx, { SAGA_RETENTION_DAYS }, limit) {
    const { rows } = await tx.query<{ gone: number }>(
      `with gone as (
         delete from sagas
         where order_id = any(array(
           select order_id from sagas
           where ended_at < now() - make_interval(days => $1::int)
           order by ended_at limit $2::int for update skip locked))
         returning order_id),
       events as (delete from saga_events using gone where saga_events.order_id = gone.order_id),
       old_notices as (delete from notices using gone where notices.order_id = gone.order_id)
       select count(*)::int as gone from gone`,
      [SAGA_RETENTION_DAYS, limit],
    );
    return rows[0]!.gone;
  },
};

/** Purges old unreadable records. */
export const purgeUnreadable: RetentionRule<StorefrontEnvironment> = {
  name: 'unreadable records',
  purge: (tx, env, limit) =>
    purgeOlder(tx, 'unreadable_records', 'read_at', `${env.UNREADABLE_RETENTION_DAYS} days`, limit),
};
