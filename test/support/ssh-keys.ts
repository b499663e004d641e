/** A public key as people have them, and what `ssh-keygen -l -E md5` says of it. */
export const ed25519Key = {
  publicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOsqjuqVIF590VubCWo8lq72rWbtlQpBR3XrqDReioua mia@laptop',
  fingerprint: 'a9:05:85:06:f6:5f:96:e0:c4:cb:9d:6b:58:22:84:06',
} as const;
