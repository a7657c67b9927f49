// Compiling by the engines of one audit: whoever is free takes the next few files and shares what they compile to, so
// that each file is compiled once, in the thread that needs it anyway. An engine that fails leaves its files as they
// came. Who compiles what depends on chance; nothing but the time does.

import type { EngineRequests } from './protocol';
import type { CompiledFile, GivenFile } from './sources';

type Compile = EngineRequests['compile'];

/** Has one engine compile. Rejects when it is of no further use. */
export type CompileAsk = (params: Compile['params']) => Promise<Compile['result']>;

interface Chunk {
  readonly files: readonly GivenFile[];
  readonly keeps: boolean;
  readonly done: (made: readonly MadeFile[]) => void;
}

/** A file, and who compiled it to what, if anybody did. */
interface MadeFile {
  readonly file: GivenFile;
  readonly by: number;
  readonly compiled: CompiledFile | null;
}

/** Files that one of the engines takes at once: few enough that all end together. */
const mostFiles = 16;
const mostBytes = 150_000;
/** Enough that an engine never waits for the next files. */
const mostAhead = 2;

/** Hands files out to engines; the first of them settles findings, and needs the texts. */
export class SharedCompiling {
  private readonly queue: Chunk[] = [];
  private readonly underWay: number[];
  private readonly usable: Set<number>;

  constructor(private readonly asks: readonly CompileAsk[]) {
    this.underWay = asks.map(() => 0);
    this.usable = new Set(asks.keys());
  }

  /** Compiles files. `keeps`: what they compile to will be kept. Never rejects. */
  async compile(files: readonly GivenFile[], keeps: boolean): Promise<SharedFiles> {
    const chunks = chunksOf(files).map(
      (some) =>
        new Promise<readonly MadeFile[]>((done) => {
          this.queue.push({ files: some, keeps, done });
        }),
    );
    this.handOut();
    return new SharedFiles(this, (await Promise.all(chunks)).flat());
  }

  private handOut(): void {
    while (this.queue.length > 0) {
      if (this.usable.size === 0) {
        for (const chunk of this.queue.splice(0)) chunk.done(asTheyCame(chunk.files));
        return;
      }
      let best = -1;
      for (const engine of this.usable)
        if (best < 0 || this.underWay[engine]! < this.underWay[best]!) best = engine;
      if (this.underWay[best]! >= mostAhead) return;
      void this.give(best, this.queue.shift()!);
    }
  }

  private async give(engine: number, { files, keeps, done }: Chunk): Promise<void> {
    this.underWay[engine]!++;
    try {
      const compiled = await this.asks[engine]!({ files, keeps });
      done(files.map((file, at) => ({ file, by: engine, compiled: compiled[at] ?? null })));
    } catch {
      this.usable.delete(engine);
      done(asTheyCame(files));
    }
    this.underWay[engine]!--;
    this.handOut();
  }
}

/** Files that engines compiled together, as each of them is to be given them. */
export class SharedFiles {
  constructor(
    readonly owner: SharedCompiling,
    private readonly made: readonly MadeFile[],
  ) {}

  /** The files for an engine, in order. */
  for(engine: number): readonly GivenFile[] {
    return this.made.map(({ file, by, compiled }) => {
      if (compiled === null) return file;
      const { path } = file;
      const bytes = engine === 0 ? file.bytes : undefined;
      return by === engine ? { path, bytes, isAhead: true } : { path, bytes, shared: compiled.shared };
    });
  }

  /** What each file compiled to, for keeping, in order. */
  get packed(): readonly (Uint8Array | undefined)[] {
    return this.made.map(({ compiled }) => compiled?.packed);
  }
}

function asTheyCame(files: readonly GivenFile[]): readonly MadeFile[] {
  return files.map((file) => ({ file, by: -1, compiled: null }));
}

function chunksOf(files: readonly GivenFile[]): readonly (readonly GivenFile[])[] {
  const chunks: GivenFile[][] = [];
  let size = mostBytes;
  for (const file of files) {
    const last = chunks.at(-1);
    if (!last || size >= mostBytes || last.length >= mostFiles) {
      chunks.push([file]);
      size = 0;
    } else last.push(file);
    size += file.bytes?.length ?? 0;
  }
  return chunks;
}
