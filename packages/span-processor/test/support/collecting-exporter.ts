import type { ExportResult, Profile, ProfileExporter } from '@flamespan/profile';

export interface CollectingExporter extends ProfileExporter {
  readonly profiles: Profile[];
  /** Answers the next calls in order; success once it is empty. */
  readonly answers: (ExportResult | 'never' | 'throw')[];
  calls: number;
  shutdowns: number;
}

/** Keeps what it is given in memory. */
export function createCollectingExporter(): CollectingExporter {
  return {
    profiles: [],
    answers: [],
    calls: 0,
    shutdowns: 0,
    export(profile, resultCallback) {
      this.calls += 1;
      const answer = this.answers.shift() ?? { code: 0 };
      if (answer === 'throw') throw new Error('exporter is broken');
      if (answer === 'never') return;
      if (answer.code === 0) this.profiles.push(profile);
      setImmediate(() => resultCallback(answer));
    },
    shutdown() {
      this.shutdowns += 1;
      return Promise.resolve();
    },
  };
}
