/** There is a volume of that id already. */
export class VolumeExists extends Error {
  override readonly name = 'VolumeExists';

  constructor(id: string) {
    super(`there is a volume ${id} already`);
  }
}
