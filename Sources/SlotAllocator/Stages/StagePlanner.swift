public import Fabric

/// Finds the ways in which a board's images can run an application.
public enum StagePlanner {
  /// The plans that `images` allow, the preferred one first: bundles in Big slots, then every task by itself.
  ///
  /// A bundle counts only where its tasks have finished equally many items, since a launch of a bundle runs an item through all its
  /// stages and would compute again what a later prefix already has.
  /// Empty where some task has no image. O(tasks x images).
  public static func plans(for application: Application, images: [Image], progress: Progress) -> [StagePlan] {
    var plans: [StagePlan] = []
    for usesBundles in [true, false] {
      guard let plan = plan(for: application, images: images, progress: progress, usesBundles: usesBundles),
        !plans.contains(plan)
      else { continue }
      plans.append(plan)
    }
    return plans
  }

  private static func plan(
    for application: Application, images: [Image], progress: Progress, usesBundles: Bool
  ) -> StagePlan? {
    var stages: [Stage] = []
    var covered: Set<TaskName> = []
    for task in application.tasks where !covered.contains(task.name) {
      let bundled =
        usesBundles ? bundledStage(from: task, in: application, images: images, progress: progress) : nil
      guard let stage = bundled ?? singleStage(for: task, in: application, images: images) else { return nil }
      covered.formUnion(stage.tasks)
      stages.append(stage)
    }
    return StagePlan(stages: stages)
  }

  private static func bundledStage(
    from task: ApplicationTask, in application: Application, images: [Image], progress: Progress
  ) -> Stage? {
    guard let bundle = application.bundles.first(where: { $0.tasks.first == task.name }) else { return nil }
    guard Set(bundle.tasks.map { progress[$0] }).count == 1 else { return nil }
    let kernels = bundle.tasks.compactMap { name in application.tasks.first { $0.name == name }?.kernel }
    return stage(running: .bundle(.serial, kernels), for: bundle.tasks, in: application, images: images)
  }

  private static func singleStage(for task: ApplicationTask, in application: Application, images: [Image]) -> Stage? {
    stage(running: .kernel(task.kernel), for: [task.name], in: application, images: images)
  }

  private static func stage(
    running function: ImageFunction, for tasks: [TaskName], in application: Application, images: [Image]
  ) -> Stage? {
    let inputs = application.edges.flatMap { edge in
      edge.readers.filter { tasks.contains($0.task) && !edge.isInside(tasks) }
        .map { Stage.Port(argument: $0.argument, edge: edge.name) }
    }
    let outputs = application.edges.compactMap { edge in
      edge.producer.flatMap {
        tasks.contains($0.task) && !edge.isInside(tasks) ? Stage.Port(argument: $0.argument, edge: edge.name) : nil
      }
    }
    let image = images.first { image in
      image.function == function && image.connects(inputs, as: .input) && image.connects(outputs, as: .output)
    }
    return image.map {
      Stage(
        tasks: tasks, image: $0.id, slotKind: $0.slotKind, slots: $0.partials.map(\.slot).sorted(), inputs: inputs,
        outputs: outputs)
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
