internal import Fabric
internal import FoundationEssentials
internal import Messages

extension ProtoRegistration: WireForm {
  init(_ registration: Registration) {
    self.init()
    board = registration.board.text
    incarnation = registration.incarnation.rawValue
    endpoint = registration.endpoint
    descriptor = Data(registration.descriptor.manifest)
    images = registration.images.map { Data($0.manifest) }
    speed = registration.speed
    jobs = registration.jobs.map(ProtoHeldJob.init)
    slots = registration.slots.map(ProtoSlotStatus.init)
  }

  func decoded() throws(WireError) -> Registration {
    Registration(
      board: try board.name("board"), incarnation: Incarnation(rawValue: incarnation),
      endpoint: try endpoint.endpoint("endpoint"), descriptor: try descriptor.manifest("descriptor"),
      images: try images.list("images", in: 0...Limits.imagesPerBoard) { (text) throws(WireError) in
        try text.manifest("")
      }, speed: try speed.speed(), jobs: try jobs.list("jobs", in: .jobs),
      slots: try slots.list("slots", in: 0...Limits.slotsPerBoard))
  }
}

extension ProtoWelcome: WireForm {
  init(_ welcome: Welcome) {
    self.init()
    leaseDurationNanoseconds = welcome.leaseDuration.nanoseconds
    jobs = welcome.jobs.map(ProtoJobEpoch.init)
  }

  func decoded() throws(WireError) -> Welcome {
    Welcome(
      leaseDuration: try leaseDurationNanoseconds.duration("lease_duration_nanoseconds"),
      jobs: try jobs.list("jobs", in: .jobs))
  }
}

extension ProtoHeartbeat: WireForm {
  init(_ heartbeat: Heartbeat) {
    self.init()
    number = heartbeat.number
    board = heartbeat.board.text
    incarnation = heartbeat.incarnation.rawValue
    jobs = heartbeat.jobs.map(ProtoHeldJob.init)
    slots = heartbeat.slots.map(ProtoSlotStatus.init)
    health = ProtoBoardHealth(heartbeat.health)
    configurations = heartbeat.configurations.map(ProtoConfigurationEntry.init)
  }

  func decoded() throws(WireError) -> Heartbeat {
    Heartbeat(
      number: number, board: try board.name("board"), incarnation: Incarnation(rawValue: incarnation),
      jobs: try jobs.list("jobs", in: .jobs), slots: try slots.list("slots", in: 0...Limits.slotsPerBoard),
      health: try health.required("health", hasHealth),
      configurations: try configurations.list("configurations", in: 0...MessageLimits.configurationsPerHeartbeat))
  }
}

extension ProtoAssignment: WireForm {
  init(_ assignment: Assignment) {
    self.init()
    job = assignment.job.rawValue
    epoch = assignment.epoch.rawValue
    incarnation = assignment.incarnation.rawValue
    request = ProtoJobRequest(assignment.request)
    images = assignment.images.map { Data($0.rawValue) }
    checkpoint = ProtoCheckpoint(assignment.checkpoint)
    committed = Int64(assignment.committed)
  }

  func decoded() throws(WireError) -> Assignment {
    Assignment(
      job: JobID(rawValue: job), epoch: try epoch.epoch(), incarnation: Incarnation(rawValue: incarnation),
      request: try request.required("request", hasRequest),
      images: try images.imageIDs("images"), checkpoint: try checkpoint.required("checkpoint", hasCheckpoint),
      committed: try committed.number("committed", in: .itemCount))
  }
}

extension ProtoItemFinished: WireForm {
  init(_ finished: ItemFinished) {
    self.init()
    job = finished.job.rawValue
    epoch = finished.epoch.rawValue
    item = Int64(finished.item)
    result = ProtoBlobReference(finished.result)
  }

  func decoded() throws(WireError) -> ItemFinished {
    ItemFinished(
      job: JobID(rawValue: job), epoch: try epoch.epoch(), item: try item.number("item", in: .itemPosition),
      result: try result.required("result", hasResult))
  }
}

extension ProtoCommitted: WireForm {
  init(_ committed: Committed) {
    self.init()
    job = committed.job.rawValue
    epoch = committed.epoch.rawValue
    through = Int64(committed.through)
  }

  func decoded() throws(WireError) -> Committed {
    Committed(
      job: JobID(rawValue: job), epoch: try epoch.epoch(), through: try through.number("through", in: .itemCount))
  }
}

extension ProtoDeclined: WireForm {
  init(_ declined: Declined) {
    self.init()
    job = declined.job.rawValue
    epoch = declined.epoch.rawValue
    reason = ProtoRefusal(declined.reason)
  }

  func decoded() throws(WireError) -> Declined {
    Declined(
      job: JobID(rawValue: job), epoch: try epoch.epoch(), reason: try reason.required("reason", hasReason))
  }
}

extension ProtoStopOrder: WireForm {
  init(_ order: StopOrder) {
    self.init()
    job = order.job.rawValue
    epoch = order.epoch.rawValue
    destination = order.destination.text
    endpoint = order.endpoint
  }

  func decoded() throws(WireError) -> StopOrder {
    StopOrder(
      job: JobID(rawValue: job), epoch: try epoch.epoch(), destination: try destination.name("destination"),
      endpoint: try endpoint.endpoint("endpoint"))
  }
}

extension ProtoStopped: WireForm {
  init(_ stopped: Stopped) {
    self.init()
    job = stopped.job.rawValue
    epoch = stopped.epoch.rawValue
    checkpoint = ProtoCheckpoint(stopped.checkpoint)
    isDelivered = stopped.isDelivered
    drainDurationNanoseconds = stopped.drainDuration.nanoseconds
  }

  func decoded() throws(WireError) -> Stopped {
    Stopped(
      job: JobID(rawValue: job), epoch: try epoch.epoch(),
      checkpoint: try checkpoint.required("checkpoint", hasCheckpoint), isDelivered: isDelivered,
      drainDuration: try drainDurationNanoseconds.duration("drain_duration_nanoseconds"))
  }
}

extension ProtoHandBack: WireForm {
  init(_ handBack: HandBack) {
    self.init()
    job = handBack.job.rawValue
    epoch = handBack.epoch.rawValue
    cause = ProtoHandBackCause(handBack.cause)
    reason = ProtoRefusal(handBack.reason)
  }

  func decoded() throws(WireError) -> HandBack {
    HandBack(
      job: JobID(rawValue: job), epoch: try epoch.epoch(), cause: try cause.required("cause"),
      reason: try reason.required("reason", hasReason))
  }
}

extension ProtoHeartbeatAck {
  init(number: UInt64) {
    self.init()
    self.number = number
  }
}
