package import Fabric

/// The kernels that this board can compute.
package enum KernelRegistry {
  /// The six stages of the picture application, in the order of the stages.
  package static let kernels: [any Kernel] = [
    PadAndBlock(), CosineTransform(.forward), Quantization(.quantize), Quantization(.dequantize),
    CosineTransform(.inverse), Reconstruct(),
  ]

  /// The kernel of that name, if there is one; O(kernels).
  package static func kernel(named name: KernelName) -> (any Kernel)? { kernels.first { $0.name == name.text } }
}
