internal import Fabric
internal import Messages

extension ProtoSlotKind: WireWord {
  init(_ kind: SlotKind) {
    switch kind {
    case .little: self = .little
    case .big: self = .big
    }
  }

  var word: SlotKind? {
    switch self {
    case .little: .little
    case .big: .big
    case .unspecified, .UNRECOGNIZED: nil
    }
  }
}

extension ProtoSlotActivity: WireWord {
  init(_ activity: SlotActivity) {
    switch activity {
    case .empty: self = .empty
    case .configuring: self = .configuring
    case .ready: self = .ready
    case .running: self = .running
    case .quarantined: self = .quarantined
    }
  }

  var word: SlotActivity? {
    switch self {
    case .empty: .empty
    case .configuring: .configuring
    case .ready: .ready
    case .running: .running
    case .quarantined: .quarantined
    case .unspecified, .UNRECOGNIZED: nil
    }
  }
}

extension ProtoHoldPhase: WireWord {
  init(_ phase: HeldJob.Phase) {
    switch phase {
    case .running: self = .running
    case .stopping: self = .stopping
    case .sealed: self = .sealed
    }
  }

  var word: HeldJob.Phase? {
    switch self {
    case .running: .running
    case .stopping: .stopping
    case .sealed: .sealed
    case .unspecified, .UNRECOGNIZED: nil
    }
  }
}

extension ProtoHandBackCause: WireWord {
  init(_ cause: HandBack.Cause) {
    switch cause {
    case .board: self = .board
    case .job: self = .job
    case .lost: self = .lost
    }
  }

  var word: HandBack.Cause? {
    switch self {
    case .board: .board
    case .job: .job
    case .lost: .lost
    case .unspecified, .UNRECOGNIZED: nil
    }
  }
}

extension ProtoJobState: WireWord {
  init(_ state: JobState) {
    switch state {
    case .queued: self = .queued
    case .running: self = .running
    case .migrating: self = .migrating
    case .completed: self = .completed
    case .failed: self = .failed
    case .cancelled: self = .cancelled
    }
  }

  var word: JobState? {
    switch self {
    case .queued: .queued
    case .running: .running
    case .migrating: .migrating
    case .completed: .completed
    case .failed: .failed
    case .cancelled: .cancelled
    case .unspecified, .UNRECOGNIZED: nil
    }
  }
}

extension ProtoBoardState: WireWord {
  init(_ state: BoardState) {
    switch state {
    case .online: self = .online
    case .lost: self = .lost
    }
  }

  var word: BoardState? {
    switch self {
    case .online: .online
    case .lost: .lost
    case .unspecified, .UNRECOGNIZED: nil
    }
  }
}

extension ProtoLayout: WireWord {
  init(_ layout: Layout) {
    switch layout {
    case .onlyLittle: self = .onlyLittle
    case .bigLittle: self = .bigLittle
    }
  }

  var word: Layout? {
    switch self {
    case .onlyLittle: .onlyLittle
    case .bigLittle: .bigLittle
    case .unspecified, .UNRECOGNIZED: nil
    }
  }
}
