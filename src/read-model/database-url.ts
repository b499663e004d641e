/** In the memory of the process: rebuilt at each start. */
export const inMemory = 'sqlite::memory:';
