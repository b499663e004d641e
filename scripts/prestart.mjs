// Runs before `npm start` and `npm test`, possibly on a machine that has nothing but Node.js: it imports nothing else.
// It checks the version of Node.js and installs the dependencies where they are missing or not those of the lock file.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const root = new URL('..', import.meta.url);

/** JSON of a file of the project; undefined when there is none. */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(new URL(path, root), 'utf8'));
  } catch {
    return undefined;
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

function requireNode() {
  const wanted = readJson('package.json').engines.node.replace('>=', '');
  if (process.versions.node.localeCompare(wanted, 'en', { numeric: true }) >= 0) return;
  fail(`Node.js ${wanted} or newer is needed; this is ${process.versions.node}, at ${process.execPath}.`);
}

/** npm writes down what it has installed, as its last act: an installation that was cut off has no such file. */
function isInstalled(lock) {
  const installed = readJson('node_modules/.package-lock.json')?.packages;
  if (!installed) return false;
  return Object.entries(lock.packages).every(
    ([path, { version, optional, devOptional }]) =>
      path === '' || optional || devOptional || installed[path]?.version === version,
  );
}

function install(lock) {
  const count = Object.keys(lock.packages).length - 1;
  console.log(`Installing ${count} packages as package-lock.json says; the first time takes a minute or two …`);
  // npm tells its scripts where it is itself; without npm there is only what PATH has.
  const npm = process.env.npm_execpath;
  const [program, ...first] = npm ? [process.execPath, npm] : ['npm'];
  const { status, error } = spawnSync(program, [...first, 'ci', '--include=dev', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (error) fail(`npm could not be run: ${error.message}`);
  if (status !== 0) fail('The dependencies could not be installed; npm has said why.');
}

requireNode();
const lock = readJson('package-lock.json');
if (!lock) fail('package-lock.json is missing: is this the whole project?');
if (!isInstalled(lock)) install(lock);
