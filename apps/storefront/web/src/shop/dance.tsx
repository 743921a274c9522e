import { checkout } from '@quadrille/contracts';
import { wayAhead } from '../order/way.js';
import classes from './shop.module.css';

const WAY = wayAhead(checkout, []);

/** The way of an order through the services, as the table has it; each speaks in turn. */
export const FlowStrip = () => (
  <figure className={classes.dance}>
    <ol>
      {WAY.map(({ step, event }, at) => (
        <li key={step} style={{ animationDelay: `${at * 0.7}s` }}>
          <strong>{event.service}</strong>
          <span>{event.name}</span>
        </li>
      ))}
    </ol>
    <figcaption>The way of an order when all goes well. Every event has a way back.</figcaption>
  </figure>
);
