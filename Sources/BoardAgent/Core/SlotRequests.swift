package import Fabric
package import Reconfig
package import SlotAllocator

/// What the scheduler wants and the configuration queue does about it; the same in an agent and in a simulated board.
extension ConfigurationQueue {
  /// Drops what waits and nobody wants any more, and tells the scheduler what else waits.
  package mutating func prepare(_ scheduler: inout BoardScheduler, at now: WallInstant) throws(AgentError) {
    for slot in scheduler.abandonedSlots {
      guard case .dropped(_, let image) = cancel(slot) else { continue }
      try AgentError.wrap { () throws(SchedulingError) in try scheduler.configurationEnded(slot, holding: image) }
    }
    scheduler.imagesWait(for: waitingSlots(at: now), passedOver: slotsPassedOver(at: now))
  }

  /// Takes a request of the scheduler in.
  ///
  /// A slot has one request: the same again, or another one that takes its place while it waits.
  ///
  /// - Returns: The partial, unless the same one was on its way into the slot already.
  @discardableResult package mutating func request(
    _ image: ImageID, of images: [ImageID: Image], for slot: SlotID, _ execution: JobEpoch, tenant: TenantName?,
    need: ConfigurationNeed, at now: BoardInstant
  ) throws(AgentError) -> PartialReference? {
    guard let partial = images[image]?.partial(for: slot) else { throw .noPartial(image, slot) }
    let request = Request(
      slot: slot, image: image, partial: partial, execution: execution, tenant: tenant, need: need, requested: now)
    let admission = try AgentError.wrap { () throws(ConfigurationError) in try self.request(request) }
    return admission == .coalesced ? nil : partial
  }
}
