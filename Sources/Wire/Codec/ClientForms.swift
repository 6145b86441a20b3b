internal import Fabric
internal import FoundationEssentials
internal import Messages

extension ProtoSubmit: WireForm {
  init(_ submit: Submit) {
    self.init()
    idempotencyKey = submit.idempotencyKey
    request = ProtoJobRequest(submit.request)
  }

  func decoded() throws(WireError) -> Submit {
    Submit(
      idempotencyKey: try idempotencyKey.idempotencyKey(),
      request: try request.required("request", hasRequest))
  }
}

extension ProtoStatusQuery: WireForm {
  init(_ query: StatusQuery) {
    self.init()
    if let number = query.job?.rawValue { job = number }
  }

  func decoded() throws(WireError) -> StatusQuery { StatusQuery(job: hasJob ? JobID(rawValue: job) : nil) }
}

extension ProtoMigrateRequest: WireForm {
  init(_ request: MigrateRequest) {
    self.init()
    job = request.job.rawValue
    destination = request.destination.text
  }

  func decoded() throws(WireError) -> MigrateRequest {
    MigrateRequest(job: JobID(rawValue: job), destination: try destination.name("destination"))
  }
}

extension ProtoJobStatus: WireForm {
  init(_ status: JobStatus) {
    self.init()
    job = status.job.rawValue
    state = ProtoJobState(status.state)
    if let name = status.board?.text { board = name }
    application = status.application
    epoch = status.epoch.rawValue
    items = Int64(status.items)
    committed = Int64(status.committed)
    progress = ProtoProgress(status.progress)
    if let refusal = status.reason { reason = ProtoRefusal(refusal) }
  }

  func decoded() throws(WireError) -> JobStatus {
    let itemCount = try items.number("items", in: .itemCount)
    return JobStatus(
      job: JobID(rawValue: job), state: try state.required("state"), board: hasBoard ? try board.name("board") : nil,
      application: try application.text("application"), epoch: try epoch.epoch(), items: itemCount,
      committed: try committed.number("committed", in: 0...itemCount),
      progress: try progress.required("progress", hasProgress), reason: try reason.optional("reason", hasReason))
  }
}

extension ProtoStatusList: WireForm {
  init(_ jobs: [JobStatus]) {
    self.init()
    self.jobs = jobs.map(ProtoJobStatus.init)
  }

  func decoded() throws(WireError) -> [JobStatus] { try jobs.list("jobs", in: .jobs) }
}

extension ProtoJobOutputs: WireForm {
  init(_ outputs: JobOutputs) {
    self.init()
    job = outputs.job.rawValue
    state = ProtoJobState(outputs.state)
    items = Int64(outputs.items)
    results = outputs.results.map(ProtoBlobReference.init)
  }

  func decoded() throws(WireError) -> JobOutputs {
    let itemCount = try items.number("items", in: .itemCount)
    return JobOutputs(
      job: JobID(rawValue: job), state: try state.required("state"), items: itemCount,
      results: try results.list("results", in: 0...itemCount))
  }
}

extension ProtoBoardStatus: WireForm {
  init(_ status: BoardStatus) {
    self.init()
    board = status.board.text
    model = status.model
    layout = ProtoLayout(status.layout)
    shell = Data(status.shell.rawValue)
    state = ProtoBoardState(status.state)
    incarnation = status.incarnation.rawValue
    speed = status.speed
    jobs = status.jobs.map(\.rawValue)
    slots = status.slots.map(ProtoSlotStatus.init)
    health = ProtoBoardHealth(status.health)
    configurations = status.configurations.map(ProtoConfigurationEntry.init)
  }

  func decoded() throws(WireError) -> BoardStatus {
    BoardStatus(
      board: try board.name("board"), model: try model.text("model"), layout: try layout.required("layout"),
      shell: ShellID(rawValue: try shell.digest("shell")), state: try state.required("state"),
      incarnation: Incarnation(rawValue: incarnation), speed: try speed.speed(),
      jobs: try jobs.list("jobs", in: .jobs) { (number) throws(WireError) in JobID(rawValue: number) },
      slots: try slots.list("slots", in: 0...Limits.slotsPerBoard), health: try health.required("health", hasHealth),
      configurations: try configurations.list("configurations", in: 0...MessageLimits.configurationsPerHeartbeat))
  }
}

extension ProtoBoardList: WireForm {
  init(_ boards: [BoardStatus]) {
    self.init()
    self.boards = boards.map(ProtoBoardStatus.init)
  }

  func decoded() throws(WireError) -> [BoardStatus] { try boards.list("boards", in: .boards) }
}
