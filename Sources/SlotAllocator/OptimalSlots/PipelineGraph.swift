/// What a model's graph says about orders; sets of elements are bits of a `UInt64`.
struct PipelineGraph {
  /// For each element, the first that has its predecessors, successors and stages: they differ in time at most.
  let kin: [Int]
  /// For each element, what must be placed before it: its predecessors, and the element before it among its twins.
  ///
  /// Elements with the same times, predecessors and successors may change places in any schedule, so only one order of them is looked at.
  let required: [UInt64]
  let ancestors: [UInt64]
  let successors: [UInt64]
  /// For each element, the work on the longest path from it to an end: what to place first where the search has a choice.
  let tails: [Int64]
  /// For each element, the time of all its launches.
  let work: [Int64]

  init(_ model: PipelineModel) {
    let elements = model.elements
    var ancestors: [UInt64] = []
    var direct: [UInt64] = []
    var successors = Array(repeating: UInt64(0), count: elements.count)
    for (index, element) in elements.enumerated() {
      direct.append(element.predecessors.reduce(0) { $0 | 1 << UInt64($1) })
      ancestors.append(element.predecessors.reduce(direct[index]) { $0 | ancestors[$1] })
      for predecessor in element.predecessors { successors[predecessor] |= 1 << UInt64(index) }
    }
    let work = elements.map { Int64(model.itemCount + $0.stageCount - 1) * $0.nanosecondsPerLaunch }
    var tails = work
    for index in elements.indices.reversed() {
      for predecessor in elements[index].predecessors {
        tails[predecessor] = max(tails[predecessor], work[predecessor] + tails[index])
      }
    }
    self.ancestors = ancestors
    self.successors = successors
    self.work = work
    self.tails = tails
    self.kin = direct.indices.map { index in
      direct.indices.first {
        direct[$0] == direct[index] && successors[$0] == successors[index]
          && elements[$0].stageCount == elements[index].stageCount
      } ?? index
    }
    self.required = Self.withTwins(direct, kin, elements)
  }

  private static func withTwins(_ direct: [UInt64], _ kin: [Int], _ elements: [PipelineModel.Element]) -> [UInt64] {
    direct.indices.map { index in
      let twin = direct.indices.prefix(index).last {
        kin[$0] == kin[index] && elements[$0].nanosecondsPerLaunch == elements[index].nanosecondsPerLaunch
      }
      return direct[index] | (twin.map { 1 << UInt64($0) } ?? 0)
    }
  }
}

extension PipelineModel {
  /// The model in which elements that differ only in time take the least of their times; nil when that is the model itself.
  ///
  /// No schedule becomes longer, so its minimal makespan bounds this one's from below; and it has fewer orders to look at.
  var levelled: PipelineModel? {
    let kin = PipelineGraph(self).kin
    var least = elements.map(\.nanosecondsPerLaunch)
    for (index, first) in kin.enumerated() { least[first] = min(least[first], elements[index].nanosecondsPerLaunch) }
    let levelled = elements.enumerated().map { index, element in
      Element(
        perLaunch: .nanoseconds(least[kin[index]]), stageCount: element.stageCount, after: element.predecessors)
    }
    guard levelled != elements else { return nil }
    return PipelineModel(
      elements: levelled, itemCount: itemCount, perConfiguration: .nanoseconds(nanosecondsPerConfiguration))
  }
}

extension UInt64 {
  func has(_ element: Int) -> Bool { self & (1 << UInt64(element)) != 0 }
}
