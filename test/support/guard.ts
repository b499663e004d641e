import { spawn } from 'node:child_process';

/**
 * Kills a process when this one ends without having done so, however sudden that is: a shell waits for the end of a pipe
 * that only this process holds. Returns how to call it off.
 */
export function killWithThisProcess(pid: number): () => void {
  const guard = spawn('sh', ['-c', 'cat > /dev/null; kill -KILL "$1" 2> /dev/null', 'sh', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  return () => {
    guard.kill('SIGKILL');
    guard.stdin.destroy();
  };
}
