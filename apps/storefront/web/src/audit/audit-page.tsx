import { Alert, Code, Skeleton, Text } from '@mantine/core';
import { IconCircleCheckFilled, IconCircleXFilled, IconHourglassHigh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { request } from '../api/request.js';
import { UnavailableNotice } from '../api/unavailable-notice.js';
import { Page } from '../frame/page.js';
import { moment, sentence, span, wordsOf } from '../ui/format.js';
import { useNow } from '../ui/use-now.js';
import classes from './audit.module.css';
import { type AuditVerdict, conclusionOf, type Judgement, pendingOf } from './verdict.js';

const LOOK_EVERY_MS = 2_000;
const GROUPED = new Intl.NumberFormat('en-GB');

/** The storefront's view of the auditor. */
interface Audited {
  readonly configured: boolean;
  readonly judged: AuditVerdict | null;
  readonly why: string | null;
}

/** The seven promises, judged from outside on the whole history of the system. */
export default function AuditPage() {
  const audit = useQuery({
    queryKey: ['audit'],
    queryFn: ({ signal }) => request<Audited>('storefront', '/audit/verdict', { signal }),
    refetchInterval: LOOK_EVERY_MS,
  });
  const { data } = audit;
  return (
    <Page
      title="Audit"
      lead="An auditor reads every database, every topic and the books of the card provider, independently of the services. These seven promises hold under every fault of the stage."
    >
      <UnavailableNotice what="The audit" failure={audit.failureReason} />
      {!data && !audit.failureReason && <Skeleton height={320} />}
      {data && !data.configured && <HowToStart />}
      {data?.configured && !data.judged && (
        <Alert color="gray" title="There is no verdict yet" role="status">
          {data.why} This page refreshes automatically.
        </Alert>
      )}
      {data?.judged && <Verdict audit={data.judged} />}
    </Page>
  );
}

function HowToStart() {
  return (
    <Alert color="gray" title="No auditor is configured" role="status">
      <Text size="sm">
        <code>npm start</code> starts one. Elsewhere, start it with access to the databases and Kafka, and set its
        address in <code>AUDITOR_URL</code> of the storefront:
      </Text>
      <Code block mt="sm" tabIndex={0}>
        npx quadrille audit --every-seconds 30 --metrics-port 9464
      </Code>
    </Alert>
  );
}

function Verdict({ audit }: { readonly audit: AuditVerdict }) {
  const now = useNow(true, 1_000);
  const pending = pendingOf(audit);
  const verdict = audit.error === null ? audit.verdict : 'open';
  return (
    <>
      <section className={classes.conclusion} data-verdict={verdict} role="status">
        <Mark verdict={verdict} size={38} />
        <div>
          <h2 className={classes.sentence}>{conclusionOf(audit)}</h2>
          <p className={classes.when}>
            Audited {moment(audit.at)}, {span(now - Date.parse(audit.at))} ago, in {span(audit.tookMs)}.
            {pending.length > 0 && ` ${sentence(pending.join(', '))}.`}
          </p>
        </div>
      </section>
      {audit.error && (
        <Alert color="undo" mb="md" role="status" title="The auditor cannot run at the moment">
          {audit.since && `Since ${moment(audit.since)}: `}
          {audit.error} The results below are the last ones.
        </Alert>
      )}
      {audit.notJudged.length > 0 && (
        <Alert color="gray" mb="md" title="Not judged">
          <ul className={classes.unjudged}>
            {audit.notJudged.map((what) => (
              <li key={what}>{what}</li>
            ))}
          </ul>
        </Alert>
      )}
      <ol className={classes.promises}>
        {audit.promises.map((judgement) => (
          <PromiseRow key={judgement.promise} judgement={judgement} />
        ))}
      </ol>
    </>
  );
}

const WORDS = { holds: 'Holds', broken: 'Broken', open: 'Not judged yet' } as const;

function PromiseRow({ judgement: { promise, verdict, checked, violations } }: { readonly judgement: Judgement }) {
  return (
    <li className={classes.promise} data-verdict={verdict}>
      <Mark verdict={verdict} size={24} />
      <div className={classes.inside}>
        <h3 className={classes.words}>{sentence(promise)}</h3>
        <dl className={classes.numbers}>
          {Object.entries(checked).map(([what, number]) => (
            <div key={what}>
              <dt>{wordsOf(what)}</dt>
              <dd>{GROUPED.format(number)}</dd>
            </div>
          ))}
        </dl>
        {violations.length > 0 && (
          <ul className={classes.violations}>
            {violations.map((violation) => (
              <li key={violation}>{violation}</li>
            ))}
          </ul>
        )}
      </div>
      <span className={classes.verdict}>{WORDS[verdict]}</span>
    </li>
  );
}

function Mark({ verdict, size }: { readonly verdict: Judgement['verdict']; readonly size: number }) {
  if (verdict === 'holds') return <IconCircleCheckFilled size={size} aria-hidden className={classes.good} />;
  if (verdict === 'broken') return <IconCircleXFilled size={size} aria-hidden className={classes.bad} />;
  return <IconHourglassHigh size={size} aria-hidden className={classes.open} />;
}
