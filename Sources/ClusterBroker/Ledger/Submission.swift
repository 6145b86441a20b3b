internal import Fabric

/// What a job was submitted as: it never changes, so all copies of the job share it.
final class Submission: Sendable, Hashable {
  let id: JobID
  let idempotencyKey: String
  let request: JobRequest
  /// The request's application, see ``ApplicationTable``.
  let application: ApplicationKey
  /// The record that admitted it.
  let submitted: SequenceNumber
  /// The board memory that the job's rings take, in bytes.
  let ringByteCount: Int
  /// The slot time that one item needs in all tasks, in board microseconds, as the application estimates it.
  let microsecondsPerItem: Int

  init(id: JobID, idempotencyKey: String, request: JobRequest, application: ApplicationKey, submitted: SequenceNumber) {
    self.id = id
    self.idempotencyKey = idempotencyKey
    self.request = request
    self.application = application
    self.submitted = submitted
    self.ringByteCount = request.application.ringByteCount(itemCount: request.inputs.count)
    self.microsecondsPerItem = request.application.tasks.reduce(0) { $0 + $1.estimatedMicrosecondsPerItem }
  }

  var key: SubmissionKey { SubmissionKey(tenant: request.tenant, text: idempotencyKey) }

  static func == (a: Submission, b: Submission) -> Bool {
    a === b
      || a.id == b.id && a.submitted == b.submitted && a.application == b.application
        && a.idempotencyKey == b.idempotencyKey && a.request == b.request
  }

  func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// What makes a submission the same one: its tenant and the tenant's own name for it.
struct SubmissionKey: Sendable, Hashable {
  let tenant: TenantName
  let text: String
}
