// Which tests vitest runs, as one project for each part of `npm test`.
import { defineConfig } from 'vitest/config';

const parts = ['unit', 'pages', 'protocol', 'cli', 'grammar', 'tools'];

export default defineConfig({
  test: {
    passWithNoTests: true,
    projects: parts.map((name) => ({
      test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: 30_000 },
    })),
  },
});
