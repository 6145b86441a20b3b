internal import Fabric
internal import SlotAllocator

/// The stages of the applications that came last: most jobs are of a few.
struct StagePlans: Sendable {
  private struct Plan {
    let application: Application
    let images: [ImageID]
    let progress: Progress
    let stages: [Stage]?
  }

  private static let limit = 16

  /// The one asked for last is the last.
  private var plans: [Plan] = []

  /// What ``StagePlanner`` says of the images of those ids.
  mutating func stages(
    for application: Application, images: [ImageID], progress: Progress, among offered: [Image]
  ) -> [Stage]? {
    let known = plans.lastIndex {
      $0.images == images && $0.progress == progress && $0.application == application
    }
    if let known {
      if known < plans.count - 1 { plans.append(plans.remove(at: known)) }
      return plans[plans.count - 1].stages
    }
    let stages = StagePlanner.stages(
      for: application, images: offered.filter { images.contains($0.id) }, progress: progress)
    if plans.count == Self.limit { plans.removeFirst() }
    plans.append(Plan(application: application, images: images, progress: progress, stages: stages))
    return stages
  }
}
