import type { FunctionChange } from '../../../src/api/answers.ts';
import { changeWord } from './change.ts';

/** What is said of a function that two sides are compared for, the worst first. */
export const VERDICTS = ['new', 'slower', 'more', 'too few samples to tell', 'unchanged', 'less', 'faster', 'gone'] as const;
export type Verdict = (typeof VERDICTS)[number];

const LEAST_RATIO = 0.05;

/** Time is judged by the number of samples; of memory only the values are compared, since their samples stand for many. */
export function verdictOf({ baseSelf, self, significant }: Pick<FunctionChange, 'baseSelf' | 'self' | 'significant'>, isTime: boolean): Verdict {
  if (Math.abs(self - baseSelf) <= LEAST_RATIO * Math.max(self, baseSelf)) return 'unchanged';
  if (isTime && !significant) return 'too few samples to tell';
  if (baseSelf <= 0) return 'new';
  if (self <= 0) return 'gone';
  return changeWord(self > baseSelf ? 'more' : 'less', isTime) as Verdict;
}
