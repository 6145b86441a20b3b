internal import Fabric

/// What a slot computes in one launch: the kernels that its first frame names.
struct KernelProgram: Sendable {
  /// Kernels in turn, from one buffer to another: a single kernel, a serial bundle, or one stage of a parallel bundle.
  struct Lane: Sendable {
    let kernels: [any Kernel]
    let registers: KernelRegisters
    /// How a parallel bundle's faults name it.
    let stage: String?
  }

  /// In the order of the stages; more than one only for a parallel bundle.
  let lanes: [Lane]

  /// Resolves the kernels of an image.
  ///
  /// - Throws: ``KernelFault`` with a sentence that says what this board cannot compute.
  init(_ frame: KernelFrame) throws(KernelFault) {
    var kernels: [any Kernel] = []
    for name in frame.kernels {
      guard let kernel = KernelRegistry.kernel(named: name) else {
        throw KernelFault("'\(name)' is none of this board's kernels")
      }
      kernels.append(kernel)
    }
    lanes =
      if case .bundle(.parallel, _) = frame.function {
        zip(kernels, frame.registers).enumerated().map { index, stage in
          Lane(kernels: [stage.0], registers: stage.1, stage: "stage \(index) (\(stage.0.name))")
        }
      } else { frame.registers.map { Lane(kernels: kernels, registers: $0, stage: nil) } }
  }

  /// Computes the items of one launch, each from the input that was read before any of them was begun.
  ///
  /// - Returns: The results in the order of `operands`.
  /// - Throws: ``KernelFault`` of the first kernel that stops, or when the task that computes was cancelled between
  ///   kernels.
  func run(_ operands: [KernelOperands]) throws(KernelFault) -> [[UInt8]] {
    var results: [[UInt8]] = []
    for operands in operands { results.append(try lanes[operands.lane].run(operands)) }
    return results
  }
}

extension KernelProgram.Lane {
  /// Computes one item; what one kernel hands to the next stays inside the slot.
  fileprivate func run(_ operands: KernelOperands) throws(KernelFault) -> [UInt8] {
    var item = operands.input
    for (index, kernel) in kernels.enumerated() {
      guard !Task.isCancelled else { throw KernelFault("the launch was aborted") }
      let isLast = index == kernels.count - 1
      do throws(KernelFault) {
        item = try kernel.run(input: item, outputCapacity: isLast ? operands.outputCapacity : Limits.blobByteCount)
      } catch { throw KernelFault("\(stage ?? kernel.name): \(error.sentence)") }
    }
    return item
  }
}
