/// A function that the emulated board computes: one item in, one item out.
///
/// The result depends on the input alone, bit for bit: the arithmetic is in integers, in a stated order.
package protocol Kernel: Sendable {
  /// The kernel's name, as in ``KernelName``.
  var name: String { get }

  /// Computes one item, in O(`input.count`).
  ///
  /// - Parameters:
  ///   - input: The item, header and data.
  ///   - outputCapacity: The most bytes that the result may have.
  /// - Returns: The result, header and data.
  /// - Throws: ``KernelFault`` where the input is no item of the kernel's stage, or the result is too large.
  func run(input: [UInt8], outputCapacity: Int) throws(KernelFault) -> [UInt8]
}

/// Why a kernel stopped: a sentence that goes into ``BoardError/kernelFault(_:_:)``.
package struct KernelFault: Error, Hashable {
  package let sentence: String
  package init(_ sentence: String) { self.sentence = sentence }
}
