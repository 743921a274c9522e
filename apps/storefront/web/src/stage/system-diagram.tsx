import { useElementSize } from '@mantine/hooks';
import { checkout } from '@quadrille/contracts';
import { GUTTER, LEAST_WIDTH, topologyGeometry } from '@quadrille/operate/live/page/geometry';
import { pictureOf } from '@quadrille/operate/live/picture';
import { IconBuildingBank } from '@tabler/icons-react';
import { type Ref, useMemo } from 'react';
import type { Snapshot } from '../../../src/stage/snapshot.js';
import { ServiceCard } from './service-card.js';
import classes from './system-diagram.module.css';
import { TopologyMap, type TopologyMapHandle } from './topology-map.js';

const picture = pictureOf(checkout);
const PROVIDER = 'payment-provider';
/** The service that calls the external provider. */
const CALLS_PROVIDER = 'payment';

/** The whole system: services with their databases above, their topics below, and moving events. */
export function SystemDiagram({
  now,
  handle,
}: {
  readonly now: Snapshot | undefined;
  readonly handle: Ref<TopologyMapHandle>;
}) {
  const { ref, width: measured } = useElementSize();
  const width = Math.max(LEAST_WIDTH, measured);
  const geometry = useMemo(() => topologyGeometry(picture, width), [width]);
  const at = Date.parse(now?.at ?? '') || 0;
  const columns = { gridTemplateColumns: `${GUTTER}px repeat(${picture.services.length}, minmax(0, 1fr))` };
  return (
    <section ref={ref} className={classes.frame} aria-labelledby="system-title">
      <h2 id="system-title" className="only-for-screen-readers">
        The system
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard. */}
      <section className={classes.scroll} aria-label="Services and topics" tabIndex={0}>
        <div className={classes.canvas} style={{ width }}>
          <div className={classes.outside} style={columns}>
            <p className={classes.caption}>External services</p>
            <Provider now={now} column={2 + picture.services.indexOf(CALLS_PROVIDER)} />
          </div>
          <div className={classes.cards} style={columns}>
            <p className={classes.caption}>
              Services, each with its own database. Events wait in its outbox until they are sent.
            </p>
            {picture.services.map((service) => (
              <ServiceCard
                key={service}
                service={service}
                facts={now?.services.find((each) => each.service === service)}
                perSecond={publishes(service) ? (now?.sagas?.byService[service] ?? 0) : undefined}
                awaited={now?.sagas?.awaited.filter((each) => each.service === service) ?? []}
                faults={(now?.faults ?? []).filter(
                  ({ target }) => target === service || stepsOf(service).includes(target ?? ''),
                )}
                now={at}
              />
            ))}
          </div>
          <TopologyMap picture={picture} geometry={geometry} now={now} handle={handle} />
        </div>
      </section>
    </section>
  );
}

const rows: Readonly<Record<string, { readonly service: string }>> = checkout.rows;
const stepsOf = (service: string): string[] => Object.keys(rows).filter((step) => rows[step]!.service === service);

const publishes = (service: string): boolean =>
  picture.lines.some(({ from }) => from === picture.services.indexOf(service));

function Provider({ now, column }: { readonly now: Snapshot | undefined; readonly column: number }) {
  const facts = now?.services.find(({ service }) => service === PROVIDER);
  const on = (fault: string) => now?.faults.some((each) => each.fault === fault && each.on);
  const stopped = now?.faults.some(
    ({ fault, target, on: is }) => fault === 'stopped-service' && target === PROVIDER && is,
  );
  const words = [
    ...(stopped || facts?.health === 'down' ? ['not running'] : []),
    ...(on('provider-down') ? ['does not respond'] : []),
    ...(on('slow-provider') ? ['slow'] : []),
    ...(on('declined-cards') ? ['declines every card'] : []),
  ];
  return (
    <p className={classes.provider} style={{ gridColumn: column }} data-faulty={words.length > 0 || undefined}>
      <IconBuildingBank size={15} aria-hidden /> card provider{words.length > 0 && `: ${words.join(', ')}`}
    </p>
  );
}
