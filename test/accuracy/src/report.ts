import type { KindScore } from './score.ts';

/** What a program under test says of itself at its end. */
export interface Report {
  readonly scores: readonly KindScore[];
  /** Reasons to disbelieve the scores. */
  readonly contradictions: readonly string[];
  /** What our packages said through OpenTelemetry's diag, warnings and errors. */
  readonly complaints: readonly string[];
  /** Our own faults that were kept away from the application. */
  readonly errors: number;
  /** Runs of a kind that failed. */
  readonly failures: readonly string[];
  readonly runs: number;
}

export interface TotalScore extends Omit<KindScore, 'kind'> {
  readonly kinds: number;
  /** Kinds without a single sample: nothing was shown for them. */
  readonly unseenKinds: readonly string[];
}

export function totalOf(scores: readonly KindScore[]): TotalScore {
  const sum = (column: Exclude<keyof KindScore, 'kind'>): number => scores.reduce((total, score) => total + score[column], 0);
  return {
    samples: sum('samples'), right: sum('right'), wrong: sum('wrong'), unlabelled: sum('unlabelled'),
    wrongLocalRoot: sum('wrongLocalRoot'), endpointRight: sum('endpointRight'), endpointWrong: sum('endpointWrong'),
    kinds: scores.length, unseenKinds: scores.filter(({ samples }) => samples === 0).map(({ kind }) => kind),
  };
}

/** One report out of those of several threads. */
export function mergeReports(reports: readonly Report[]): Report {
  const scores = new Map<string, KindScore>();
  for (const score of reports.flatMap((report) => report.scores)) {
    const known = scores.get(score.kind);
    if (known === undefined) {
      scores.set(score.kind, { ...score });
      continue;
    }
    for (const column of ['samples', 'right', 'wrong', 'unlabelled', 'wrongLocalRoot', 'endpointRight', 'endpointWrong'] as const) {
      known[column] += score[column];
    }
  }
  return {
    scores: [...scores.values()],
    contradictions: reports.flatMap((report) => report.contradictions),
    complaints: reports.flatMap((report) => report.complaints),
    errors: reports.reduce((sum, { errors }) => sum + errors, 0),
    failures: reports.flatMap((report) => report.failures),
    runs: reports.reduce((sum, { runs }) => sum + runs, 0),
  };
}
