internal import Fabric
internal import Messages

/// A job as `status` and `watch` print it.
struct JobReport: Report {
  struct Task: Encodable {
    let task: String
    let finished: Int
    let items: Int
  }

  let job: String
  let state: JobState
  let board: Nullable<String>
  let application: String
  let epoch: UInt64
  let items: Int
  let committed: Int
  let tasks: [Task]
  let reason: Nullable<ReasonReport>

  init(_ status: JobStatus) {
    job = status.job.description
    state = status.state
    board = Nullable(status.board?.text)
    application = status.application
    epoch = status.epoch.rawValue
    items = status.items
    committed = status.committed
    tasks = status.progress.tasks.map { Task(task: $0.task.text, finished: $0.finished, items: status.items) }
    reason = Nullable(status.reason.map(ReasonReport.init))
  }

  /// One line of progress.
  var table: Table {
    Table(
      line:
        "job \(job)  \(state.rawValue)  \(board.value ?? "-")  epoch \(epoch)  \(aligned(committed))/\(items)  \(taskText)"
    )
  }

  /// What each task has finished, in columns that stay where they are.
  var taskText: String { tasks.map { "\($0.task) \(aligned($0.finished))" }.joined(separator: "  ") }

  private func aligned(_ count: Int) -> String {
    let digits = String(count)
    return String(repeating: " ", count: max(0, String(items).count - digits.count)) + digits
  }
}

/// Why a job failed.
struct ReasonReport: Encodable {
  let code: String
  let message: String
  let hint: String

  init(_ refusal: Refusal) {
    code = refusal.code
    message = refusal.message
    hint = refusal.hint
  }
}

/// Several jobs.
struct JobListReport: Report {
  let jobs: [JobReport]

  init(_ statuses: [JobStatus]) { jobs = statuses.map(JobReport.init) }

  var table: Table {
    var table = Table("JOB", "STATE", "BOARD", "APPLICATION", "DONE", "EPOCH", "TASKS")
    for job in jobs {
      table.add(
        job.job, job.state.rawValue, job.board.value ?? "-", job.application, "\(job.committed)/\(job.items)",
        "\(job.epoch)", job.taskText)
      if let reason = job.reason.value {
        table.notes.append("job \(job.job): \(reason.code): \(reason.message)")
        table.notes.append("hint: \(reason.hint)")
      }
    }
    return table
  }
}

/// That something was taken up for a job.
struct AcceptedReport: Report {
  let job: String
  /// What was taken up, as a sentence for people.
  let sentence: String

  private enum CodingKeys: String, CodingKey { case job }

  init(_ job: JobID, _ sentence: String) {
    self.job = job.description
    self.sentence = sentence
  }

  var table: Table { Table(line: "job \(job) \(sentence)") }
}
