package import Fabric
internal import SlotAllocator

/// What a board can run with the images that its agent offers.
///
/// The agent's own planner is asked, so that what is admitted and placed here is not refused there.
package struct Coverage: Sendable, Hashable {
  /// The images that fit a slot of the board, in the order of the offer.
  private let images: [Image]

  /// Takes those of the images that are made for the board's model and shell and have a partial for a slot of their kind.
  package init(of images: [Image], on board: BoardDescriptor) {
    self.images = images.filter { image in
      image.model == board.model && image.shell == board.shell
        && board.slots.contains { $0.kind == image.slotKind && image.partial(for: $0.slot) != nil }
    }
  }

  /// Hashes the images' ids, which stand for their manifests.
  package func hash(into hasher: inout Hasher) { hasher.combine(images.map(\.id)) }

  /// Whether the board can run an application from there on.
  ///
  /// The progress matters since a bundle goes on only where its tasks are equally far.
  package func covers(_ application: Application, at progress: Progress) -> Bool {
    stages(for: application, at: progress) != nil
  }

  /// The application's tasks that the board can run neither alone nor in their bundle, in its order.
  ///
  /// None just where ``covers(_:at:)``.
  package func uncovered(in application: Application, at progress: Progress) -> [ApplicationTask] {
    if covers(application, at: progress) { return [] }
    return application.tasks.filter { task in
      !covers(application.only([task.name]), at: progress)
        && !application.bundles.contains {
          $0.tasks.contains(task.name) && covers(application.only($0.tasks), at: progress)
        }
    }
  }

  /// What the board lacks to run a task that it does not cover.
  package func gap(at task: ApplicationTask, in application: Application) -> CoverageGap {
    guard let image = images.first(where: { $0.function == .kernel(task.kernel) }) else { return .noImage(task.kernel) }
    let mismatch = ArgumentMismatch(
      task: task.name, kernel: task.kernel, connected: BufferArguments(of: task.name, in: application),
      offered: BufferArguments(of: image))
    return .wrongArguments(mismatch)
  }

  /// The images that the application can use from there on, in the order of the offer.
  package func images(for application: Application, at progress: Progress) -> [ImageID] {
    let used = Set(stages(for: application, at: progress)?.map(\.image) ?? [])
    return images.map(\.id).filter(used.contains)
  }

  private func stages(for application: Application, at progress: Progress) -> [Stage]? {
    StagePlanner.stages(for: application, images: images, progress: progress)
  }
}

/// What a board lacks to run a task.
package enum CoverageGap: Sendable, Hashable {
  case noImage(KernelName)
  case wrongArguments(ArgumentMismatch)
}

extension Application {
  /// Some of the tasks, with all edges, so that they connect what they connect in the whole.
  fileprivate func only(_ names: [TaskName]) -> Application {
    Application(
      manifest: [], name: name, tasks: tasks.filter { names.contains($0.name) }, edges: edges,
      bundles: bundles.filter { $0.tasks == names })
  }
}
