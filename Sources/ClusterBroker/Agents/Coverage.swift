public import Fabric

/// What a board can run with the images that its agent offers.
public struct Coverage: Sendable, Hashable {
  /// The images that fit a slot of the board, in the order of the offer.
  private let images: [Image]
  private let kernels: Set<KernelName>
  private let serialBundles: Set<[KernelName]>

  /// Takes those of the images that are made for the board's model and shell and have a partial for a slot of their kind.
  public init(of images: [Image], on board: BoardDescriptor) {
    self.images = images.filter { image in
      image.model == board.model && image.shell == board.shell
        && board.slots.contains { $0.kind == image.slotKind && image.partial(for: $0.slot) != nil }
    }
    self.kernels = Set(self.images.compactMap { if case .kernel(let name) = $0.function { name } else { nil } })
    self.serialBundles = Set(
      self.images.compactMap { if case .bundle(.serial, let names) = $0.function { names } else { nil } })
  }

  /// The application's tasks that no image covers, in its order.
  ///
  /// A task is covered by an image of its kernel, or by one of a serial bundle that holds the task.
  public func uncovered(in application: Application) -> [ApplicationTask] {
    application.tasks.filter { task in
      !kernels.contains(task.kernel)
        && !application.bundles.contains {
          $0.tasks.contains(task.name) && serialBundles.contains($0.kernels(in: application))
        }
    }
  }

  /// The images that the application can use, in the order of the offer.
  public func images(for application: Application) -> [ImageID] {
    let wanted = Set(application.tasks.map(\.kernel))
    let sequences = Set(application.bundles.map { $0.kernels(in: application) })
    return images.compactMap { image in
      let isUsable =
        switch image.function {
        case .kernel(let name): wanted.contains(name)
        case .bundle(.serial, let names): sequences.contains(names)
        case .bundle(.parallel, _): false
        }
      return isUsable ? image.id : nil
    }
  }
}

extension Bundle {
  /// The kernels of the bundle's tasks, in its order.
  fileprivate func kernels(in application: Application) -> [KernelName] {
    tasks.compactMap { name in application.tasks.first { $0.name == name }?.kernel }
  }
}
