internal import Fabric

/// What a slot computes in one launch: the kernels that its first frame names, in turn.
struct KernelProgram: Sendable {
  private let stages: [any Kernel]

  /// Resolves the kernels of an image.
  ///
  /// - Throws: ``KernelFault`` with a sentence that says what this board cannot compute.
  init(_ frame: KernelFrame) throws(KernelFault) {
    if case .bundle(.parallel, _) = frame.function {
      throw KernelFault("it is a parallel bundle, and this board computes serial bundles only")
    }
    var stages: [any Kernel] = []
    for name in frame.kernels {
      guard let kernel = KernelRegistry.kernel(named: name) else {
        throw KernelFault("'\(name)' is none of this board's kernels")
      }
      stages.append(kernel)
    }
    self.stages = stages
  }

  /// Computes one item; what one stage hands to the next stays inside the slot.
  ///
  /// - Throws: ``KernelFault`` of the first stage that stops, or when the task that computes was cancelled between
  ///   stages.
  func run(input: [UInt8], outputCapacity: Int) throws(KernelFault) -> [UInt8] {
    var item = input
    for (index, kernel) in stages.enumerated() {
      guard !Task.isCancelled else { throw KernelFault("the launch was aborted") }
      let isLast = index == stages.count - 1
      do throws(KernelFault) {
        item = try kernel.run(input: item, outputCapacity: isLast ? outputCapacity : Limits.blobByteCount)
      } catch { throw KernelFault("\(kernel.name): \(error.sentence)") }
    }
    return item
  }
}
