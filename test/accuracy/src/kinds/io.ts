import { pbkdf2, randomBytes, scrypt, webcrypto } from 'node:crypto';
import { lookup } from 'node:dns';
import { createReadStream, readFile, stat } from 'node:fs';
import { open, readFile as readFilePromise } from 'node:fs/promises';
import type * as Http from 'node:http';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { deflate } from 'node:zlib';
import type { Continuation, Run } from '../continuation.ts';
import { burnIn } from './scheduling.ts';

/** By `require`, which instrumentations see without a loader hook. */
const { get } = createRequire(import.meta.url)('node:http') as typeof Http;

const FILE = new URL(import.meta.url);

function upstreamUrl({ surroundings, id }: Run): string {
  return `http://127.0.0.1:${surroundings.upstream.port}/answers/${id}`;
}

export const io: Readonly<Record<string, Continuation>> = {
  fsCallback: (run) => burnIn(run, (callback) => readFile(FILE, () => stat(FILE, callback))),
  async fsPromises(run) {
    await readFilePromise(FILE);
    run.burn();
    const file = await open(FILE);
    await file.stat();
    run.burn();
    await file.close();
  },
  fsStream: (run) =>
    new Promise((resolve, reject) => {
      createReadStream(FILE, { highWaterMark: 2_000 })
        .once('data', () => run.burn())
        .once('close', () => {
          run.burn();
          resolve();
        })
        .once('error', reject)
        .resume();
    }),
  cryptoPbkdf2: (run) => burnIn(run, (callback) => pbkdf2('password', 'salt', 50, 32, 'sha256', callback)),
  cryptoRandomBytes: (run) => burnIn(run, (callback) => randomBytes(64, () => scrypt('password', 'salt', 16, { N: 64 }, callback))),
  async cryptoSubtle(run) {
    await webcrypto.subtle.digest('SHA-256', new Uint8Array(64));
    run.burn();
  },
  zlibCallback: (run) => burnIn(run, (callback) => deflate(Buffer.alloc(4_096, 'zlib'), callback)),
  dnsLookup: (run) => burnIn(run, (callback) => lookup('127.0.0.1', callback)),
  netSocket: (run) =>
    new Promise((resolve, reject) => {
      const socket = connect(run.surroundings.upstream.port, '127.0.0.1', () => {
        run.burn();
        socket.end();
      });
      socket.once('close', () => {
        run.burn();
        resolve();
      });
      socket.once('error', reject);
      socket.resume();
    }),
  httpClientCallback: (run) =>
    new Promise((resolve, reject) => {
      get(upstreamUrl(run), (response) => {
        run.burnAsReported();
        response.once('data', () => run.burnAsReported());
        response.once('end', () => {
          run.burnAsReported();
          resolve();
        });
      }).once('error', reject);
    }),
  async httpClientAwait(run) {
    await new Promise<void>((resolve, reject) => {
      get(upstreamUrl(run), (response) => response.resume().once('end', resolve)).once('error', reject);
    });
    run.burn();
  },
  async fetch(run) {
    const response = await fetch(upstreamUrl(run));
    run.burn();
    await response.text();
    run.burn();
  },
  async fetchBody(run) {
    const { body } = await fetch(upstreamUrl(run));
    for await (const chunk of body ?? []) if (chunk.length > 0) run.burn();
  },
};
