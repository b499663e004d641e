/** What a request is answered with where it is not carried out: independent of the face of the API that says so. */

/** Stable words for programs, as in the command line's errors. */
export type ErrorCode =
  | 'BAD_REQUEST'
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'NOT_ACCEPTABLE'
  | 'GONE'
  | 'QUOTA_EXCEEDED'
  | 'NOT_IMPLEMENTED'
  | 'BODY_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'TOO_MANY_REQUESTS'
  | 'INVALID_INPUT'
  | 'INSTANCE_BUSY'
  | 'INSTANCE_LOCKED'
  | 'INSTANCE_LOST'
  | 'NOT_ALLOWED_IN_STATE'
  | 'TASK_VERB_REFUSED'
  | 'IDEMPOTENCY_CONFLICT'
  | 'REFUSED'
  | 'UNREACHABLE'
  | 'INTERNAL_ERROR';

export class HttpError extends Error {
  override readonly name: string = 'HttpError';
  readonly statusCode: number;
  readonly code: ErrorCode;
  /** What the message is about, for programs. */
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(
    statusCode: number,
    code: ErrorCode,
    message: string,
    {
      extensions = {},
      cause,
    }: { readonly extensions?: Readonly<Record<string, unknown>>; readonly cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.statusCode = statusCode;
    this.code = code;
    this.extensions = extensions;
  }
}

/** Nobody has proved to be anybody. */
export class Unauthorized extends HttpError {
  override readonly name = 'Unauthorized';
  constructor(message = 'a valid token is required, in X-Auth-Token or as Authorization: Bearer') {
    super(401, 'UNAUTHORIZED', message);
  }
}

/** The caller is known, and may not do that. */
export class Forbidden extends HttpError {
  override readonly name = 'Forbidden';
  constructor(message: string) {
    super(403, 'FORBIDDEN', message);
  }
}

/** There is nothing of that name that the caller may know of. */
export class NotFound extends HttpError {
  override readonly name = 'NotFound';
  constructor(message: string) {
    super(404, 'NOT_FOUND', message);
  }
}

export class BadRequest extends HttpError {
  override readonly name = 'BadRequest';
  constructor(message: string, extensions: Readonly<Record<string, unknown>> = {}) {
    super(400, 'BAD_REQUEST', message, { extensions });
  }
}
