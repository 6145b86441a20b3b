internal import Fabric
internal import Messages

extension BrokerCore {
  /// Takes one message in; what is wrong with it is answered, never thrown.
  mutating func receive(
    _ envelope: Envelope, from peer: Peer, at now: WallInstant, into actions: inout Actions<BrokerAction>
  ) throws(BrokerError) {
    let request = envelope.request
    switch envelope.message {
    case .submit(let submit): try admit(submit, request: request, from: peer, at: now, into: &actions)
    case .statusQuery(let query): answer(query, request: request, to: peer, into: &actions)
    case .outputsQuery(let job): answerOutputs(of: job, request: request, to: peer, into: &actions)
    case .boardsQuery: answerBoards(request: request, to: peer, into: &actions)
    case .cancel(let job): try cancel(job, request: request, from: peer, into: &actions)
    case .migrate(let migrate): self.migrate(migrate, request: request, from: peer, at: now, into: &actions)
    case .resetSlot(let reset): self.reset(reset, request: request, from: peer, into: &actions)

    case .register(let registration):
      try register(registration, request: request, from: peer, at: now, into: &actions)
    case .heartbeat(let heartbeat): try take(heartbeat, request: request, from: peer, at: now, into: &actions)
    case .progress, .itemFinished, .prepared, .declined, .stopped, .handBack, .resetEnded:
      guard let member = member(at: peer) else {
        return send(.unknownAgent, request: request, to: peer, into: &actions)
      }
      try receive(envelope.message, from: member, request: request, into: &actions)

    // Answers to nothing that is waited for here; answering them could go on for ever.
    case .refused, .blobAck, .blob, .accepted: break
    case .putBlob, .getBlob, .submitted, .status, .outputs, .boards, .resetStatus, .welcome, .unknownAgent,
      .heartbeatAck, .assign, .committed, .blobMissing, .prepare, .stop, .release, .reset:
      refuse(.unexpectedMessage(envelope.message.name), request: request, to: peer, into: &actions)
    }
  }

  /// Takes in what a registered agent says of one job or slot.
  private mutating func receive(
    _ message: Message, from member: Member, request: UInt64, into actions: inout Actions<BrokerAction>
  ) throws(BrokerError) {
    switch message {
    case .progress(let held): compare(held, with: member, into: &actions)
    case .itemFinished(let finished): try commit(finished, from: member, into: &actions)
    case .prepared(let prepared): try startStopping(prepared, from: member, into: &actions)
    case .declined(let declined): decline(declined, from: member, into: &actions)
    case .stopped(let stopped): try handOver(stopped, request: request, from: member, into: &actions)
    case .handBack(let handBack): try takeBack(handBack, from: member, into: &actions)
    case .resetEnded(let end): resetEnded(end, at: member)
    default: break
    }
  }
}
