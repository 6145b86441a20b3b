internal import Fabric

/// What one lane of a program found in its registers when the launch began.
struct KernelOperands: Sendable {
  /// Which of ``KernelProgram/lanes`` works on them.
  let lane: Int
  let input: [UInt8]
  let output: BufferID
  let outputCapacity: Int
  /// The register that takes what was written.
  let outputByteCountOffset: Int
}
