public import Fabric

/// Finds the ways in which a board's images can run an application.
public enum StagePlanner {
  /// Every stage that `images` allow, tasks by themselves and bundles, in the order of the application; or nil where they do not suffice.
  ///
  /// They suffice where each task can be run alone or in a bundle. A serial bundle alone suffices only where its tasks have finished equally many items, since a launch runs
  /// an item through all of them and would compute again what a later prefix already has. For the same reason, where one of its tasks can run in no other way, none of the others is run
  /// alone.
  /// O(tasks x images).
  public static func stages(for application: Application, images: [Image], progress: Progress) -> [Stage]? {
    let stages = withoutTraps(allStages(for: application, images: images), taskCount: application.tasks.count)
    let prefixes = application.tasks.map { progress[$0.name] }
    var covered = [Bool](repeating: false, count: application.tasks.count)
    for stage in stages
    where stage.parts.allSatisfy({ part in part.tasks.allSatisfy { prefixes[$0] == prefixes[part.tasks[0]] } }) {
      for task in stage.tasks { covered[task] = true }
    }
    return covered.allSatisfy(\.self) ? stages : nil
  }

  private static func allStages(for application: Application, images: [Image]) -> [Stage] {
    let positions = Dictionary(
      application.tasks.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
    let singles = application.tasks.indices.compactMap { single($0, in: application, images: images) }
    let bundles = application.bundles.indices.flatMap { index in
      BundleMode.allCases.compactMap { mode in
        bundle(
          index, mode, in: application, at: application.bundles[index].tasks.compactMap { positions[$0] },
          images: images)
      }
    }
    return singles + bundles
  }

  /// Leaves out what would bring a task ahead of another that can follow it only in their serial bundle.
  private static func withoutTraps(_ stages: [Stage], taskCount: Int) -> [Stage] {
    var isFree = [Bool](repeating: false, count: taskCount)
    for part in stages.flatMap(\.parts) where part.tasks.count == 1 { isFree[part.tasks[0]] = true }
    var isBound = [Bool](repeating: false, count: taskCount)
    for part in stages.flatMap(\.parts) where part.tasks.contains(where: { !isFree[$0] }) {
      for task in part.tasks { isBound[task] = true }
    }
    return stages.filter { stage in stage.bundle != nil || !isBound[stage.firstTask] }
  }

  private static func single(_ task: Int, in application: Application, images: [Image]) -> Stage? {
    let part = part([task], of: application, prefix: "")
    return stage(
      [part], running: .kernel(application.tasks[task].kernel), images: images, bundle: nil,
      microseconds: application.tasks[task].estimatedMicrosecondsPerItem)
  }

  private static func bundle(
    _ index: Int, _ mode: BundleMode, in application: Application, at tasks: [Int], images: [Image]
  ) -> Stage? {
    guard let microseconds = application.bundles[index].microsecondsPerLaunch[mode] else { return nil }
    let parts =
      switch mode {
      case .serial: [part(tasks, of: application, prefix: "")]
      // Each stage of a parallel bundle has arguments of its own, named with the stage before them.
      case .parallel: tasks.enumerated().map { part([$0.element], of: application, prefix: "\($0.offset).") }
      }
    return stage(
      parts, running: .bundle(mode, tasks.map { application.tasks[$0].kernel }), images: images,
      bundle: Stage.BundleStage(index: index, mode: mode), microseconds: microseconds)
  }

  /// The edges that cross the border of the tasks.
  private static func part(_ tasks: [Int], of application: Application, prefix: String) -> Stage.Part {
    let names = tasks.map { application.tasks[$0].name }
    var inputs: [Stage.Port] = []
    var outputs: [Stage.Port] = []
    for (index, edge) in application.edges.enumerated() where !edge.isInside(names) {
      for reader in edge.readers where names.contains(reader.task) {
        inputs += port(prefix + reader.argument.text, index)
      }
      if let producer = edge.producer, names.contains(producer.task) {
        outputs += port(prefix + producer.argument.text, index)
      }
    }
    return Stage.Part(tasks: tasks, inputs: inputs, outputs: outputs)
  }

  /// None where the prefix makes the name too long, which no image's arguments then have.
  private static func port(_ argument: String, _ edge: Int) -> [Stage.Port] {
    ArgumentName(argument).map { [Stage.Port(argument: $0, edge: edge)] } ?? []
  }

  private static func stage(
    _ parts: [Stage.Part], running function: ImageFunction, images: [Image], bundle: Stage.BundleStage?,
    microseconds: Int
  ) -> Stage? {
    let image = images.first { image in
      image.function == function && image.connects(parts.flatMap(\.inputs), as: .input)
        && image.connects(parts.flatMap(\.outputs), as: .output)
    }
    return image.map {
      Stage(
        parts: parts, image: $0.id, slotKind: $0.slotKind, slots: Set($0.partials.map(\.slot)),
        estimatedSeconds: Double(microseconds) / 1e6, bundle: bundle)
    }
  }
}

extension Image {
  /// Whether the image's arguments of that direction are just those of `ports`: one left over would be launched with whatever address its
  /// registers hold.
  fileprivate func connects(_ ports: [Stage.Port], as direction: ArgumentRegisters.Direction) -> Bool {
    arguments.filter { $0.direction == direction }.map(\.name).sorted() == ports.map(\.argument).sorted()
  }
}

extension Edge {
  /// Whether both ends lie in a bundle of these tasks, so that its items never leave the slot.
  fileprivate func isInside(_ tasks: [TaskName]) -> Bool {
    guard let producer, !readers.isEmpty else { return false }
    return tasks.contains(producer.task) && readers.allSatisfy { tasks.contains($0.task) }
  }
}
