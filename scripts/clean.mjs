/** Takes away what an earlier build has left, so that files whose source is gone are not packed. */
import { rmSync } from 'node:fs';

// The workflow bundle stays: it is replaced as a whole, and running tests may be using it.
for (const folder of ['src', 'workflows', 'activities']) rmSync(`dist/${folder}`, { recursive: true, force: true });
