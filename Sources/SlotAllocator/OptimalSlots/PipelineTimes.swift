/// When elements that get slots in a given order have handed on their items.
///
/// **An order says all.** Given the order in which elements are configured, let each start as early as it can: when the port and a slot
/// are free. Every time below is a maximum of sums of earlier ones, so nothing that starts earlier delays anything, and of equal slots
/// the one that is free first serves best.
///
/// **Topological orders suffice.** Say v is configured before an element u that it waits for. Let u have v's turn at the port and v's
/// slot until u ends, and v have u's turn, and u's slot until v ends. v begins and ends after u, so at each instant as many slots are
/// held as before; u is ready sooner, and v before u's first item is done, which is before v can use it: no item moves. Such swaps end,
/// because none puts more pairs in the wrong order and each mends one. (This needs equal slots and equal configurations, which is why a
/// model has one kind of slot.)
///
/// **Two items suffice.** Without parallel bundles, item j of an element is done at C(j) = max(C(j - 1), A(j)) + t, where A(j) is the
/// latest C(j) of its predecessors, so C(j) = max over l <= j of A(l) + (j - l + 1) t, with A(1) raised to when the element is
/// configured. If A is convex in j, then so is A(l) - l t in l, whose maximum lies at l = 1 or l = j; hence
/// C(j) = max(C(1) + (j - 1) t, A(j) + t), again convex, and a maximum of convex functions is convex. A source has A constant. So the
/// first and the last item of each element give the last item of all, in O(1) for each edge. A parallel bundle that drains bends its
/// curve down, and then every item is computed.
struct PipelineTimes {
  private let model: PipelineModel
  private let slotCount: Int
  /// The items (from 1) whose times are kept.
  private let marks: [Int]
  /// For each element, when it hands on the marked items; meaningful for those that are placed.
  private var handedOn: [Int64]
  /// For each number of elements placed, when the slots become free, in ascending order.
  private var releases: [Int64]
  /// For each number of elements placed, when the port is free.
  private var portFree: [Int64]
  /// For each number of elements placed, when the last of them ends.
  private var ends: [Int64]

  init(_ model: PipelineModel, slotCount: Int) {
    let count = model.elements.count
    let hasOverlap = model.elements.contains { $0.stageCount > 1 }
    self.model = model
    self.slotCount = slotCount
    self.marks = hasOverlap ? Array(1...model.itemCount) : model.itemCount == 1 ? [1] : [1, model.itemCount]
    self.handedOn = Array(repeating: 0, count: count * marks.count)
    self.releases = Array(repeating: 0, count: (count + 1) * slotCount)
    self.portFree = Array(repeating: 0, count: count + 1)
    self.ends = Array(repeating: 0, count: count + 1)
  }

  func firstItem(of element: Int) -> Int64 { handedOn[element * marks.count] }
  func lastItem(of element: Int) -> Int64 { handedOn[(element + 1) * marks.count - 1] }
  func portFree(afterPlacing count: Int) -> Int64 { portFree[count] }
  /// When slot `rank`, in the order in which they become free, does so.
  func release(_ rank: Int, afterPlacing count: Int) -> Int64 { releases[count * slotCount + rank] }
  func end(afterPlacing count: Int) -> Int64 { ends[count] }

  /// Gives the next slot to an element whose predecessors have theirs; `count` elements were placed before it.
  ///
  /// Placing at a smaller count than before takes back what was placed from there on.
  mutating func place(_ element: Int, afterPlacing count: Int) {
    let configured = max(portFree[count], release(0, afterPlacing: count)) + model.nanosecondsPerConfiguration
    stream(element, from: configured)
    let end = lastItem(of: element)
    portFree[count + 1] = configured
    ends[count + 1] = max(ends[count], end)
    let before = count * slotCount
    let after = before + slotCount
    var rank = 0
    while rank + 1 < slotCount, releases[before + rank + 1] < end {
      releases[after + rank] = releases[before + rank + 1]
      rank += 1
    }
    releases[after + rank] = end
    for later in (rank + 1)..<slotCount { releases[after + later] = releases[before + later] }
  }

  private mutating func stream(_ index: Int, from configured: Int64) {
    let element = model.elements[index]
    let row = index * marks.count
    var previous = configured
    var previousItem = 0
    for (mark, item) in marks.enumerated() {
      var arrival = configured
      for predecessor in element.predecessors { arrival = max(arrival, handedOn[predecessor * marks.count + mark]) }
      let launches = Int64(item - previousItem)
      previous = max(previous + launches * element.nanosecondsPerLaunch, arrival + element.nanosecondsPerLaunch)
      previousItem = item
      handedOn[row + mark] = previous
    }
    if element.stageCount > 1 { drain(element, row) }
  }

  /// Turns a parallel bundle's ends of launches into those of items; all items are marked.
  private mutating func drain(_ element: PipelineModel.Element, _ row: Int) {
    let lastLaunchWithItem = handedOn[row + marks.count - 1]
    for mark in marks.indices {
      let launch = mark + element.stageCount - 1
      let beyond = Int64(launch - (marks.count - 1))
      handedOn[row + mark] =
        beyond <= 0 ? handedOn[row + launch] : lastLaunchWithItem + beyond * element.nanosecondsPerLaunch
    }
  }

  /// What the future depends on, for elements placed of which `isOpen` still have successors to come.
  ///
  /// Of two states with the same elements placed, one that is nowhere later has a makespan that is no later.
  func state(afterPlacing count: Int, isOpen: (Int) -> Bool) -> [Int64] {
    var state = [portFree[count], ends[count]]
    state += releases[(count * slotCount)..<((count + 1) * slotCount)]
    for element in model.elements.indices where isOpen(element) {
      state += handedOn[(element * marks.count)..<((element + 1) * marks.count)]
    }
    return state
  }
}
