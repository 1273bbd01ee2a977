import type { JSX } from 'preact';
import type { Query } from '../../api/client.ts';
import { useShownRevision } from '../../api/use-shown-revision.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { ErrorNotice } from '../../design/controls.tsx';
import { countOf } from '../../format/units.ts';
import { address } from '../../router/address.ts';
import { Link } from '../../router/link.tsx';
import { findingHref } from './finding-href.ts';
import './findings-panel.css';

export interface FindingsPanelProps {
  /** Of what: a trace and maybe a span, or a service, endpoints and a time range. */
  readonly about: Query;
  /** Behind what is looked at, for the case that nothing is found; null = not known. */
  readonly samples: number | null;
}

/** What stands out, in plain words, each with what it rests on and where to look. */
export function FindingsPanel({ about, samples }: FindingsPanelProps): JSX.Element | null {
  const { answer, error, retry } = useAnswer('findings', about, useShownRevision());
  const { path, query } = address.value;
  if (error !== undefined) return <ErrorNotice error={error} onRetry={retry} />;
  if (answer === undefined) return null;
  if (answer.findings.length === 0) {
    return <p class="muted findings-none" data-findings="0">{samples === null ? 'Nothing stands out.' : samples === 0 ? 'No samples to find anything in.' : `Nothing stands out in ${countOf(samples, 'sample')}.`}</p>;
  }
  return (
    <section class="findings" aria-label="Findings" data-findings={answer.findings.length}>
      <h2>What stands out</h2>
      <ul>
        {answer.findings.map((finding) => {
          const href = findingHref(finding, path, query);
          return (
            <li key={`${finding.kind} ${finding.title}`} class="finding" data-kind={finding.kind}>
              <h3>{finding.title}</h3>
              <p>{finding.evidence}{href !== null && <>{' '}<Link href={href} aria-label={`Show: ${finding.title}`}>Show it</Link></>}</p>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
