/** Every operation, under the name that users, the Web UI and Nova's instance actions know it by. A new one is a line here. */
export { confirmResize } from './confirm-resize.ts';
export { create } from './create.ts';
export { deleteInstance as delete } from './delete.ts';
export { forceDelete } from './force-delete.ts';
export { migrate } from './migrate.ts';
export { pause } from './pause.ts';
export { reboot } from './reboot.ts';
export { rebuild } from './rebuild.ts';
export { recover } from './recover.ts';
export { rescue } from './rescue.ts';
export { resize } from './resize.ts';
export { resume } from './resume.ts';
export { revertResize } from './revert-resize.ts';
export { start } from './start.ts';
export { stop } from './stop.ts';
export { suspend } from './suspend.ts';
export { unpause } from './unpause.ts';
export { unrescue } from './unrescue.ts';
