internal import Fabric

extension ScheduledJob {
  /// Adds the images that the job will probably still need, in the order of its tasks, where they are not there: of a
  /// bundle's modes the quicker one's.
  func addLikelyImages(to images: inout [ImageID]) {
    for stage in stagesInOrder where !isExhausted(stage) && (stages[stage].bundle == nil || isBetterMode(stage)) {
      // A board's jobs are of a few applications.
      if !images.contains(stages[stage].image) { images.append(stages[stage].image) }
    }
  }

  /// Whether a bundle's mode is the quicker one for what is left, of those that the job has: serial where `items x launch` is less than the parallel one's
  /// `(items + tasks - 1) x launch` (VersaSlot's rule), and only where its tasks are equally far.
  func isBetterMode(_ stage: Int) -> Bool {
    guard let bundle = stages[stage].bundle else { return false }
    let other = stages.indices.first { $0 != stage && stages[$0].bundle?.index == bundle.index }
    guard let other else { return true }
    let (serial, parallel) = bundle.mode == .serial ? (stage, other) : (other, stage)
    guard let part = stages[serial].parts.first, flow.nextItem(of: part) != nil else { return bundle.mode == .parallel }
    let items = Double(flow.unbegun(stages[serial].firstTask))
    let launches = items + Double(stages[parallel].parts.count - 1)
    let isSerialQuicker = items * launchSeconds[serial] < launches * launchSeconds[parallel]
    return isSerialQuicker == (bundle.mode == .serial)
  }
}
