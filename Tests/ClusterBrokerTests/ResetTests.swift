import ClusterBroker
import Fabric
import Messages
import Testing

/// Resets of slots, between a client and an agent that do not always hear each other.
@Suite struct ResetTests {
  private func quarantined(_ slots: [Int]) -> [SlotStatus] {
    let reason = QuarantineReason(
      code: "board.portFault", message: "it failed", attempts: 3, since: TimeOfDay(nanoseconds: 1))
    return slots.map {
      SlotStatus(
        slot: SlotID(rawValue: $0), kind: $0 < 4 ? .little : .big, state: .quarantined, quarantine: reason)
    }
  }

  private func reset(_ key: String = "key", board: String = "a", slot: Int = 1) throws -> SlotReset {
    SlotReset(idempotencyKey: key, board: try boardID(board), slot: SlotID(rawValue: slot))
  }

  private func status(_ reset: SlotReset, isDone: Bool) -> Message {
    .resetStatus(ResetStatus(board: reset.board, slot: reset.slot, isDone: isDone))
  }

  private func ended(_ reset: SlotReset, _ refusal: Refusal? = nil) -> Message {
    .resetEnded(ResetEnd(idempotencyKey: reset.idempotencyKey, slot: reset.slot, refusal: refusal))
  }

  private func orders(_ bench: inout Bench) -> [ResetOrder] {
    bench.heard(by: "a").compactMap { if case .reset(let order) = $0 { order } else { nil } }
  }

  @Test func `the agent is told until it has answered, and the end as often as it is asked for`() throws {
    var bench = try Bench()
    try bench.register("a", slots: quarantined([1]))
    let reset = try reset()
    let order = ResetOrder(
      idempotencyKey: "key", incarnation: Incarnation(rawValue: 1), slot: SlotID(rawValue: 1))
    for _ in 0..<3 {
      #expect(try bench.ask(.resetSlot(reset)) == status(reset, isDone: false))
      #expect(orders(&bench) == [order])
    }
    try bench.take(ended(reset), from: peer("a"))
    for _ in 0..<2 {
      #expect(try bench.ask(.resetSlot(reset)) == status(reset, isDone: true))
      #expect(orders(&bench).isEmpty)
    }
    #expect(bench.records.isEmpty)
  }

  @Test func `the agent's reason reaches whoever asked, and another key asks anew`() throws {
    var bench = try Bench()
    try bench.register("a", slots: quarantined([1]))
    let refusal = Refusal(code: "agent.resetFailed", message: "m", hint: "h")
    let reset = try reset()
    _ = try bench.ask(.resetSlot(reset))
    try bench.take(ended(reset, refusal), from: peer("a"))
    #expect(try bench.ask(.resetSlot(reset)) == .refused(refusal))
    _ = orders(&bench)
    let again = try self.reset("other")
    #expect(try bench.ask(.resetSlot(again)) == status(again, isDone: false))
    #expect(orders(&bench).count == 1)
  }

  @Test func `what cannot be reached is refused by name`() throws {
    var bench = try Bench()
    #expect(try bench.ask(.resetSlot(try reset())).refusalCode == "broker.unknownBoard")
    try bench.register("a")
    #expect(try bench.ask(.resetSlot(try reset(slot: 6))).refusalCode == "broker.unknownSlot")
    try bench.pass(.seconds(10))
    #expect(try bench.ask(.resetSlot(try reset())).refusalCode == "broker.boardLost")
  }

  @Test func `a reset that the agent answered while the broker was away is asked for again`() throws {
    var bench = try Bench()
    try bench.register("a", slots: quarantined([1]))
    let reset = try reset()
    _ = try bench.ask(.resetSlot(reset))
    try bench.restart()
    try bench.take(ended(reset), from: peer("a"))
    #expect(bench.heard(by: "a") == [.unknownAgent])
    try bench.register("a")
    #expect(try bench.ask(.resetSlot(reset)) == status(reset, isDone: false))
    #expect(orders(&bench).count == 1)
    try bench.take(ended(reset), from: peer("a"))
    #expect(try bench.ask(.resetSlot(reset)) == status(reset, isDone: true))
  }

  @Test func `a reset whose agent was started anew before it told of the end is done`() throws {
    var bench = try Bench()
    try bench.register("a", slots: quarantined([1, 2]))
    let resets = [try reset(), try self.reset("other", slot: 2), try self.reset("third", slot: 3)]
    for reset in resets { #expect(try bench.ask(.resetSlot(reset)) == status(reset, isDone: false)) }
    // Its journal has the one reset, and not the other.
    try bench.register("a", incarnation: 2, slots: quarantined([2]))
    _ = orders(&bench)
    #expect(try bench.ask(.resetSlot(resets[0])) == status(resets[0], isDone: true))
    #expect(orders(&bench).isEmpty)
    // The other one goes on, and a slot that was never quarantined is the agent's to refuse.
    for reset in resets.dropFirst() {
      #expect(try bench.ask(.resetSlot(reset)) == status(reset, isDone: false))
      #expect(orders(&bench).map(\.slot) == [reset.slot])
    }
    let refusal = Refusal(code: "agent.notQuarantined", message: "m", hint: "h")
    try bench.take(ended(resets[2], refusal), from: peer("a"))
    #expect(try bench.ask(.resetSlot(resets[2])) == .refused(refusal))
  }

  @Test func `a board all of whose slots are quarantined gets no job before one is reset`() throws {
    var bench = try Bench()
    try bench.register("b")
    let job = try bench.submit()
    try bench.giveUp(job, on: "b")
    try bench.pass(.seconds(10))
    try bench.register("a", slots: quarantined(Array(0..<6)))
    #expect(try bench.owner(of: job) == nil)

    let reset = try reset()
    _ = try bench.ask(.resetSlot(reset))
    try bench.take(ended(reset), from: peer("a"))
    #expect(try bench.owner(of: job) == "a@2")
    guard case .boards(let boards) = try bench.ask(.boardsQuery) else { return }
    let slots = try #require(boards.first { $0.board.text == "a" }).slots
    #expect(slots.map(\.state) == [.quarantined, .empty] + Array(repeating: .quarantined, count: 4))
    #expect(slots.map { $0.quarantine == nil } == [false, true, false, false, false, false])
  }

  @Test func `only the newest resets are remembered`() throws {
    var resets = RecentResets<Int>()
    for reset in 0...RecentResets<Int>.limit { resets.note(reset, .underway) }
    #expect(resets[0] == nil && resets[1] == .underway)
    resets.note(1, .ended(nil))
    #expect(resets[1] == .ended(nil))
    #expect(resets.underway == Array(2...RecentResets<Int>.limit))
  }
}
